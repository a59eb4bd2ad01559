"""Whether a figure with its interval meets a target."""

from __future__ import annotations

from enum import StrEnum

from clew.questions.model import Cell, TooFew


class State(StrEnum):
    """What can be said of a KPI and its target."""

    MET = "met"
    NOT_MET = "not met"
    NOT_SHOWN = "not shown: the interval holds the target"
    TOO_FEW = "too few"
    NO_TARGET = "no target"
    OTHER_TIME = "not comparable: one is working time, the other elapsed"


def judge(value: Cell | TooFew, low: float | None, high: float | None, *, target: float, lower: bool) -> State:
    """Compare a whole interval with a target; a figure alone shows nothing.

    low, high  ends of the interval, in the unit of the target; None: that end is not reached yet, or has no interval
    lower      True: at or below the target is met, else at or above
    """
    if isinstance(value, TooFew) or (value is not None and low is None and high is None):
        return State.TOO_FEW
    above = low is not None and low > target
    at_most = high is not None and high <= target
    if lower:
        return State.MET if at_most else State.NOT_MET if above else State.NOT_SHOWN
    below, at_least = high is not None and high < target, low is not None and low >= target
    return State.MET if at_least else State.NOT_MET if below else State.NOT_SHOWN
