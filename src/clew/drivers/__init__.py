"""What goes with an outcome: importance beside performance."""
