"""Contexts of accounts, kept in the database: derived again whenever an account's thread was touched."""
