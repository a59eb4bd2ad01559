"""How the share of accounts with a signal moves from quarter to quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clew.periods import QUARTER, period_label, period_start, whole_periods
from clew.questions.model import TooFew
from clew.signals.measuring.by_account import Counts, first_event
from clew.signals.measuring.rates import share_of
from clew.signals.measuring.recording import changed_between
from clew.signals.sight import Sight
from clew.stats.model import Estimate
from clew.stats.shares import MINIMUM_FOR_SHARE, share_difference


@dataclass(frozen=True)
class Quarter:
    """One whole quarter: accounts with an occasion in it, those of them with a signal of such an occasion, the share.

    A request belongs to the quarter in which it was opened, and what is found of it later too
    """

    label: str
    accounts: int
    touched: int
    share: Estimate | TooFew


@dataclass(frozen=True)
class Trend:
    """The whole quarters of the log, and the last two compared.

    difference  of their shares, later minus earlier (Newcombe); None where there are not two whole quarters
    changed     one sentence: what began to be recorded between them
    """

    quarters: Sequence[Quarter]
    difference: Estimate | TooFew | None
    changed: str

    @property
    def compared(self) -> tuple[Quarter, Quarter] | None:
        """The two quarters of the difference, the earlier one first."""
        return (self.quarters[-2], self.quarters[-1]) if len(self.quarters) > 1 else None


def trend_of(sight: Sight, counts: Counts, since: int | None = None) -> Trend:
    """Follow the share of accounts through the whole quarters of the log, or of what lies after an instant."""
    zone, begin = sight.firm.time_zone, first_event(sight)
    numbers = whole_periods(max(begin, since) if since is not None else begin, sight.as_of, QUARTER, zone)
    quarters = [_quarter(counts, number) for number in numbers]
    empty = next((place for place, quarter in enumerate(quarters) if quarter.accounts), len(quarters))
    quarters, numbers = quarters[empty:], numbers[empty:]
    if len(quarters) < 2:
        return Trend(quarters, None, "")
    start, end = period_start(np.array([numbers[-2], numbers[-1] + 1]), QUARTER, zone).tolist()
    changed = changed_between(sight, start, end, named=f"{quarters[-2].label} or {quarters[-1].label}")
    return Trend(quarters, _difference(quarters[-2], quarters[-1]), changed)


def _quarter(counts: Counts, number: int) -> Quarter:
    place = number - counts.quarter
    accounts, touched = int(counts.exposed[place]), int(counts.touched[place])
    return Quarter(period_label(number, QUARTER), accounts, touched, share_of(touched, accounts))


def _difference(earlier: Quarter, later: Quarter) -> Estimate | TooFew:
    fewest = min(earlier.accounts, later.accounts)
    if fewest < MINIMUM_FOR_SHARE:
        return TooFew(fewest, MINIMUM_FOR_SHARE)
    return share_difference(later.touched, later.accounts, earlier.touched, n_b=earlier.accounts)
