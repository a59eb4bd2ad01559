"""Clew's own way in: a list of events, and a verdict for each in the answer."""

from __future__ import annotations

from clew.ingest.wires.model import Wire
from clew.web.endpoint import Endpoint
from clew.web.ingest.answers import done_saying
from clew.web.ingest.reading import read_own
from clew.web.ingest.ways import Way, endpoint

_EVENTS = Way(
    (Wire.CLEW,), "events", read_own, answer=lambda body, read: done_saying({"success": True, "events": read.events})
)

ENDPOINTS: tuple[Endpoint, ...] = (endpoint("/v1/events", _EVENTS),)
