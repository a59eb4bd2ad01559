"""Accounts: the list of them, one on one page, every touch, its runs."""

from __future__ import annotations

from clew.access.model import Permission
from clew.web.endpoint import Endpoint
from clew.web.pages.accounts import runs

ENDPOINTS = (Endpoint("/accounts/{account:path}", ("GET",), Permission.SEE_ACCOUNTS, runs.show),)
