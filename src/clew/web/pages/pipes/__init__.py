"""Pipes: what comes in, what keeps it from counting, and where each of it is mended. RevOps opens it first."""

from clew.web.pages.pipes.page import ENDPOINTS as ENDPOINTS
