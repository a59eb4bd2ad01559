"""Which processes run: each tells when it was there last, and for how long it may be silent."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement

from clew.clock import US
from clew.db.tables import worker

TAKEN_OVER_US = 5 * US  # of a process that was not seen for so long, others take the shards over
SILENT_US = 30 * US  # one that was not seen for so long is called silent: no figure counts it as running


class State(StrEnum):
    """What a process does, as far as its last word tells; in the order in which pages show them."""

    WORKING = "working"
    SILENT = "silent"
    STOPPED = "stopped"


def state_of(seen_at: int, stopped_at: int | None, *, now: int) -> State:
    """Return the state of a process."""
    if stopped_at is not None:
        return State.STOPPED
    return State.WORKING if seen_at > now - SILENT_US else State.SILENT


def is_working(*, now: int, silent_us: int = SILENT_US) -> ColumnElement[bool]:
    """Return the condition of the table `worker`: it did not stop, and was seen within this span."""
    return worker.c.stopped_at.is_(None) & (worker.c.seen_at > now - silent_us)
