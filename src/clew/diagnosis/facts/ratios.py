"""A ratio of two sums over accounts, with an interval from resampled accounts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.stats.model import Estimate
from clew.stats.resampling import DRAWS, resample_ratio
from clew.stats.shares import wilson

Figures = NDArray[np.float64]
SEED = 7
FEWEST_DRAWS = 200
CELLS = 20_000_000  # accounts times draws: of accounts that are all different it takes a second or two


def ratio_of_sums(part: Figures, whole: Figures) -> Estimate:
    """Estimate sum(part) / sum(whole).

    part, whole  (a,) whole numbers >= 0, sums of one account; accounts without a whole are left out
    Returns      n is the number of accounts
    Raises       NotEnoughData where accounts are too few to be resampled
    Source       stats.resampling.resample_ratio; fewer draws for very many accounts, whose interval is narrow anyway
    """
    kept = whole >= 1
    draws = max(FEWEST_DRAWS, min(DRAWS, CELLS // max(int(kept.sum()), 1)))
    return resample_ratio(part[kept].astype(np.int64), whole[kept].astype(np.int64), seed=SEED, draws=draws)


def share_of_sums(part: Figures, whole: Figures) -> Estimate:
    """Estimate the same where it is a share, part <= whole.

    Where no account has any part, or every one all of it, drawing accounts shows no spread: the interval is then
    Wilson's of so many accounts, for nothing says that things inside an account are independent
    """
    found = ratio_of_sums(part, whole)
    if found.low < found.high:
        return found
    accounts = wilson(found.n if found.value else 0, found.n)
    return Estimate(found.value, accounts.low, accounts.high, found.n, found.level)
