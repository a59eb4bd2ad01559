"""The same for programs: JSON under /v1, health and figures."""
