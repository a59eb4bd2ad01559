"""How far back a fact looks: the last 12 months, or the whole log where those hold too little for a figure."""

from __future__ import annotations

from dataclasses import dataclass

from clew.clock import NEVER, US
from clew.diagnosis.facts.accounts import year_begins
from clew.questions.model import Period
from clew.questions.words import date
from clew.signals.sight import Sight


@dataclass(frozen=True)
class Reach:
    """From which instant on, in words, and as an option of a command.

    since   None: from the log's beginning      words  as "in the last 12 months"
    stamp   the day on which it begins, in the firm's zone; "" for the whole log
    """

    since: int | None
    words: str
    stamp: str

    def option(self, name: str) -> str:
        """Return the option that lets a command look back as far, as `--from 2025-10-01`."""
        return f"--{name} {self.stamp}" if self.stamp else ""

    @property
    def begun(self) -> str:
        """Say which runs it takes in."""
        return f"begun {self.words}" if self.since is not None else self.words

    @property
    def period(self) -> Period | None:
        """Return the period of a question about it."""
        return None if self.since is None else Period(self.since, NEVER, self.words)


def last_year(sight: Sight) -> Reach:
    """Look back over the last 365 days."""
    since = year_begins(sight)
    return Reach(since, "in the last 12 months", date(since / US, sight.firm.time_zone))


def whole_log() -> Reach:
    """Look back to the beginning."""
    return Reach(None, "in the whole log", "")
