"""Drivers: what goes with an outcome, measured before it, importance beside current performance."""
