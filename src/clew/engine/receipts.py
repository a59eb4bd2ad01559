"""When the handoffs that a journey declares were sent and accepted, run by run, and which receipts are late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clew.archive.model import Times
from clew.clock import NEVER
from clew.conditions.model import Condition, Dwell
from clew.engine.conditions import NO_STAGE, Evaluation
from clew.engine.model import BEFORE_STAGES, FoldedBucket
from clew.engine.ordered import Mask, Positions, first_after
from clew.engine.stream import Stream, build_stream, leaves_of
from clew.engine.terms import Terms
from clew.journeys.model import Handoff, Journey

if TYPE_CHECKING:
    from clew.firm.model import Firm

OUTSIDE = -1  # run of an event that lies in none


@dataclass(frozen=True)
class Receipts:
    """One declared handoff, per run: when it was sent and when accepted, clock.NEVER where not.

    sent      (r,) the first happening of `sent` inside the run
    accepted  (r,) the first happening of `accepted` inside the run that does not lie before it
    """

    sent: Times
    accepted: Times


def receipts_of(folded: FoldedBucket, journey: Journey, terms: Terms) -> tuple[Receipts, ...]:
    """Find them for every handoff of the journey, in its order. Conditions mean what they mean in the fold."""
    asked = [each for handoff in journey.handoffs for each in (handoff.sent, handoff.accepted) if each is not None]
    moments = Moments(folded, journey, build_stream(folded.bucket, terms, journey.subject, asked), terms)
    return tuple(_receipts(moments, handoff) for handoff in journey.handoffs)


@dataclass(frozen=True)
class Judged:
    """Which handoffs can be judged, and those of them whose receipt is late or never came."""

    decided: Mask
    late: Mask


def due_of(handoff: Handoff, firm: Firm, sent: Times) -> Times:
    """When each receipt is due, in the calendar of the receiving team; NEVER without a limit."""
    if handoff.accept_within is None:
        return np.full(len(sent), NEVER, np.int64)
    return firm.calendar_of(handoff.target).add(sent, handoff.accept_within)


def judged(accepted: Times, due: Times, *, is_open: Mask, as_of: int) -> Judged:
    """Judge handoffs that were sent; accepted and due NEVER where there is none.

    With a limit each is judged once it is due, however soon its receipt came and whether its run has ended: those that
    were accepted fast would otherwise count before the slow ones. It is late where no receipt had come by then.
    Without a limit it is judged when its receipt comes or its run ends, and late where the run ended without one.
    """
    limited, came = due != NEVER, accepted != NEVER
    decided = np.where(limited, due <= as_of, came | ~is_open)
    return Judged(decided, decided & np.where(limited, accepted > due, ~came))


def _receipts(moments: Moments, handoff: Handoff) -> Receipts:
    sent = moments.first(moments.happens(handoff.sent))
    if handoff.accepted is None:
        return Receipts(sent, np.full(len(sent), NEVER, np.int64))
    return Receipts(sent, moments.first(moments.happens(handoff.accepted), since=sent))


class Moments:
    """The rows of one stream with the run each belongs to and the stage it stands in after that event."""

    def __init__(self, folded: FoldedBucket, journey: Journey, stream: Stream, terms: Terms) -> None:
        self.runs, self.stream, self.terms = len(folded.runs), stream, terms
        self.run = _run_of(folded, stream)
        self.stage = _stage_of(folded, self.run, stream.at)
        self.numbers: Mapping[str, int] = {NO_STAGE: BEFORE_STAGES} | {
            name: number for number, name in enumerate(journey.stage_names)
        }

    def happens(self, condition: Condition) -> Mask:
        """(n,) where the condition becomes true inside a run; `stage` is the one the run is in."""
        inside: Mask = self.run != OUTSIDE
        if not any(isinstance(leaf, Dwell) for leaf in leaves_of([condition], self.terms)):
            return Evaluation(self.stream, self.terms).happens(condition) & inside
        found = np.zeros(len(self.stream), np.bool_)
        for name, number in self.numbers.items():
            found |= Evaluation(self.stream, self.terms, name).happens(condition) & (self.stage == number)
        return found & inside

    def first(self, happens: Mask, since: Times | None = None) -> Times:
        """(r,) first instant of each run at which this happens, not before `since` (r,)."""
        rows = np.flatnonzero(happens)
        if since is not None:
            rows = rows[self.stream.at[rows] >= since[self.run[rows]]]
        first = np.full(self.runs, NEVER, np.int64)
        np.minimum.at(first, self.run[rows], self.stream.at[rows])
        return first


def _run_of(folded: FoldedBucket, stream: Stream) -> Positions:
    """(n,) run of each row, OUTSIDE for an event of no run and for what is no event."""
    run = np.full(len(folded.bucket) + 1, OUTSIDE, np.int64)
    run[folded.steps.row] = folded.steps.run
    return run[stream.row]  # the place more at the end is for rows that are no event (-1)


def _stage_of(folded: FoldedBucket, run: Positions, at: Times) -> Positions:
    """(n,) stage in which the run of each row stands after it, BEFORE_STAGES where in none."""
    visits = folded.visits
    if not len(visits):
        return np.full(len(run), BEFORE_STAGES, np.int64)
    lo, hi = np.searchsorted(visits.run, run, "left"), np.searchsorted(visits.run, run, "right")
    place = first_after(visits.enter, lo, hi, at) - 1
    return np.where(place >= lo, visits.stage[place], BEFORE_STAGES).astype(np.int64)
