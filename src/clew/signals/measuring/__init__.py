"""Signals counted: rates, trends, losses, evidence, tables."""
