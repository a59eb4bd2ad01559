"""What a consultant would point at: limits, contrasts, losses, failures."""
