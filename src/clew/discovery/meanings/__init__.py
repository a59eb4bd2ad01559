"""A first meanings.yaml drafted from the words of the log."""
