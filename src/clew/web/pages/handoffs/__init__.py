"""Handoffs: the list of them, one with its packet and its receipt, sending one."""

from __future__ import annotations

from clew.access.model import Permission
from clew.web.endpoint import Endpoint
from clew.web.pages.handoffs import listing, one, sending

ENDPOINTS = (
    Endpoint("/handoffs", ("GET",), Permission.SEE_ACCOUNTS, listing.show),
    Endpoint("/handoffs/{handoff:path}/acceptance", ("POST",), Permission.ACT, one.accept),
    Endpoint("/handoffs/{handoff:path}/return", ("POST",), Permission.ACT, one.give_back),
    Endpoint("/handoffs/{handoff:path}/packet", ("POST",), Permission.ACT, one.send_again),
    Endpoint("/handoffs/{handoff:path}", ("GET",), Permission.SEE_ACCOUNTS, one.show),
    Endpoint("/accounts/{account:path}/act/handoff", ("GET",), Permission.ACT, sending.show),
    Endpoint("/accounts/{account:path}/act/handoff", ("POST",), Permission.ACT, sending.send),
)
