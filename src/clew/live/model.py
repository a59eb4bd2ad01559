"""What the parts of the living log agree on: names of cursors, states, shards, and the log as it is to the second."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from clew.archive.model import LogView
from clew.ids import stable_hash

INBOX = "inbox"  # cursor: id of the last body that was taken in
TAIL = "tail"  # cursor: the position that the log gives next
KEPT = "kept"  # cursor: position of the generation before the one in force; its readers may still be at work
THREAD = "thread"  # kind of the due instants at which a thread is folded
CONTEXT = "context"  # kind of the due rows that say: derive this thread's context anew

SHARDS = 16  # leases of folding: at most so many workers fold at a time


class RejectedState(StrEnum):
    """What became of an event that could not be used."""

    WAITING = "waiting"  # to be mended, taken in again or discarded
    REPLAYED = "replayed"
    DISCARDED = "discarded"


class UploadState(StrEnum):
    """What became of an export that was sent."""

    WAITING = "waiting"
    LOADED = "loaded"
    FAILED = "failed"


def shard_of(thread: str) -> int:
    """Return the shard of a thread: its one writer is whoever holds that shard's lease."""
    return int(stable_hash(thread)) % SHARDS


class FreshLog(Protocol):
    """The archive and the tail behind it, kept in step by one process; not shared between threads.

    position    every row below it is here          generation  of the archive that it stands on
    """

    @property
    def position(self) -> int: ...
    @property
    def generation(self) -> int: ...

    def refresh(self) -> None:
        """Take up what was learnt since: new blocks of the tail, another generation of the archive."""
        ...

    def touched(self, since: int, until: int) -> Sequence[str]:
        """Threads whose rows or whose identity changed by rows since <= position < until.

        Includes threads that are no more, because a link made them part of another.
        """
        ...

    def view_of(self, threads: Collection[str], as_of: int, *, before: int | None = None) -> LogView:
        """The log of these threads alone, one bucket, up to as_of; cost goes with their rows, not with the log.

        before  leave out rows at this position and after: as the log was then
        """
        ...

    def next_after(self, threads: Collection[str], as_of: int) -> Mapping[str, int]:
        """When the next row of each thread comes that lies after an instant; threads without one are left out.

        A row is an event, an attribute or a link that is dated later.
        """
        ...

    def view(self, as_of: int) -> LogView:
        """The whole log up to as_of, archive and tail, bucket by bucket; unchanged buckets stay mapped."""
        ...
