"""A detector's findings measured: rate, share of accounts, trend, revenue touched, examples, and what it cannot see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE
from clew.engine.amounts import total
from clew.questions.figures import money
from clew.questions.model import TooFew
from clew.signals.measuring.by_account import Counts, counted, revenue_of
from clew.signals.measuring.evidence import Example, examples
from clew.signals.measuring.rates import rate_of, share_of
from clew.signals.measuring.trend import Trend, trend_of
from clew.signals.model import Detector
from clew.signals.parts.customers import spells
from clew.signals.sight import Sight
from clew.stats.model import Estimate

EXAMPLES = 3


@dataclass(frozen=True)
class Revenue:
    """What the touched customers of today bring a year, of what all customers bring, in the firm's currency.

    amount  None where it is known of none      known  touched customers whose revenue is known, of n
    of      of all customers of today, None where it is known of none
    former  touched accounts that are no customers today; what they brought counts nowhere
    """

    amount: float | None
    known: int
    n: int
    of: float | None
    former: int = 0


@dataclass(frozen=True)
class Measured:
    """One detector over one view.

    occasions, signals  how many      accounts  accounts with an occasion      touched  of them with a signal
    rate      signals per occasion; interval by resampling accounts
    share     of the accounts with an occasion, those with a signal (Wilson)
    examples  the most valuable touched accounts, each with its newest signal
    blind     what it cannot see in this data and what would let it
    """

    detector: Detector
    occasions: int
    signals: int
    accounts: int
    touched: int
    rate: Estimate | TooFew
    share: Estimate | TooFew
    trend: Trend
    revenue: Revenue
    examples: Sequence[Example]
    blind: Sequence[str]

    @property
    def sees_nothing(self) -> bool:
        """Whether there was no occasion at all, so that nothing can be said."""
        return self.occasions == 0


def measured(sight: Sight, detector: Detector, *, since: int | None = None, top: int = EXAMPLES) -> Measured:
    """Measure what a detector sees, since an instant where one is given.

    top  how many accounts are examples
    """
    counts = sight.made(("counted", detector.name, since), lambda: counted(sight, detector, since))
    found = sight.made(("measured", detector.name, since), lambda: _measured(sight, detector, counts, since))
    return replace(found, examples=examples(sight, detector, counts, top=top, since=since)) if top else found


def _measured(sight: Sight, detector: Detector, counts: Counts, since: int | None) -> Measured:
    """Everything but the examples: made once for a sight, however many pages show it."""
    touched = counts.signals > 0
    return Measured(
        detector,
        occasions=int(counts.occasions.sum()),
        signals=int(counts.signals.sum()),
        accounts=len(counts),
        touched=int(touched.sum()),
        rate=rate_of(counts.signals, counts.occasions),
        share=share_of(int(touched.sum()), len(counts)),
        trend=trend_of(sight, counts, since),
        revenue=_revenue(sight, counts),
        examples=(),
        blind=tuple(detector.blind(sight)),
    )


def _revenue(sight: Sight, counts: Counts) -> Revenue:
    touched, known = counts.signals > 0, counts.revenue != NO_VALUE
    here = touched & counts.today
    return Revenue(
        _sum(counts.revenue[here & known]),
        known=int(np.count_nonzero(here & known)),
        n=int(np.count_nonzero(here)),
        of=revenue_of_customers(sight).amount,
        former=int(np.count_nonzero(touched & ~counts.today)),
    )


@dataclass(frozen=True)
class Customers:
    """Customers of today: how many, of how many the revenue is known, and its sum (None where of none)."""

    n: int
    known: int
    amount: float | None


def revenue_of_customers(sight: Sight) -> Customers:
    """Add up what all customers of today bring a year, once for all detectors."""
    return sight.made("revenue of customers", lambda: _of_customers(sight))


def _of_customers(sight: Sight) -> Customers:
    parts = [_revenue_today(sight, number) for number in range(len(sight.buckets))]
    revenue = np.concatenate([np.zeros(0, np.int64), *parts])
    known = revenue[revenue != NO_VALUE]
    return Customers(len(revenue), len(known), _sum(known))


def _revenue_today(sight: Sight, number: int) -> NDArray[np.int64]:
    found = spells(sight, number)
    threads = np.unique(found.thread[found.hold(found.thread, np.full(len(found), sight.as_of, np.int64))])
    return revenue_of(sight, number, threads)


def _sum(revenue: NDArray[np.int64]) -> float | None:
    return money(total(revenue)) if len(revenue) else None
