"""Duplicates: two accounts that are probably one customer, with reasons. A person decides."""
