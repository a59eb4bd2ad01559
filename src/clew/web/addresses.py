"""Addresses of pages about one thing, as pages, lists and calls lead to them."""

from __future__ import annotations

from urllib.parse import quote


def address_of_account(thread: str, page: str = "") -> str:
    """The address of an account's page, or of one below it."""
    return f"/accounts/{quote(thread, safe=':@')}" + (f"/{page}" if page else "")


def address_of_handoff(thread: str, id: str, page: str = "") -> str:
    """The address of a handoff's page. Ids hold the id of their subject; the account stands beside where it differs."""
    path = f"/handoffs/{quote(id, safe='/:@')}" + (f"/{page}" if page else "")
    return path if f"/{thread}/" in id else f"{path}?account={quote(thread, safe=':@')}"


def address_of_journey(name: str, page: str = "") -> str:
    """The address of a journey's page, or of one below it."""
    return f"/journeys/{quote(name)}" + (f"/{page}" if page else "")
