"""When rows of the tail go into the archive, and what was done."""

from __future__ import annotations

from dataclasses import dataclass

from clew.clock import MINUTE_US

LEASE = "archive"
LEAST_ROWS = 200_000
SHARE = 8  # of a large archive this part may stand in the tail: writing touched buckets costs by the archive's size
OLDEST_US = 10 * MINUTE_US
MOST_ROWS, MOST_BYTES = 1_000_000, 256_000_000  # taken into one generation, so that a backlog never fills the memory
RECENT_ROWS = 20_000  # stay readable in the tail after they are in the archive: what just arrived


@dataclass(frozen=True)
class TailSize:
    """How much of the tail is not yet in the archive.

    learnt_at  when its first row was taken in; None where there is none
    """

    rows: int
    learnt_at: int | None


@dataclass(frozen=True)
class Kept:
    """What one turn of the keeping did.

    rows      of the tail that are in the archive now       position    below which all are
    events    in the archive                                generation  in force
    removed   rows that left the tail, long since in the archive
    uploads   exports that were loaded                      more        whether the tail is still due
    """

    rows: int = 0
    position: int = 0
    events: int = 0
    generation: int = 0
    removed: int = 0
    uploads: int = 0
    more: bool = False


def is_due(tail: TailSize, *, events: int, now: int) -> bool:
    """Say whether the tail is large or old enough to go into an archive of so many events."""
    if tail.learnt_at is None:
        return False
    return tail.rows >= max(LEAST_ROWS, events // SHARE) or now - tail.learnt_at >= OLDEST_US
