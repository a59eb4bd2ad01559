"""Stored runs kept equal to the fold: only touched threads are folded again, and what time alone changes is due."""
