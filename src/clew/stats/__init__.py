"""Pure statistics on arrays: every estimate with its interval, its n, and "too few" below a stated minimum."""
