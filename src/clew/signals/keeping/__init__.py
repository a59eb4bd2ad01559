"""Signals kept: what the detectors notice in the log to the second, a row each, and when it holds no more."""
