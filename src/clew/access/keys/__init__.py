"""API keys: a program acts for a user, with no more rights than that user has."""
