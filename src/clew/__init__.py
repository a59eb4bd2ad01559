"""Clew: Customer Journey Management as one closed loop."""

__version__ = "0.1.0"
