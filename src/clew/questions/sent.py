"""Declared handoffs as partials: when each was sent, when accepted, by when it was due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE
from clew.clock import NEVER
from clew.engine.model import OPEN
from clew.engine.receipts import Receipts, due_of, judged, receipts_of
from clew.journeys.model import Handoff
from clew.questions.frames import Frame
from clew.questions.ground import Ground
from clew.questions.spans import Spans

Values = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Sent:
    """One row per run in which one handoff was sent.

    sent, accepted  instants; accepted NEVER where there is no receipt
    due             instant at which the receipt is due, in the receiving team's calendar; NEVER without a limit
    waited, over    microseconds until the receipt, else until now; and from due until now (0 where not due yet).
                    Working time of the receiving team where asked for
    is_open         the run has not ended
    value           millionths, NO_VALUE where unknown
    """

    subject: Values
    thread: Values
    sent: Values
    accepted: Values
    due: Values
    waited: Values
    over: Values
    is_open: Mask
    value: Values
    as_of: int

    def __len__(self) -> int:
        return len(self.sent)

    @property
    def is_accepted(self) -> Mask:
        return np.asarray(self.accepted != NEVER)

    @property
    def waiting(self) -> Mask:
        """Sent, not accepted, and the run goes on."""
        return ~self.is_accepted & self.is_open

    @property
    def without(self) -> Mask:
        """The run ended without a receipt."""
        return ~self.is_accepted & ~self.is_open

    @property
    def followed(self) -> Mask:
        """Sent so long ago that its receipt is due; every one of a handoff without a limit."""
        decided = judged(self.accepted, self.due, is_open=self.is_open, as_of=self.as_of).decided
        return np.asarray(decided | (self.due == NEVER))

    @property
    def late(self) -> Mask:
        """Judged, and its receipt did not come in time or not at all."""
        return judged(self.accepted, self.due, is_open=self.is_open, as_of=self.as_of).late

    @property
    def in_time(self) -> Mask:
        """Accepted when due or before."""
        return self.is_accepted & ~self.late

    @property
    def beyond(self) -> Mask:
        """Waiting now, and the receipt was due before now."""
        return self.waiting & (self.due < self.as_of)

    @property
    def spans(self) -> Spans:
        """Time from sent to accepted; a run that ended without a receipt never got one."""
        return Spans(self.waited, self.is_accepted, len(self))


def sent_by_run(ground: Ground, *, working: bool) -> Callable[[Frame], tuple[Sent, ...]]:
    """Kernel: for every handoff of the journey, the runs in which it was sent."""
    journey, made = ground.journey, dict[int, tuple[Receipts, ...]]()

    def kernel(frame: Frame) -> tuple[Sent, ...]:
        bucket = id(frame.folded)  # a split asks for the same bucket again and again
        if bucket not in made:
            made[bucket] = receipts_of(frame.folded, journey, ground.terms)
        pairs = zip(journey.handoffs, made[bucket], strict=True)
        return tuple(_sent(ground, handoff, frame, found, working=working) for handoff, found in pairs)

    return kernel


def _sent(ground: Ground, handoff: Handoff, frame: Frame, found: Receipts, *, working: bool) -> Sent:
    calendar, runs = ground.firm.calendar_of(handoff.target), frame.folded.runs
    rows = frame.rows[found.sent[frame.rows] != NEVER]
    sent, accepted = found.sent[rows], found.accepted[rows]
    due, as_of = due_of(handoff, ground.firm, sent), ground.as_of
    until, late = np.where(accepted != NEVER, accepted, as_of), np.minimum(due, as_of)
    now = np.full(len(rows), as_of, np.int64)
    return Sent(
        subject=runs.subject[rows].astype(np.int64),
        thread=runs.thread[rows].astype(np.int64),
        sent=sent,
        accepted=accepted,
        due=due,
        waited=calendar.working_time(sent, until) if working else until - sent,
        over=calendar.working_time(late, now) if working else now - late,
        is_open=runs.outcome[rows] == OPEN,
        value=runs.value[rows],
        as_of=as_of,
    )


def merge(left: tuple[Sent, ...], right: tuple[Sent, ...]) -> tuple[Sent, ...]:
    """Put two partials of disjoint runs together, handoff by handoff."""
    return tuple(_merged(one, other) for one, other in zip(left, right, strict=True))


def _merged(left: Sent, right: Sent) -> Sent:
    names = [field.name for field in fields(Sent) if field.name != "as_of"]
    columns = {name: np.concatenate((getattr(left, name), getattr(right, name))) for name in names}
    return Sent(**columns, as_of=left.as_of)


def value_beyond(parts: Iterable[Sent]) -> int | None:
    """Sum of the known values of the runs that wait beyond the limit, in millionths; None where none is known."""
    values = [value for part in parts for value in part.value[part.beyond].tolist() if value != NO_VALUE]
    return sum(values) if values else None
