"""A journey drafted from what happened."""
