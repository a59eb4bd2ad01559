"""Stays and receipts beyond the limit that the map sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.clock import NEVER
from clew.discovery.conformance.deviations import Kind, Marks, Places
from clew.engine.model import OPEN, FoldedBucket
from clew.engine.ordered import Mask
from clew.engine.receipts import Receipts
from clew.journeys.model import Handoff
from clew.questions.ground import Ground

Values = NDArray[np.int64]


def late_stays(folded: FoldedBucket, places: Places, as_of: int) -> Marks:
    """Mark visits that lasted, or have lasted by now, beyond the owner's limit; one not yet due is not judged."""
    visits = folded.visits
    limited = np.flatnonzero((visits.stage >= 0) & (visits.deadline != NEVER))
    late = np.minimum(visits.leave[limited], as_of) > visits.deadline[limited]
    decided = late | (visits.leave[limited] != NEVER)
    run = visits.run[limited].astype(np.int64)
    place = places.at_stage(Kind.LATE) + visits.stage[limited].astype(np.int64)
    return Marks(run[late], place[late], run[decided], place[decided])


def late_receipts(folded: FoldedBucket, places: Places, ground: Ground, number: int, received: Receipts) -> Marks:
    """Mark one handoff where it was accepted late, not by now though it is due, or not until the run's end."""
    handoff = ground.journey.handoffs[number]
    run = np.flatnonzero(received.sent != NEVER)
    if handoff.accepted is None:
        run = run[:0]
    late, decided = lateness(handoff, ground, received, folded.runs.outcome[run] == OPEN, run)
    place = np.full(len(run), places.at_handoff(Kind.LATE) + number)
    return Marks(run[late], place[late], run[decided], place[decided])


def due_of(handoff: Handoff, ground: Ground, sent: Values) -> Values:
    """When each receipt is due, in the calendar of the receiving team; NEVER without a limit."""
    if handoff.accept_within is None:
        return np.full(len(sent), NEVER, np.int64)
    return ground.firm.calendar_of(handoff.target).add(sent, handoff.accept_within)


def lateness(handoff: Handoff, ground: Ground, received: Receipts, is_open: Mask, run: Values) -> tuple[Mask, Mask]:
    """Say of each run in which it was sent whether its receipt is late or never came, and whether that is decided."""
    accepted = received.accepted[run]
    due = due_of(handoff, ground, received.sent[run])
    never = (accepted == NEVER) & ~is_open
    late = never | (np.minimum(accepted, ground.as_of) > due)
    return late, late | (accepted != NEVER)
