"""A detector's findings measured: rate, share of accounts, trend, revenue touched, examples, and what it cannot see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clew.archive.model import NO_VALUE
from clew.engine.amounts import total
from clew.questions.figures import money
from clew.questions.model import TooFew
from clew.signals.measuring.by_account import Counts, counted
from clew.signals.measuring.evidence import Example, examples
from clew.signals.measuring.rates import rate_of, share_of
from clew.signals.measuring.trend import Trend, trend_of
from clew.signals.model import Detector
from clew.signals.sight import Sight
from clew.stats.model import Estimate

EXAMPLES = 3


@dataclass(frozen=True)
class Revenue:
    """What the touched accounts bring a year, of what all accounts with an occasion bring, in the firm's currency.

    amount  None where it is known of none      known  touched accounts whose revenue is known, of n
    """

    amount: float | None
    known: int
    n: int
    of: float | None


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
    counts = counted(sight, detector, since)
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
        revenue=_revenue(counts),
        examples=examples(sight, detector, counts, top=top, since=since) if top else (),
        blind=tuple(detector.blind(sight)),
    )


def _revenue(counts: Counts) -> Revenue:
    known, touched = counts.revenue != NO_VALUE, counts.signals > 0
    amount, of = (money(total(counts.revenue[rows])) if bool(rows.any()) else None for rows in (known & touched, known))
    return Revenue(amount, int(np.count_nonzero(known & touched)), int(np.count_nonzero(touched)), of)
