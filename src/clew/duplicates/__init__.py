"""Accounts that are probably one, found by record linkage; a person decides."""
