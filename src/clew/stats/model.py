"""What a statistic returns: an estimate with its interval and n, a test with its name, both for a comparison."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.errors import NotEnoughData

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval.

    value, low, high  in the unit of the function that made it; low <= value <= high
    n                 number of observations it rests on (of both groups, where it compares two)
    level             coverage of the interval, 0..1
    """

    value: float
    low: float
    high: float
    n: int
    level: float


@dataclass(frozen=True)
class OpenEstimate:
    """A figure of which any part may lie beyond what has been observed: that part is None, "not reached yet".

    low <= value <= high where they are known; n and level as in Estimate
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    level: float


@dataclass(frozen=True)
class Significance:
    """A test of "the groups do not differ".

    method     name of the test, as a person prints it
    statistic  its value; its meaning is the method's
    p_value    0..1, two-sided
    n          observations per group
    df         degrees of freedom of a chi-square statistic, None for the others
    """

    method: str
    statistic: float
    p_value: float
    n: tuple[int, ...]
    df: int | None = None


@dataclass(frozen=True)
class Comparison:
    """Two groups side by side: the difference, first minus second, and the test fit for their n."""

    difference: Estimate | OpenEstimate
    test: Significance


def require(n: int, needed: int, what: str) -> None:
    """Raise NotEnoughData unless there are enough observations."""
    if n < needed:
        raise NotEnoughData(n, needed, what)
