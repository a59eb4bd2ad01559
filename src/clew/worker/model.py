"""Words of the worker: its duties, and what a process tells of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Duty(StrEnum):
    """Something that runs by itself; each stands under leases of its own."""

    INTAKE = "intake"  # arriving events become rows of the log; one process at a time
    FOLD = "fold"  # threads are folded; shards are shared among all processes
    ARCHIVE = "archive"  # rows of the tail become columns of the archive; one process at a time
    SCHEDULE = "schedule"  # norms, thresholds of the diagnosis; one process at a time


ALL = frozenset(Duty)


@dataclass
class Doing:
    """What a duty of this process does, as the page of workers shows it.

    done      counts since the process began     failures  turns that failed and were tried again
    fenced    turns that another process had taken over
    failing   kind of the latest error, "" while all is well; since: instant of the first one in a row
    """

    done: dict[str, int] = field(default_factory=dict)
    now: dict[str, Any] = field(default_factory=dict)
    failures: int = 0
    fenced: int = 0
    failing: str = ""
    since: int = 0

    def count(self, **numbers: int) -> None:
        """Add to what was done."""
        for name, number in numbers.items():
            self.done[name] = self.done.get(name, 0) + number

    def failed(self, kind: str, *, now: int) -> None:
        """Note a turn that failed."""
        self.failures, self.since = self.failures + 1, self.since if self.failing else now
        self.failing = kind

    def told(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            **self.done,
            **self.now,
            "failures": self.failures,
            "fenced": self.fenced,
            **({"failing": self.failing, "failing_since": self.since} if self.failing else {}),
        }
