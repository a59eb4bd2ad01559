"""Rates and shares with their interval, or how many accounts are missing for one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.questions.model import TooFew
from clew.stats.model import Estimate
from clew.stats.resampling import MINIMUM_CLUSTERS, resample_ratio
from clew.stats.shares import MINIMUM_FOR_SHARE, wilson

SEED = 7  # of the resampling: the same log gives the same interval


def share_of(part: int, n: int) -> Estimate | TooFew:
    """A share of accounts with Wilson's interval."""
    return wilson(part, n) if n >= MINIMUM_FOR_SHARE else TooFew(n, MINIMUM_FOR_SHARE)


def rate_of(signals: NDArray[np.int64], occasions: NDArray[np.int64]) -> Estimate | TooFew:
    """Signals per occasion, the interval by resampling accounts.

    signals, occasions  (n,) of each account
    """
    n = len(signals)
    if n < MINIMUM_CLUSTERS:
        return TooFew(n, MINIMUM_CLUSTERS)
    found = resample_ratio(signals, occasions, seed=SEED)
    if found.low < found.high:
        return found
    # No account differs from another, so resampling shows no spread. Wilson's interval of accounts, each taken for
    # one occasion, is wider than any of occasions would be.
    by_account = wilson(round(min(found.value, 1.0) * n), n)
    low, high = min(by_account.low, found.value), max(by_account.high, found.value)
    return Estimate(found.value, low, high, found.n, found.level)
