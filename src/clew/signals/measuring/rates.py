"""Rates and shares with their interval, or how many accounts are missing for one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.questions.model import TooFew
from clew.stats.model import Estimate
from clew.stats.resampling import MINIMUM_CLUSTERS, share_of_sums
from clew.stats.shares import MINIMUM_FOR_SHARE, wilson


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
    return share_of_sums(signals, occasions)
