"""A mean over runs or events whose accounts lie in clusters: how sure it is when an account's own ones are alike."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.engine.ordered import segment_starts
from clew.stats.distributions import two_sided_z
from clew.stats.model import Estimate
from clew.stats.resampling import share_without_spread
from clew.stats.shares import MINIMUM_FOR_SHARE


@dataclass(frozen=True)
class AccountSums:
    """Sums over accounts of y, the total of an account's rows, and n, their number. Partials of disjoint accounts add.

    accounts  with any row      y, n, yy, yn, nn  the sums of y, n and of their products
    """

    accounts: int = 0
    y: float = 0.0
    n: int = 0
    yy: float = 0.0
    yn: float = 0.0
    nn: int = 0

    @classmethod
    def of(cls, account: NDArray[np.integer], value: NDArray[np.floating]) -> AccountSums:
        """Sum rows by account. account  (k,) equal ones contiguous      value  (k,) 0..1"""
        starts = segment_starts(np.asarray(account))
        if len(starts) < 2:
            return cls()
        y, n = np.add.reduceat(value, starts[:-1]), np.diff(starts).astype(np.float64)
        sums = (math.fsum(y), int(n.sum()), math.fsum(y * y), math.fsum(y * n), int((n * n).sum()))
        return cls(len(n), *sums)

    def __add__(self, other: AccountSums) -> AccountSums:
        names = AccountSums.__dataclass_fields__
        return AccountSums(*(getattr(self, name) + getattr(other, name) for name in names))

    def mean(self, level: float = 0.95) -> Estimate | None:
        """Return the mean of all rows with an interval, None without rows; n is the number of rows.

        Interval  that of a ratio of two totals over accounts, linearised (Cochran 1977, Sampling Techniques, 6.4).
                  Where all rows are alike there is no spread to go by: then Wilson's, with accounts as the observations
        """
        if not self.n:
            return None
        value = min(1.0, max(0.0, self.y / self.n))
        squares = self.yy - 2 * value * self.yn + value * value * self.nn
        if self.accounts < MINIMUM_FOR_SHARE:
            return Estimate(value, 0.0, 1.0, self.n, level)
        if squares <= 1e-9 * self.nn:
            return share_without_spread(value, self.accounts, n=self.n, level=level)
        spread = math.sqrt(squares * self.accounts / (self.accounts - 1)) / self.n
        half = two_sided_z(level) * spread
        return Estimate(value, max(0.0, value - half), min(1.0, value + half), self.n, level)
