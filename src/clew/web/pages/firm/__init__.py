"""Firm: the verdict, the thresholds watched, what is at stake, and how practices and teams stand."""

from clew.web.pages.firm.page import ENDPOINTS

__all__ = ["ENDPOINTS"]
