"""Stays and receipts beyond the limit that the map sets."""

from __future__ import annotations

import numpy as np

from clew.clock import NEVER
from clew.discovery.conformance.deviations import Kind, Marks, Places
from clew.engine.model import OPEN, FoldedBucket
from clew.engine.receipts import Receipts, due_of, judged
from clew.questions.ground import Ground


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
    """Mark one handoff where its receipt is late or never came, once that can be judged."""
    handoff = ground.journey.handoffs[number]
    run = np.flatnonzero(received.sent != NEVER)
    if handoff.accepted is None:
        run = run[:0]
    due, is_open = due_of(handoff, ground.firm, received.sent[run]), folded.runs.outcome[run] == OPEN
    found = judged(received.accepted[run], due, is_open=is_open, as_of=ground.as_of)
    place = np.full(len(run), places.at_handoff(Kind.LATE) + number)
    return Marks(run[found.late], place[found.late], run[found.decided], place[found.decided])
