"""Many tests at once: p-values corrected for having looked often."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from clew.stats.model import Floats


def holm(p_values: ArrayLike) -> Floats:
    """Adjust p-values so that the chance of any false alarm among them stays at the level one compares them with.

    p_values  (m,) 0..1
    Returns   (m,) adjusted, in the same order, each at least as large
    Source    Holm (1979), Scandinavian Journal of Statistics 6; holds under any dependence
    """
    p, order = _ordered(p_values)
    adjusted = np.maximum.accumulate(p * np.arange(len(p), 0, -1))
    return _in_place(adjusted, order)


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """Adjust p-values so that the expected share of false alarms among those called stays at the level.

    p_values  (m,) 0..1
    Returns   (m,) adjusted, in the same order, each at least as large
    Source    Benjamini & Hochberg (1995), JRSS B 57; independent or positively dependent tests
    Not for   a single claim that must hold: use holm
    """
    p, order = _ordered(p_values)
    scaled = p * len(p) / np.arange(1, len(p) + 1)
    return _in_place(np.minimum.accumulate(scaled[::-1])[::-1], order)


def _ordered(p_values: ArrayLike) -> tuple[Floats, np.typing.NDArray[np.intp]]:
    p = np.asarray(p_values, np.float64)
    if p.size and not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"{p[~((p >= 0) & (p <= 1))][0]} is no p-value; allowed: 0 to 1")
    order = np.argsort(p, kind="stable")
    return p[order], order


def _in_place(adjusted: Floats, order: np.typing.NDArray[np.intp]) -> Floats:
    placed = np.empty_like(adjusted)
    placed[order] = np.minimum(adjusted, 1.0)
    return placed
