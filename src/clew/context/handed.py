"""The events from which handoffs are made: what was sent, accepted and returned, in order, of which run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from clew.archive.model import NO_CODE
from clew.conditions.happening import event_names
from clew.conditions.model import Condition
from clew.context import vocabulary
from clew.context.model import HandoffState
from clew.context.seen import Seen
from clew.context.words import Succession
from clew.engine.model import OPEN, Folded, FoldedBucket
from clew.engine.receipts import Moments
from clew.engine.stream import build_stream
from clew.engine.succession import fold_succession
from clew.engine.terms import Terms
from clew.journeys.model import Handoff, Journey

SENT, ACCEPTED, RETURNED = HandoffState.SENT, HandoffState.ACCEPTED, HandoffState.RETURNED
_ACTS = {vocabulary.HANDOFF_SENT: SENT, vocabulary.HANDOFF_ACCEPTED: ACCEPTED, vocabulary.HANDOFF_RETURNED: RETURNED}
Run = tuple[int, int]  # version of the journey, run of its fold


@dataclass(frozen=True)
class Event:
    """Something that happened to handoffs of one journey.

    row     of the bucket             number  of the handoff in the journey's file
    subject code of the run's subject run     None for an act that stands by itself
    ended   when that run ended, None while it goes on
    says    id of the handoff that an act names, None for events of other systems
    """

    row: int
    state: HandoffState
    number: int
    subject: int
    run: Run | None = None
    ended: int | None = None
    says: str | None = None


def events_of(seen: Seen, succession: Succession) -> list[Event]:
    """List what happened to the handoffs that a journey declares, in the order of the log."""
    journey = succession[-1].journey
    if not journey.handoffs:
        return []
    named = _named(seen, journey)
    found = [*_acts(seen, journey, named)]
    if _may_happen(seen, journey):
        found += _conditioned(seen, succession, named)
    return sorted(found, key=lambda event: event.row)


def _named(seen: Seen, journey: Journey) -> dict[int, str]:
    """Row -> id of the handoff that an act names, of acts on this journey."""
    if not seen.is_act.any():
        return {}
    rows = np.flatnonzero(seen.is_act & (np.asarray(seen.bucket.property(vocabulary.HANDOFF)) != NO_CODE))
    texts = zip(rows.tolist(), seen.said([vocabulary.HANDOFF], rows), strict=True)
    return {row: text for row, text in texts if text is not None and text.startswith(f"{journey.name}/")}


def _acts(seen: Seen, journey: Journey, named: dict[int, str]) -> Iterator[Event]:
    """Yield the acts that name a handoff, whatever the event is called."""
    rows = np.array(sorted(named), np.int64)
    masks = [
        (state, number, event_names(condition))
        for number, handoff in enumerate(journey.handoffs)
        for state, condition in _conditions(handoff)
    ]
    events = seen.column("event", rows)
    for row, event in zip(rows.tolist(), events, strict=True):
        number, subject = _meant(seen, journey, named[row], row)
        if not 0 <= number < len(journey.handoffs):
            continue
        own = [state for state, of, names in masks if of == number and event in names]
        state = _ACTS.get(event or "") or (own[0] if own else None)
        if state is not None:
            yield Event(row, state, number, subject, says=named[row])


def _meant(seen: Seen, journey: Journey, id: str, row: int) -> tuple[int, int]:
    """Read number and subject from "<journey>/<subject>/<number>", perhaps with "/<n>" behind; -1 where there is none.

    The subject of an account's journey is the account, whatever it was called when the id was given.
    """
    thread = int(np.asarray(seen.bucket.thread)[row])
    entity = seen.view.names["entity"].code
    parts = id.removeprefix(f"{journey.name}/").split("/")
    for behind in (1, 2):
        numbers, subject = parts[-behind:], "/".join(parts[:-behind])
        if numbers[0].isdecimal() and subject and (code := entity(subject)) != NO_CODE:
            return int(numbers[0]), thread if journey.subject.kind == "account" else code
    return -1, thread


def _conditions(handoff: Handoff) -> Iterator[tuple[HandoffState, Condition]]:
    for state, condition in ((SENT, handoff.sent), (ACCEPTED, handoff.accepted), (RETURNED, handoff.returned)):
        if condition is not None:
            yield state, condition


def _may_happen(seen: Seen, journey: Journey) -> bool:
    """Whether any handoff can have been sent: if none was, the journey need not be folded."""
    names = [event_names(handoff.sent) for handoff in journey.handoffs]
    if not all(names):
        return True
    every = tuple(name for each in names for name in each)
    return bool(seen.terms.named(every)[seen.bucket.event].any())


def _conditioned(seen: Seen, succession: Succession, named: dict[int, str]) -> Iterator[Event]:
    """Yield what makes the conditions of handoffs come true inside a run."""
    journey = succession[-1].journey
    for version, folded in enumerate(fold_succession(seen.view_of_bucket, succession)):
        [part] = folded.buckets
        if len(part.runs):
            yield from _inside(part, folded, journey, terms=seen.terms, version=version, named=named)


def _inside(
    part: FoldedBucket, folded: Folded, journey: Journey, *, terms: Terms, version: int, named: dict[int, str]
) -> Iterator[Event]:
    asked = [(number, *each) for number, handoff in enumerate(journey.handoffs) for each in _conditions(handoff)]
    stream = build_stream(part.bucket, terms, journey.subject, [condition for _, _, condition in asked])
    moments = Moments(part, folded.journey, stream, terms)
    ends = np.where(part.runs.outcome == OPEN, -1, part.runs.end)
    for number, state, condition in asked:
        rows = np.flatnonzero(moments.happens(condition))
        make = partial(Event, state=state, number=number)
        columns = (stream.row[rows], moments.run[rows], part.runs.subject[moments.run[rows]], ends[moments.run[rows]])
        for row, run, subject, end in zip(*(column.tolist() for column in columns), strict=True):
            if row >= 0 and row not in named:
                yield make(row, subject=subject, run=(version, run), ended=None if end < 0 else end)
