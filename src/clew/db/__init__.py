"""Connections, transactions, tables and migrations of the operational data. Knows no product rule."""
