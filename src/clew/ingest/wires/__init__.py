"""What other tools send, exactly as they send it, turned into the rows that a source maps."""
