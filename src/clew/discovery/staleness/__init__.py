"""How stale a map has grown."""
