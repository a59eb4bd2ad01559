"""What goes with an outcome: the share of its differences (R²) that each driver carries, averaged over every order.

Shares are association, not cause: a driver that moves with the true reason is credited like the reason itself. A yes/no
outcome is taken as 1 and 0 (linear probability model): its R² says how far the drivers tell the two apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from clew.stats.distributions import beta_share, two_sided_z
from clew.stats.model import Counts, Estimate, Floats, Significance, require

# Below this, and below ten accounts for each driver, shares are those of the sample alone (Harrell 2015, Regression
# Modeling Strategies, 4.4: 10 to 20 observations for each candidate).
MINIMUM_FOR_DRIVERS = 50
PER_DRIVER = 10
MOST_DRIVERS = 12  # 2^12 regressions each draw
DRAWS = 1000
GROUPS = 2000  # accounts are drawn in random groups beyond this many
_ALONG = 128  # draws whose regressions are held in memory together
_NOTHING_NEW = 1e-9  # share of a driver's variance that the others leave, from which on it adds something


@dataclass(frozen=True)
class Importance:
    """Drivers of one outcome, in the order in which they were given.

    share             share of the outcome's variance that each carries, 0..1 (LMG); they add up to r2
    low, high         its percentile interval from resampled accounts. A share is never negative: whether a driver goes
                      with the outcome at all is for its own test, not for this interval
    relative          Johnson's relative weights, a second way to share the same r2
    rank              1 for the largest share      rank_low, rank_high  interval of the rank
    r2                how much all of them tell together, its interval the basic one; n is the number of accounts
    """

    share: Floats
    low: Floats
    high: Floats
    relative: Floats
    rank: Counts
    rank_low: Counts
    rank_high: Counts
    r2: Estimate

    def part(self, order: Counts) -> Importance:
        """The same drivers in another order."""
        return Importance(
            self.share[order],
            self.low[order],
            self.high[order],
            self.relative[order],
            self.rank[order],
            self.rank_low[order],
            self.rank_high[order],
            self.r2,
        )


def needed_for(drivers: int) -> int:
    """How many accounts so many drivers need."""
    return max(MINIMUM_FOR_DRIVERS, PER_DRIVER * drivers)


def rank_drivers(
    drivers: ArrayLike, outcome: ArrayLike, *, seed: int, draws: int = DRAWS, level: float = 0.95
) -> Importance:
    """Share the R² of a regression out among its drivers, with intervals from resampled accounts.

    drivers  (n, p) one row per account, p <= MOST_DRIVERS; a constant column carries nothing
    outcome  (n,) numbers, or 1 and 0 for yes and no
    Raises   NotEnoughData below needed_for(p) accounts; ValueError for more drivers, for nan, for one outcome for all
    Source   Lindeman, Merenda & Gold (1980); Grömping (2006), Journal of Statistical Software 17(1), whose intervals
             are resampled likewise. Beyond GROUPS accounts they are drawn in random groups of equal size: R² needs sums
             of squares and products alone
    Not for  claims of cause; nor to compare shares of regressions with other drivers
    """
    two_sided_z(level)
    table = _table(drivers, outcome)
    require(len(table), needed_for(table.shape[1] - 1), "accounts")
    correlations = correlation_matrix(table)
    if not table[:, -1].any():
        raise ValueError("an outcome that is the same for all has no drivers; allowed: one that differs")
    share = shapley_shares(correlations)
    drawn = np.concatenate([shapley_shares(each) for each in _drawn(table, seed, draws)])
    ranks = _ranks(drawn)
    tails = (1 - level) / 2, (1 + level) / 2
    low, high = np.quantile(drawn, tails, axis=0)
    rank_low, rank_high = np.quantile(ranks, tails, axis=0, method="nearest")
    rank = _ranks(share[None, :])[0]
    return Importance(
        share,
        np.minimum(low, share),
        np.maximum(high, share),
        relative_weights(correlations),
        rank,
        np.minimum(rank_low, rank),
        np.maximum(rank_high, rank),
        _total(float(share.sum()), drawn.sum(axis=1), n=len(table), level=level),
    )


def _total(value: float, drawn: Floats, *, n: int, level: float) -> Estimate:
    """R² with its basic interval: drawn samples exceed R² as the sample exceeds the truth, so they are mirrored."""
    low, high = 2 * value - np.quantile(drawn, ((1 + level) / 2, (1 - level) / 2))
    return Estimate(value, min(max(float(low), 0.0), value), max(float(high), value), n, level)


def shapley_shares(correlations: ArrayLike) -> Floats:
    """Share R² out among drivers: what each adds, averaged over every order in which drivers may be added.

    correlations  (..., p + 1, p + 1) of the drivers and, last, the outcome; a constant one has 1 with itself, else 0
    Returns       (..., p) shares >= 0 that add up to R²
    Raises        ValueError above MOST_DRIVERS drivers
    Source        Lindeman, Merenda & Gold (1980); equals Shapley's (1953) value of the game "R² of a set of drivers"
    """
    known = np.asarray(correlations, np.float64)
    p = known.shape[-1] - 1
    if p > MOST_DRIVERS:
        raise ValueError(f"{p} drivers are too many for every subset of them; allowed: at most {MOST_DRIVERS}")
    explained = _explained(known)
    sets = np.arange(1 << p)
    size = np.array([int(number).bit_count() for number in sets])
    weight = np.array([1 / (p * math.comb(p - 1, k)) for k in range(p)])
    shares = [
        ((explained[..., without | (1 << j)] - explained[..., without]) * weight[size[without]]).sum(axis=-1)
        for j in range(p)
        for without in (sets[sets & (1 << j) == 0],)
    ]
    return np.maximum(np.stack(shares, axis=-1), 0) if shares else np.zeros((*known.shape[:-2], 0))


def _explained(correlations: Floats) -> Floats:
    """R² of the regression on every subset of drivers; bit j of its place says that driver j is in it.

    One driver after the other is either left out or swept out of what remains (Schur complement), so that all subsets
    take no more than the inverse of one matrix each.
    """
    left = correlations[..., None, :, :]
    for _ in range(correlations.shape[-1] - 1):
        pivot, row, rest = left[..., 0, 0], left[..., 0, 1:], left[..., 1:, 1:]
        inverse = np.where(pivot > _NOTHING_NEW, 1 / np.where(pivot > _NOTHING_NEW, pivot, 1), 0)
        swept = rest - inverse[..., None, None] * row[..., :, None] * row[..., None, :]
        left = np.concatenate((rest, swept), axis=-3)
    return np.clip(1 - left[..., 0, 0], 0, 1)


def relative_weights(correlations: ArrayLike) -> Floats:
    """Share R² out by Johnson's relative weights: through the nearest drivers that do not hang together.

    correlations  (p + 1, p + 1), see shapley_shares
    Returns       (p,) weights >= 0 that add up to R²
    Source        Johnson (2000), Multivariate Behavioral Research 35
    Not for       drivers of which one follows from others: their weights are spread over them
    """
    known = np.asarray(correlations, np.float64)
    values, vectors = np.linalg.eigh(known[:-1, :-1])
    roots = np.sqrt(np.maximum(values, 0))
    loadings = vectors * roots @ vectors.T
    inverse = np.where(roots > math.sqrt(_NOTHING_NEW), 1 / np.where(roots > 0, roots, 1), 0)
    betas = vectors * inverse @ vectors.T @ known[:-1, -1]
    return np.asarray(loadings**2 @ betas**2, np.float64)


def correlation_matrix(table: ArrayLike) -> Floats:
    """Correlations of the columns of a table (n, q); a constant column has 1 with itself and 0 with all others."""
    values = _standardised(np.asarray(table, np.float64))
    return _correlations(values.T @ values, np.zeros(values.shape[1]), len(values))


def correlation_test(a: ArrayLike, b: ArrayLike) -> Significance:
    """Test whether two paired columns rise and fall together, by their ranks.

    a, b     (n,) numbers, ties allowed (yes/no as 1 and 0)
    Returns  statistic: Spearman's rank correlation, -1..1; 0 with p 1 where one of them is constant
    Raises   NotEnoughData below MINIMUM_FOR_DRIVERS pairs
    Source   Spearman (1904); Student's t with n - 2 degrees of freedom, Kendall & Stuart (1973), 31.19
    """
    first, second = (_midranks(np.asarray(column, np.float64)) for column in (a, b))
    n = len(first)
    require(n, MINIMUM_FOR_DRIVERS, "accounts")
    rho = float(correlation_matrix(np.stack((first, second), axis=1))[0, 1])
    p = beta_share((n - 2) / 2, 0.5, 1 - rho * rho)  # the tail of t, written with its own correlation
    return Significance("Spearman's rank correlation", rho, p, (n,))


def _table(drivers: ArrayLike, outcome: ArrayLike) -> Floats:
    table = np.column_stack((np.asarray(drivers, np.float64), np.asarray(outcome, np.float64)))
    if not np.isfinite(table).all():
        raise ValueError("a driver or the outcome holds nan or infinity; allowed: finite numbers")
    return _standardised(table)


def _standardised(table: Floats) -> Floats:
    """Columns with mean 0 and variance 1; a constant one is 0 throughout."""
    from_mean = table - table.mean(axis=0)
    deviation = from_mean.std(axis=0)
    varies = (table != table[:1]).any(axis=0) & (deviation > 0)
    return np.where(varies, from_mean / np.where(varies, deviation, 1), 0.0)


def _drawn(table: Floats, seed: int, draws: int) -> Iterator[Floats]:
    """Correlations of resampled accounts, (_ALONG, q, q) at a time; sums of random groups where accounts are many."""
    rng = np.random.default_rng(seed)
    groups = _groups(table, rng)
    sums = np.stack([group.sum(axis=0) for group in groups])
    products = np.stack([group.T @ group for group in groups])
    sizes = np.array([len(group) for group in groups])
    for begin in range(0, draws, _ALONG):
        times = rng.multinomial(len(groups), np.full(len(groups), 1 / len(groups)), min(_ALONG, draws - begin))
        yield _correlations(np.tensordot(times, products, 1), times @ sums, times @ sizes)


def _groups(table: Floats, rng: np.random.Generator) -> list[Floats]:
    order = rng.permutation(len(table)) if len(table) > GROUPS else np.arange(len(table))
    return np.array_split(table[order], min(GROUPS, len(table)))


def _correlations(products: Floats, sums: Floats, n: ArrayLike) -> Floats:
    """Correlations from sums of products (..., q, q) and sums (..., q) of n rows."""
    rows = np.asarray(n, np.float64)
    covariance = products - sums[..., :, None] * sums[..., None, :] / rows[..., None, None]
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    spread = np.sqrt(np.where(variance > _NOTHING_NEW * rows[..., None], variance, np.inf))
    correlations = covariance / (spread[..., :, None] * spread[..., None, :])
    q = correlations.shape[-1]
    correlations[..., np.arange(q), np.arange(q)] = 1
    return np.asarray(np.clip(correlations, -1, 1), np.float64)


def _ranks(shares: Floats) -> Counts:
    """Rank each row, 1 for the largest."""
    order = np.argsort(-shares, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, shares.shape[1] + 1)[None, :], axis=1)
    return ranks


def _midranks(values: Floats) -> Floats:
    _, place, ties = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(ties) - (ties - 1) / 2)[place], np.float64)
