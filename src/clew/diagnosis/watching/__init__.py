"""Diagnoses that were made, and their thresholds against today."""
