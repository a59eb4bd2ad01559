"""Rates: how many events in how much exposure (escalations per 100 account-months, tickets per order)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from clew.stats.distributions import beta_quantile, binomial_share, gamma_quantile, two_sided_z
from clew.stats.model import Estimate, Significance, require

# Without a single event in both groups together there is no ratio to speak of.
MINIMUM_EVENTS_FOR_RATIO = 1


def poisson_rate(events: int, exposure: float, level: float = 0.95) -> Estimate:
    """Estimate events per unit of exposure with an exact interval.

    events    how many, >= 0
    exposure  > 0, in the unit the rate is to have (account-months, orders)
    Returns   events per unit; n is the number of events
    Source    Garwood (1936), Biometrika 28
    Not for   events that come in bursts from few accounts: resample the accounts
    """
    _check(events, exposure)
    tail = _tail(level)
    low = gamma_quantile(events, tail) if events else 0.0
    high = gamma_quantile(events + 1, 1 - tail)
    return Estimate(events / exposure, low / exposure, high / exposure, events, level)


@dataclass(frozen=True)
class RatioComparison:
    """Two rates side by side: their ratio, first over second (1 where they are equal), and an exact test."""

    ratio: Estimate
    test: Significance


def compare_rates(
    events_a: int, exposure_a: float, events_b: int, *, exposure_b: float, level: float = 0.95
) -> RatioComparison:
    """Compare two rates by their ratio, first over second, exactly.

    Returns  ratio; infinite where the second group saw no event; n is the events of both
    Raises   NotEnoughData where neither group saw an event
    Source   conditional on the total: Clopper & Pearson (1934), Biometrika 26; Przyborowski & Wilenski (1940)
    """
    _check(events_a, exposure_a)
    _check(events_b, exposure_b)
    total = events_a + events_b
    require(total, MINIMUM_EVENTS_FOR_RATIO, "events")
    tail = _tail(level)
    low = beta_quantile(events_a, events_b + 1, tail) if events_a else 0.0
    high = beta_quantile(events_a + 1, events_b, 1 - tail) if events_b else 1.0
    value, lower, upper = (_odds(share) * exposure_b / exposure_a for share in (events_a / total, low, high))
    ratio = Estimate(value, lower, upper, total, level)
    p_value = _binomial_p(events_a, total, exposure_a / (exposure_a + exposure_b))
    return RatioComparison(
        ratio, Significance("exact test of two rates", float(events_a), p_value, (events_a, events_b))
    )


def _check(events: int, exposure: float) -> None:
    if events < 0 or not 0 < exposure < math.inf:
        raise ValueError(f"{events} events in an exposure of {exposure} is no rate; allowed: events >= 0, exposure > 0")


def _tail(level: float) -> float:
    two_sided_z(level)  # refuses what is no level
    return (1 - level) / 2


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf


def _binomial_p(hits: int, n: int, p: float) -> float:
    """Two-sided: twice the smaller tail, the seen count included."""
    below = binomial_share(hits, n, p)
    above = 1 - binomial_share(hits - 1, n, p)
    return min(1.0, 2 * min(below, above))
