"""Everything of a workspace in one file, made while the system runs, and brought back from it."""
