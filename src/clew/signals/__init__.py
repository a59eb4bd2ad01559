"""Detectors: what is worth noticing, with evidence; the three failures measured."""
