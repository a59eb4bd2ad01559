"""What fails and is tried again: accounts, tasks of the schedule, duties of processes that live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, distinct, func, select

from clew.clock import US
from clew.db.tables import due, worker
from clew.live.health.processes import is_working
from clew.live.model import CONTEXT, THREAD
from clew.questions.words import counted

LONG_US = 60 * US  # what fails for longer is no passing hitch
TASKS: Mapping[str, str] = {
    "duplicates": "looking for duplicates",
    "firm": "working out how the firm stands",
    "norms": "taking norms",
    "signals": "keeping signals",
    "thresholds": "watching the thresholds of the diagnosis",
}


@dataclass(frozen=True)
class FailingDuty:
    """A duty that fails turn after turn in a process that lives.

    since  instant of its first failure in a row        error  kind of the latest one
    """

    duty: str
    error: str
    since: int
    host: str
    process: int

    def says(self, now: int) -> str:
        """Say it as a sentence without its full stop."""
        return f"{self.duty} has failed for {_long((now - self.since) / US)} ({self.error})"


@dataclass(frozen=True)
class Failing:
    """What fails at present.

    accounts  that could not be brought up to date        tasks   of the schedule: name -> code of the error
    duties    longest failing first
    """

    accounts: int
    tasks: Mapping[str, str]
    duties: Sequence[FailingDuty]

    def sentences(self, now: int) -> list[str]:
        """Say what fails, worst first, without full stops."""
        said = [one.says(now) for one in self.duties]
        if self.accounts:
            said.append(f"{counted(self.accounts, 'account')} could not be brought up to date")
        return said + [f"{TASKS.get(name, name)} failed ({error})" for name, error in self.tasks.items()]


def failing(connection: Connection, *, now: int) -> Failing:
    """Read what fails at present."""
    ill = due.c.error.is_not(None)
    of_account = due.c.kind.in_([THREAD, CONTEXT])
    accounts = connection.execute(select(func.count(distinct(due.c.key))).where(ill, of_account)).scalar_one()
    tasks = connection.execute(select(due.c.key, due.c.error).where(ill, ~of_account).order_by(due.c.key))
    return Failing(accounts, {row.key: row.error for row in tasks}, failing_duties(connection, now=now))


def failing_duties(connection: Connection, *, now: int, longer_than: int = 0) -> list[FailingDuty]:
    """Read the duties that fail, longest first; longer_than: µs for which they do so at least."""
    found = [
        FailingDuty(duty, str(told["failing"]), int(told.get("failing_since", row.seen_at)), row.host, row.process)
        for row in connection.execute(select(worker).where(is_working(now=now)).order_by(worker.c.id))
        for duty, told in sorted(_duties(row.doing).items())
        if told.get("failing")
    ]
    return sorted((one for one in found if now - one.since >= longer_than), key=lambda one: one.since)


def _duties(doing: Any) -> dict[str, Mapping[str, Any]]:
    return {name: told for name, told in (doing or {}).items() if isinstance(told, Mapping)}


def _long(seconds: float) -> str:
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}s"
    return counted(max(round(seconds), 1), "second")
