"""Accounts: the list of them, one on one page, every touch, its runs."""

from __future__ import annotations

from clew.access.model import Permission
from clew.web.endpoint import Endpoint
from clew.web.pages.accounts import listing, one, runs, timeline

ENDPOINTS = (
    Endpoint("/accounts", ("GET",), Permission.SEE_ACCOUNTS, listing.show),
    Endpoint("/accounts/{account:path}/touches", ("GET",), Permission.SEE_ACCOUNTS, timeline.show),
    Endpoint("/accounts/{account:path}/runs", ("GET",), Permission.SEE_ACCOUNTS, runs.show),
    Endpoint("/accounts/{account:path}", ("GET",), Permission.SEE_ACCOUNTS, one.show),
)
