"""Ways in and out, one's own account, and people, keys, persons and audit as JSON."""
