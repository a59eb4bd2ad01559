"""By when each handoff that a journey declares was to be accepted, and what of it could be seen when.

Where an end reopens, events between it and the reopening belong to the run only from the reopening on; before, nobody
could know. So every instant is kept twice: when it happened, and when it could be seen as part of its run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes, Times
from clew.clock import NEVER
from clew.engine.model import OPEN, FoldedBucket
from clew.engine.norms import usual_span
from clew.engine.ordered import Mask, first_at_or_after
from clew.engine.receipts import due_of, receipts_of
from clew.journeys.model import Handoff
from clew.periods import QUARTER, period_of, period_start
from clew.questions.ground import Ground
from clew.signals.model import Rows
from clew.signals.sight import Sight
from clew.stats.survival import SurvivalCounts


@dataclass(frozen=True)
class HandoffsDue:
    """One declared handoff of one bucket: a row per run in which it was sent and a deadline is known.

    thread, subject  of the run
    sent, accepted, due  instants; accepted NEVER where it was not
    at     when it could be seen that the deadline had passed: `due`, later only where the run was reopened after
    late   bool, not accepted by `due` as far as could be seen at `at`
    row    row of the run's first event at the instant it was sent
    """

    journey: str
    handoff: Handoff
    thread: Codes
    subject: Codes
    sent: Times
    accepted: Times
    due: Times
    at: Times
    late: Mask
    row: Rows


def handoffs_due(sight: Sight, number: int) -> list[HandoffsDue]:
    """List the handoffs that want a receipt, journey by journey; made once for each bucket."""
    return sight.made(("handoffs due", number), lambda: [
        _due(sight, number, name, place)
        for name, ground in sight.journeys.items()
        for place, handoff in enumerate(ground.journey.handoffs)
        if handoff.accepted is not None
    ])  # fmt: skip


def waiting_still(sight: Sight, number: int, part: HandoffsDue) -> Mask:
    """(n,) bool: as of the view nobody has accepted the handoff, and a run of its subject goes on."""
    runs = sight.journeys[part.journey].folded.buckets[number].runs
    waiting: Mask = np.isin(part.subject, runs.subject[runs.outcome == OPEN]) & (part.accepted == NEVER)
    return waiting


def _due(sight: Sight, number: int, name: str, place: int) -> HandoffsDue:
    handoff, folded = sight.journeys[name].journey.handoffs[place], sight.journeys[name].folded.buckets[number]
    sent = _sent(sight, name, place, number)
    if handoff.accept_within is not None:
        due = due_of(handoff, sight.firm, sent.at)
    else:
        due = _by_norm(sight, name, place, sent=sent)
    at = np.maximum(due, sent.seen)
    # As engine.receipts.judged, which looks back from the end of the view, but by what could be seen at `at`: a receipt
    # that the run took in only by its reopening was not there then.
    late = (sent.accepted > due) | (sent.accepted_seen > at)
    run, k = sent.run, np.flatnonzero(due != NEVER)
    thread, subject, row = folded.runs.thread[run], folded.runs.subject[run], _rows(folded, sent)
    return HandoffsDue(
        name, handoff, thread[k], subject[k], sent.at[k], sent.accepted[k], due[k], at[k], late=late[k], row=row[k]
    )


@dataclass(frozen=True)
class _Sent:
    """Runs in which one handoff was sent: when, when accepted, and when each could be seen; NEVER where it was not."""

    run: Rows
    at: Times
    seen: Times
    accepted: Times
    accepted_seen: Times


def _sent(sight: Sight, name: str, place: int, number: int) -> _Sent:
    ground: Ground = sight.journeys[name]
    folded = ground.folded.buckets[number]
    every = sight.made(("receipts", name, number), lambda: receipts_of(folded, ground.journey, ground.terms))
    run = np.flatnonzero(every[place].sent != NEVER)
    at, accepted = every[place].sent[run], every[place].accepted[run]
    return _Sent(run, at, _seen(folded, run, at), accepted, _seen(folded, run, accepted))


def _seen(folded: FoldedBucket, run: Rows, at: Times) -> Times:
    """When an event could be seen as part of its run: at the reopening where it lies between an end and that."""
    ends = folded.withdrawn
    lo, hi = np.searchsorted(ends.run, run, "left"), np.searchsorted(ends.run, run, "right")
    place = first_at_or_after(ends.at, lo, hi, at) - 1
    until = np.append(ends.until, NEVER)[np.where(place >= lo, place, len(ends))]
    return np.where((place >= lo) & (at != NEVER), np.maximum(at, until), at)


def _rows(folded: FoldedBucket, sent: _Sent) -> Rows:
    steps = folded.steps
    lo, hi = np.searchsorted(steps.run, sent.run, "left"), np.searchsorted(steps.run, sent.run, "right")
    return steps.row[first_at_or_after(folded.bucket.at[steps.row], lo, hi, sent.at)]


def _by_norm(sight: Sight, name: str, place: int, *, sent: _Sent) -> Times:
    """Add the norm in force when each was sent; NEVER where none was known then."""
    first, norms = norms_by_quarter(sight, name, place)
    norm = np.append(norms, NEVER)[period_of(sent.at, QUARTER, sight.firm.time_zone) - first]
    return np.where(norm == NEVER, NEVER, sent.at + np.where(norm == NEVER, 0, norm))


def norms_by_quarter(sight: Sight, name: str, place: int) -> tuple[int, Times]:
    """Take the P90 from sent to accepted anew at the start of every quarter, from what could be seen before it.

    So no deadline rests on what came after the handoff. What waits without a receipt counts as waiting until then.
    Returns  (number of the first quarter, the norm in force in each from there on; NEVER where too few)
    """
    return sight.made(("handoff norm", name, place), lambda: _norms(sight, name, place))


def _norms(sight: Sight, name: str, place: int) -> tuple[int, Times]:
    parts = [_sent(sight, name, place, number) for number in range(len(sight.buckets))]
    columns = ([part.at, part.seen, part.accepted, part.accepted_seen] for part in parts)
    every = np.concatenate([np.zeros((4, 0), np.int64), *(np.stack(part) for part in columns)], axis=1)
    if not every.shape[1]:
        return 0, np.zeros(0, np.int64)
    zone = sight.firm.time_zone
    first, last = period_of(np.array([every[0].min(), every[0].max()], np.int64), QUARTER, zone).tolist()
    starts = period_start(np.arange(first, last + 1), QUARTER, zone)
    return first, np.array([_norm(every, int(start)) for start in starts], np.int64)


def _norm(every: NDArray[np.int64], now: int) -> int:
    """P90 from sent to accepted as it could be seen at an instant; every  (4, n) at, seen, accepted, accepted_seen."""
    at, _, accepted, accepted_seen = every[:, every[1] < now]
    ended = accepted_seen < now
    span = usual_span(SurvivalCounts.of(np.where(ended, accepted, now) - at, ended))
    return NEVER if span is None else span


def handed_over(sight: Sight, part: HandoffsDue) -> str:
    """Say who handed over to whom, as the firm calls its teams."""
    source, target = (sight.firm.team_title(name) for name in (part.handoff.source, part.handoff.target))
    return f"{source} handed over to {target}"
