"""clew worker: a further process that takes events in and keeps journeys current."""

from __future__ import annotations

from clew.errors import BadRequest


def worker() -> None:
    """Work beside others on one database: take over what nobody does."""
    raise BadRequest("not built yet")
