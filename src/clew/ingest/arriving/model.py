"""What stands in the inbox: request bodies that were acknowledged and are not yet taken in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clew.errors import ClewError


class Overloaded(ClewError):
    """More is arriving than can be stored; send it again in a moment."""

    code = "overloaded"


class CannotStore(ClewError):
    """The inbox could not be written, so nothing was taken; send it again later."""

    code = "cannot-store"


@dataclass(frozen=True, slots=True)
class Arriving:
    """One request body as it came.

    source       whose key was used                  wire   as clew.ingest.wires.model.Wire says
    kind         what the path says of the body: batch, track, ..., structured, binary, ...
    received_at  microseconds UTC
    body         as sent, inflated
    quiet        backfill: state and history, no consequences
    headers      only what the wire needs: ce-* of a binary CloudEvent
    """

    source: str
    wire: str
    kind: str
    received_at: int
    body: bytes
    quiet: bool = False
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A body of the inbox.

    id  rises in the order of commits: who has read up to an id never misses one below it
    """

    id: int
    arriving: Arriving
