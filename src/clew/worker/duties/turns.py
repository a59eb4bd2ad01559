"""What a duty is to the worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from clew.db.leases import Lease


class Work(Protocol):
    """A duty of one process; used by one thread."""

    def turn(self, leases: Sequence[Lease], *, now: int) -> bool:
        """Do a bounded piece of work; return whether there is more to do at once. Raises Fenced, and anything else."""
        ...

    def forget(self) -> None:
        """Drop what is held in memory: another process may have done this work meanwhile."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...
