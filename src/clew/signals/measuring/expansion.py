"""What ready accounts did next: those that somebody called in time beside those that nobody called.

Both are followed from the deadline of the outreach on, the landmark. Counting from readiness would favour those with
outreach: to be called on day 25 one must still be there and not have expanded on day 24 (immortal time). So whoever had
expanded or left before the deadline is counted apart, and each account is followed once, from its first readiness.

Source  landmark: Anderson, Cain & Gelber (1983), Journal of Clinical Oncology 1; immortal time: Suissa (2008), American
        Journal of Epidemiology 167; differences: Newcombe (1998), see stats.shares
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE
from clew.clock import NEVER
from clew.engine.amounts import total
from clew.engine.model import OPEN, FoldedBucket, Planned, Runs, Steps, Visits
from clew.engine.ordered import Mask
from clew.meanings.model import Ready
from clew.questions.figures import money
from clew.questions.model import TooFew
from clew.questions.segments import in_segment
from clew.signals.measuring.rates import share_of
from clew.signals.parts.readiness import Occasions, occasions
from clew.signals.sight import OF_ACCOUNT, Sight
from clew.stats.model import Comparison, Estimate
from clew.stats.shares import MINIMUM_FOR_SHARE, compare_shares

ALL = "all"
NO_SEGMENT = "no segment"


@dataclass(frozen=True)
class Side:
    """Accounts with or without outreach in time.

    n         followed from the deadline on      expanded  of them, until the end of the time watched
    revenue   what they bring a year, in the firm's currency, None where known of none; known  of how many it is known
    """

    n: int
    expanded: int
    share: Estimate | TooFew
    revenue: float | None
    known: int


@dataclass(frozen=True)
class Stratum:
    """Both sides in one segment (or in all); difference: reached minus unreached, with Newcombe's interval."""

    segment: str
    reached: Side
    unreached: Side
    difference: Comparison | TooFew


@dataclass(frozen=True)
class Followed:
    """One readiness followed.

    accounts    that were ready, each with its first readiness      too_early  of them, watched for too short a time
    lost        left before the deadline
    expanded_reached, expanded_unasked  expanded before the deadline: after an outreach, and without one
    whole       all that are left      strata  the same by the segment at readiness (the firm's first that fits)
    differs     segments of which the two sides hold shares that differ beyond chance, as sentences
    """

    ready: Ready
    accounts: int
    too_early: int
    lost: int
    expanded_reached: int
    expanded_unasked: int
    whole: Stratum
    strata: Sequence[Stratum]
    differs: Sequence[str]


@dataclass(frozen=True)
class _Ready:
    """Each account with its first readiness, of all buckets; segment: place among the firm's, -1 for none."""

    at: Occasions
    segment: NDArray[np.int64]
    revenue: NDArray[np.int64]

    def where(self, mask: Mask) -> _Ready:
        return _Ready(self.at.where(mask), self.segment[mask], self.revenue[mask])


def followed(sight: Sight) -> list[Followed]:
    """Compare, for every readiness that meanings.yaml names; empty where it names none or no `expanded`."""
    if sight.meanings.expanded is None:
        return []
    return [_followed(sight, ready) for ready in sight.meanings.ready.values()]


def _followed(sight: Sight, ready: Ready) -> Followed:
    every = _first_readiness(sight, ready)
    old = every.where(every.at.until <= sight.as_of)
    before = old.at.expanded <= old.at.due
    asked = old.at.outreach <= old.at.expanded
    rest = old.where(old.at.stays & ~before)
    names = (*sight.firm.segments, NO_SEGMENT)
    strata = [
        _stratum(name, rest.where(rest.segment == (place if name != NO_SEGMENT else -1)))
        for place, name in enumerate(names)
        if len(names) > 1
    ]
    return Followed(
        ready,
        accounts=len(every.at),
        too_early=len(every.at) - len(old.at),
        lost=int((~before & ~old.at.stays).sum()),
        expanded_reached=int((before & asked).sum()),
        expanded_unasked=int((before & ~asked).sum()),
        whole=_stratum(ALL, rest),
        strata=[stratum for stratum in strata if stratum.reached.n + stratum.unreached.n],
        differs=[each for stratum in strata if (each := _mix(stratum, _stratum(ALL, rest)))],
    )


def _first_readiness(sight: Sight, ready: Ready) -> _Ready:
    parts = []
    for number in range(len(sight.buckets)):
        every = occasions(sight, number, ready)
        first = np.zeros(len(every), np.bool_)
        first[np.unique(every.thread, return_index=True)[1]] = True
        chosen = every.where(first)
        parts.append(_Ready(chosen, _segments(sight, number, chosen), sight.revenue(number, chosen.thread)))
    columns = [np.concatenate([getattr(part.at, name) for part in parts]) for name in Occasions.__dataclass_fields__]
    return _Ready(
        Occasions(*columns),
        np.concatenate([part.segment for part in parts]),
        np.concatenate([part.revenue for part in parts]),
    )


def _segments(sight: Sight, number: int, chosen: Occasions) -> NDArray[np.int64]:
    """Place of the first of the firm's segments in which each account was when it became ready, -1 for none."""
    folded = _as_runs(sight, number, chosen)
    place = np.full(len(chosen), -1, np.int64)
    for segment, name in reversed(list(enumerate(sight.firm.segments))):
        place[in_segment(folded, name, sight.terms, subject=OF_ACCOUNT)] = segment
    return place


def _as_runs(sight: Sight, number: int, chosen: Occasions) -> FoldedBucket:
    """Readinesses as runs that start when the account is ready, so that segments mean what they mean everywhere."""
    n, thread = len(chosen), chosen.thread.astype(np.int32)
    small, never, none = np.zeros(n, np.int32), np.full(n, NEVER, np.int64), np.zeros(0, np.int64)
    runs = Runs(
        thread, thread, small, chosen.at, never, outcome=np.full(n, OPEN), stage=small, variant=small - 1,
        value=np.full(n, NO_VALUE), due=never, late=small,
    )  # fmt: skip
    visits = Visits(none, none, none, none, none, none, np.zeros(0, np.bool_), none)
    return FoldedBucket(sight.buckets[number], runs, visits, Steps(none, none), Planned(none, none, none))


def _stratum(name: str, rest: _Ready) -> Stratum:
    reached = rest.at.outreach <= rest.at.due
    one, other = _side(rest.where(reached)), _side(rest.where(~reached))
    least = min(one.n, other.n)
    if least < MINIMUM_FOR_SHARE:
        return Stratum(name, one, other, TooFew(least, MINIMUM_FOR_SHARE))
    return Stratum(name, one, other, compare_shares(one.expanded, one.n, other.expanded, n_b=other.n))


def _side(rest: _Ready) -> Side:
    n, expanded = len(rest.at), int((rest.at.expanded <= rest.at.until).sum())
    known = rest.revenue != NO_VALUE
    revenue = money(total(rest.revenue)) if known.any() else None
    return Side(n, expanded, share_of(expanded, n), revenue, int(known.sum()))


def _mix(stratum: Stratum, whole: Stratum) -> str:
    """Say that a segment is more frequent on one side; empty where chance explains it, or the sides are too small."""
    n, of = (stratum.reached.n, stratum.unreached.n), (whole.reached.n, whole.unreached.n)
    if min(of) < MINIMUM_FOR_SHARE:
        return ""
    found = compare_shares(n[0], of[0], n[1], n_b=of[1]).difference
    if found.low is None or found.high is None or found.low <= 0 <= found.high:
        return ""
    one, other = (f"{100 * part / total:.1f} %" for part, total in zip(n, of, strict=True))
    return f"{stratum.segment}: {one} of those with outreach, {other} of those without"
