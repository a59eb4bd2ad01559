"""The interview, the four diagnostics, the verdict, the ladder."""
