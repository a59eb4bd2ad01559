"""Kernels: pure functions from the arrays of one bucket to partials that merge; each is about one scan of its columns.

`segment` is the run (or thread) of each row, equal values contiguous; rows with a negative code or group are left out.
"""
