"""Four stories about changes: one step truly improves, three only look as if they did."""

from __future__ import annotations

import numpy as np

from clew.demo.dice import Dice, Floats, Ints
from clew.demo.hours import DAY
from clew.demo.plan import Plan

_IMPROVES_AT, _MIXES_AT, _REGRESSES_AT = 0.6, 0.55, 0.5  # of the time between start and end
_BAD_DAYS, _CENSORED_DAYS = 75, 42


def changed_at(kind: str, start: int, end: int) -> int:
    """Return the second at which the step of a story changes, or seems to."""
    if kind == "censoring":
        return end - _CENSORED_DAYS * DAY
    share = {"improvement": _IMPROVES_AT, "mix-shift": _MIXES_AT, "regression-to-mean": _REGRESSES_AT}[kind]
    return (start + int(share * (end - start))) // DAY * DAY


def mixed_shares(plan: Plan, shares: Floats, created: Ints, start: int, end: int) -> Floats:
    """Return the shares of segments by account (n, 3): since the mix shifted, more small ones come."""
    effect = plan.effect("mix-shift")
    moved = np.where(created >= changed_at("mix-shift", start, end), min(effect.share * effect.size, 1.0), 0.0)
    after = shares * (1 - moved[:, None])
    after[:, 2] += moved
    return np.asarray(after)


def censored_start(plan: Plan, dice: Dice, met: Ints, end: int) -> Ints:
    """Return when accounts were met: some so late that their onboarding has only begun at the end."""
    effect = plan.effect("censoring")
    late = end - (dice.between("met late", 45, 45 + 70 * min(effect.size, 1.0) + 1) * DAY).astype(np.int64)
    return np.where(dice.chance("plant censoring", effect.share), late, met)


def improved(plan: Plan, dice: Dice, begun: Ints, hours: Floats, *, start: int, end: int) -> Floats:
    """Shorten the improved step where it begins after the change."""
    effect = plan.effect("improvement")
    exposed = (begun >= changed_at("improvement", start, end)) & dice.chance("plant improvement", effect.share)
    return np.where(exposed, hours * (1 - 0.5 * min(effect.size, 1.5)), hours)


def regressing(plan: Plan, dice: Dice, begun: Ints, hours: Floats, *, start: int, end: int) -> Floats:
    """Lengthen a step in the weeks before the date from which it is as it always was."""
    effect = plan.effect("regression-to-mean")
    until = changed_at("regression-to-mean", start, end)
    bad = (begun < until) & (begun >= until - _BAD_DAYS * DAY) & dice.chance("plant regression", effect.share)
    return np.where(bad, np.minimum(hours * (1 + 0.8 * effect.size), 18.0), hours)
