"""Tails and quantiles of the distributions that the tests need, on single numbers, without scipy.

Each is accurate to about 1e-12 relative in the bulk; the tests hold them to scipy.
Source: Press, Teukolsky, Vetterling & Flannery (2007), Numerical Recipes, ch. 6.2 (gamma) and 6.4 (beta).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

_TINY = 1e-300
_EPSILON = 1e-15
_STEPS = 1_000_000  # the fractions need about the square root of their largest argument


def two_sided_z(level: float) -> float:
    """Return z such that a normal value lies within ±z with probability `level`. Raises ValueError outside (0, 1)."""
    if not 0 < level < 1:
        raise ValueError(f"level {level!r} is no coverage; allowed: between 0 and 1, as 0.95")
    return NormalDist().inv_cdf(0.5 + level / 2)


def normal_two_sided_tail(z: float) -> float:
    """Return the probability that a standard normal value lies farther from 0 than z."""
    return math.erfc(abs(z) / math.sqrt(2))


def chi_square_tail(x: float, df: int) -> float:
    """Return the probability that a chi-square value with df >= 1 degrees of freedom exceeds x >= 0."""
    return 1 - gamma_share(df / 2, x / 2) if x < df + 2 else _gamma_tail_fraction(df / 2, x / 2)


def gamma_share(a: float, x: float) -> float:
    """Return P(a, x), the probability that a gamma value of shape a > 0 and scale 1 is at most x."""
    if x <= 0:
        return 0.0
    return _gamma_series(a, x) if x < a + 1 else 1 - _gamma_tail_fraction(a, x)


def gamma_quantile(a: float, share: float) -> float:
    """Return x with P(a, x) = share, for a > 0 and 0 < share < 1."""
    high = a + 10 * math.sqrt(a) + 10
    while gamma_share(a, high) < share:
        high *= 2
    return _bisect(lambda x: gamma_share(a, x), share, high)


def beta_share(a: float, b: float, x: float) -> float:
    """Return I_x(a, b), the probability that a beta value with a, b > 0 is at most x."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, x) / a
    return 1 - front * _beta_fraction(b, a, 1 - x) / b


def beta_quantile(a: float, b: float, share: float) -> float:
    """Return x with I_x(a, b) = share, for a, b > 0 and 0 < share < 1."""
    return _bisect(lambda x: beta_share(a, b, x), share, 1.0)


def binomial_share(k: int, n: int, p: float) -> float:
    """Return the probability of at most k hits in n trials with chance 0 < p < 1 each."""
    if k < 0:
        return 0.0
    return 1.0 if k >= n else beta_share(n - k, k + 1, 1 - p)


def _gamma_series(a: float, x: float) -> float:
    term = total = 1 / a
    for step in range(1, _STEPS):
        term *= x / (a + step)
        total += term
        if term < total * _EPSILON:
            break
    return total * math.exp(-x + a * math.log(x) - math.lgamma(a))


def _gamma_tail_fraction(a: float, x: float) -> float:
    """1 - P(a, x) by Lentz's continued fraction, for x > a + 1."""
    b = x + 1 - a
    c, d = 1 / _TINY, 1 / b
    value = d
    for step in range(1, _STEPS):
        factor = -step * (step - a)
        b += 2
        d = 1 / _off_zero(factor * d + b)
        c = _off_zero(b + factor / c)
        value *= d * c
        if abs(d * c - 1) < _EPSILON:
            break
    return value * math.exp(-x + a * math.log(x) - math.lgamma(a))


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Lentz's continued fraction of the incomplete beta function, for x < (a + 1) / (a + b + 2)."""
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for factor in (even, odd):
            d = 1 / _off_zero(1 + factor * d)
            c = _off_zero(1 + factor / c)
            value *= d * c
        if abs(d * c - 1) < _EPSILON:
            break
    return value


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def _bisect(rising: Callable[[float], float], goal: float, high: float) -> float:
    low = 0.0
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if rising(middle) < goal else (low, middle)
    return (low + high) / 2
