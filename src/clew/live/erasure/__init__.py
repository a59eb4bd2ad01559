"""Erase a person from everything that a running system holds."""
