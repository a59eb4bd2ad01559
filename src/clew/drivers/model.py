"""An outcome, the moments before it, what is measured there, and the ranking that follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes, Times
from clew.clock import DAY_US
from clew.questions.model import TooFew
from clew.signals.sight import Sight
from clew.stats.drivers import Importance
from clew.stats.model import Significance

Figures = NDArray[np.float64]
RATE_DAYS = 90  # counts are told per so many days, for accounts are looked at for spans that differ


@dataclass(frozen=True)
class Window:
    """How long before an outcome one looks.

    span  microseconds of the window
    lead  microseconds left out between the window and the outcome: what happens there belongs to the outcome already
    least microseconds for which an account must have been known inside the window
    """

    span: int
    lead: int
    least: int = 30 * DAY_US


@dataclass(frozen=True)
class Cases:
    """Accounts of one bucket with their outcome, one row each, threads rising.

    thread  int32      at  instant of the outcome      value  1 and 0 for yes and no, or a score
    since   instant from which the account could be looked at
    """

    thread: Codes
    at: Times
    value: Figures
    since: Times

    def __len__(self) -> int:
        return len(self.thread)


@dataclass(frozen=True)
class Moments:
    """Accounts of one bucket, each with the half-open window [begin, end) in which it is looked at; threads rising."""

    thread: Codes
    begin: Times
    end: Times

    def __len__(self) -> int:
        return len(self.thread)

    def part(self, chosen: NDArray[np.bool_]) -> Moments:
        """Some of the accounts."""
        return Moments(self.thread[chosen], self.begin[chosen], self.end[chosen])

    @property
    def known_by(self) -> Times:
        """The last instant that counts."""
        return self.end - 1

    def rates(self, counts: NDArray[np.integer]) -> Figures:
        """Counts in the windows, per RATE_DAYS."""
        return counts * (RATE_DAYS * DAY_US) / (self.end - self.begin)


@dataclass(frozen=True)
class Outcome:
    """What is to be explained.

    name       as asked: "renewed", "achieved", "nps"
    yes, no    in words, accounts with it and without it, as "renewed", "were lost"; of a score, those content and not
    cases      accounts of one bucket whose outcome is known
    notes      sentences: whose outcome counts, and when
    high, low  values from which on, and up to which, an account is one with it or without it
    is_score   a number, else 1 and 0
    wanted     whether the firm wants it: of a loss it does not
    """

    name: str
    yes: str
    no: str
    cases: Callable[[Sight, int], Cases]
    notes: Sequence[str] = ()
    high: float = 1.0
    low: float = 0.0
    is_score: bool = False
    wanted: bool = True


@dataclass(frozen=True)
class Measure:
    """Something that can be measured of an account before a moment.

    name    as "signal:stall", "attribute:employees"       title  as a page says it
    unit    of its values, as "per 90 days", "days"; "" for a bare number, "share" for yes/no
    values  from a sight, the number of a bucket and moments to (n,) figures; nan where not known
    dated   False: what is known now stands in for what was known then
    ask     command that shows more, "" for none
    seen    whether this log can tell of it at all
    """

    name: str
    title: str
    unit: str
    values: Callable[[Sight, int, Moments], Figures]
    dated: bool = True
    ask: str = ""
    seen: Callable[[Sight], bool] = lambda sight: True


@dataclass(frozen=True)
class Level:
    """Mean of a driver over n accounts; None where none is known."""

    mean: float | None
    n: int


@dataclass(frozen=True)
class Driver:
    """A measure held against the outcome.

    test      its own rank correlation, None where accounts lack      adjusted  p of it, corrected for all tested
    yes, no   levels before the outcome, of those with it and without it
    now       level of today's accounts in the window that ends now
    known     share of accounts of which it is known; the mean stands in for the others
    """

    measure: Measure
    test: Significance | None
    adjusted: float | None
    yes: Level
    no: Level
    now: Level
    known: float


@dataclass(frozen=True)
class LeftOut:
    """A measure that is no driver here, and why; detail: the figure behind the reason."""

    measure: Measure
    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Ranking:
    """Drivers of an outcome.

    drivers     in order of importance; where accounts lack, in order of their own test or as listed
    importance  parallel to drivers; TooFew where accounts lack
    n           accounts with a known outcome
    yes, no     how many of them had it, and had it not
    short       accounts left out because they were known for too short a time
    now         today's accounts, whose performance stands beside it
    tested      how many measures were tested
    """

    outcome: Outcome
    window: Window
    drivers: Sequence[Driver]
    importance: Importance | TooFew
    left_out: Sequence[LeftOut]
    n: int
    yes: int
    no: int
    short: int
    now: int
    tested: int
