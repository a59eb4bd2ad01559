"""Detectors tried on invented firms whose truth is known."""
