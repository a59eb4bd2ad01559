"""Does the share of a value differ from that of the rest? Tests of many values at once, fit for cohorts and accounts.

A contrast must stand twice: over all runs, and within the months in which runs began. The first alone would be spoilt
by cohorts that cannot be compared, such as runs from before something was recorded; the second alone says nothing about
the shares that are shown. The larger p-value of the two counts, so what stands is no likelier to be false.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.stats.distributions import normal_two_sided_tail
from clew.stats.shares import LEAST_EXPECTED, fisher_exact, score_test

Values = NDArray[np.int64]
Figures = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Table:
    """Runs and hits by stratum and value.

    n, hits  (strata, values)
    """

    n: Figures
    hits: Figures

    @classmethod
    def of(cls, stratum: Values, value: Values, hit: Mask, *, values: int) -> Table:
        """Count runs. stratum (r,) numbers from 0; value (r,) -1 leaves a run out."""
        known = value >= 0
        strata = int(stratum.max(initial=-1)) + 1
        cell = stratum[known] * values + value[known]
        n, hits = (np.bincount(c, minlength=strata * values) for c in (cell, cell[hit[known]]))
        return cls(n.reshape(-1, values).astype(np.float64), hits.reshape(-1, values).astype(np.float64))


def p_values(table: Table) -> Figures:
    """(values,) two-sided p of each value against all others; 1 where nothing can be told.

    Source  within strata: Mantel & Haenszel (1959), JNCI 22, without continuity correction; over all runs: as
            stats.shares.compare_shares picks it, Fisher's exact test or the score test
    """
    within = np.array([normal_two_sided_tail(z) for z in _mantel_haenszel(table)])
    larger: Figures = np.maximum(within, _pooled(table))
    return larger


def clustered_p(stratum: Values, chosen: Mask, hit: Mask, *, account: Values) -> float:
    """Two-sided p of one value against all others, where runs of one account hang together.

    stratum (r,) numbers from 0      chosen (r,) runs of the value      account (r,) numbers from 0
    Source  the score of each account within strata; its variance from the accounts themselves (Liang & Zeger 1986,
            Biometrika 73)
    """
    n = np.bincount(stratum)
    shares = [(np.bincount(stratum, mask) / np.maximum(n, 1))[stratum] for mask in (chosen, hit)]
    score = np.bincount(account, (chosen - shares[0]) * (hit - shares[1]))
    spread = float(np.sqrt((score**2).sum()))
    return normal_two_sided_tail(float(score.sum()) / spread) if spread else 1.0


def _mantel_haenszel(table: Table) -> Figures:
    """(values,) standardised difference of each value's hits from those expected in its strata."""
    n, whole, hit = table.n, table.n.sum(axis=1, keepdims=True), table.hits.sum(axis=1, keepdims=True)
    size = np.maximum(whole, 1)
    expected = (n * hit / size).sum(axis=0)
    spread = n * (whole - n) * hit * (whole - hit) / (size**2 * np.maximum(whole - 1, 1))
    variance = spread.sum(axis=0)
    apart = table.hits.sum(axis=0) - expected
    return np.where(variance > 0, apart / np.sqrt(np.where(variance > 0, variance, 1)), 0.0)


def _pooled(table: Table) -> Figures:
    n, hits = table.n.sum(axis=0).astype(int).tolist(), table.hits.sum(axis=0).astype(int).tolist()
    whole, hit = sum(n), sum(hits)
    return np.array([_against_rest(a, k, hit, whole=whole) for k, a in zip(n, hits, strict=True)])


def _against_rest(hits: int, n: int, all_hits: int, *, whole: int) -> float:
    rest = whole - n
    if not n or not rest or not 0 < all_hits < whole:
        return 1.0
    small = min(n, rest) * min(all_hits, whole - all_hits) < LEAST_EXPECTED * whole
    return (fisher_exact if small else score_test)(hits, n, all_hits - hits, n_b=rest).p_value
