"""Puts the real parts together: what `clew serve` and `clew demo` run."""
