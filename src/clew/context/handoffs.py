"""Handoffs of an account: each with its packet, its receipt and the promises that it carries over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import numpy as np

from clew.archive.model import NO_CODE
from clew.clock import NEVER
from clew.context import vocabulary
from clew.context.handed import ACCEPTED, RETURNED, SENT, Event, Run, events_of
from clew.context.model import Handoff, HandoffState, Promise, Receipt
from clew.context.seen import Seen
from clew.engine.receipts import due_of
from clew.journeys.model import Journey


def handoffs_of(seen: Seen, promises: Sequence[Sequence[Promise]]) -> list[list[Handoff]]:
    """Return the handoffs of each account in the order in which they were first sent.

    promises  of each account, as `clew.context.promises.promises_of` gives them
    """
    found: list[list[Handoff]] = [[] for _ in seen.threads]
    for succession in seen.words.journeys:
        events = events_of(seen, succession)
        packets, told = _packets(seen, succession[-1].journey, events), _told(seen, events)
        for place, handoff in _followed(seen, succession[-1].journey, events, packets, told):
            found[place].append(replace(handoff, promises=_carried(handoff, promises[place])))
    for handoffs in found:
        handoffs.sort(key=lambda one: (one.history[0].at, one.id))
    return found


@dataclass
class _Open:
    """A handoff that is being followed. since  from when it waits"""

    number: int
    run: Run | None
    ended: int | None
    n: int
    history: list[Receipt] = field(default_factory=list)
    packet: dict[str, str] = field(default_factory=dict)
    since: int = 0

    @property
    def state(self) -> HandoffState:
        return self.history[-1].state


Told = Mapping[int, tuple[int, str | None, str | None]]  # row -> instant, user, reason
Packets = Mapping[int, Mapping[str, str]]  # row -> part -> text


def _followed(
    seen: Seen, journey: Journey, events: Sequence[Event], packets: Packets, told: Told
) -> Iterator[tuple[int, Handoff]]:
    text, made = seen.view.names["entity"].text, list[tuple[int, str, _Open]]()

    def kind(event: Event) -> tuple[int, int, int]:
        return int(seen.place[event.row]), event.subject, event.number

    for (place, subject, number), some in groupby(sorted(events, key=lambda one: (kind(one), one.row)), kind):
        if place >= 0:
            prefix = f"{journey.name}/{text(subject)}/{number}"
            follow = _Following(prefix, number, packets, told)
            made += [(place, text(subject), one) for one in follow.all(some)]
    due = _due(seen, journey, [one for _, _, one in made])
    for (place, subject_text, one), at in zip(made, due, strict=True):
        yield place, _handoff(journey, subject_text, one, at)


class _Following:
    """The handoffs of one kind of one subject, one after the other."""

    def __init__(self, prefix: str, number: int, packets: Packets, told: Told) -> None:
        self._prefix, self._number, self._packets, self._told = prefix, number, packets, told
        self._made: list[_Open] = []

    def all(self, events: Iterator[Event]) -> list[_Open]:
        for event in events:
            if event.state is SENT:
                self._send(event)
            else:
                self._settle(event)
        return self._made

    def _send(self, event: Event) -> None:
        one = self._named(event.says) or (self._made[-1] if self._made else None)
        again = one is not None and (one.state is not ACCEPTED if event.says else one.run == event.run)
        if one is None or not again:
            one = _Open(self._number, event.run, event.ended, len(self._made) + 1)
            self._made.append(one)
        elif event.says is None and one.state is not RETURNED:
            return  # of what happens twice in a run the first counts
        if not one.history or one.state is not SENT:
            one.since = self._told[event.row][0]
        one.packet.update(self._packets.get(event.row, {}))
        self._note(one, event)

    def _settle(self, event: Event) -> None:
        waiting = [one for one in self._made if one.state is SENT and event.says is None and one.run == event.run]
        one = self._named(event.says) if event.says else (waiting[-1] if waiting else None)
        if one is None and event.says:
            one = self._made[-1] if self._made else None
        if one is None or one.state is event.state or one.state is ACCEPTED:
            return
        self._note(one, event)

    def _named(self, id: str | None) -> _Open | None:
        return next((one for one in self._made if id == f"{self._prefix}/{one.n}"), None)

    def _note(self, one: _Open, event: Event) -> None:
        at, user, reason = self._told[event.row]
        one.history.append(Receipt(at, event.state, user, reason if event.state is RETURNED else None))


def _handoff(journey: Journey, subject: str, one: _Open, due: int | None) -> Handoff:
    declared = journey.handoffs[one.number]
    return Handoff(
        id=f"{journey.name}/{subject}/{one.number}/{one.n}",
        journey=journey.name,
        subject=subject,
        source=declared.source,
        target=declared.target,
        history=one.history,
        due_at=due,
        packet=one.packet,
        wanted=list(declared.packet),
        lapsed_at=one.ended if one.state is not ACCEPTED else None,
    )


def _due(seen: Seen, journey: Journey, made: Sequence[_Open]) -> list[int | None]:
    """Until when each was to be accepted, in working hours of the receiving team."""
    found: list[int | None] = [None] * len(made)
    for number, handoff in enumerate(journey.handoffs):
        mine = [place for place, one in enumerate(made) if one.number == number]
        due = due_of(handoff, seen.words.firm, np.array([made[place].since for place in mine], np.int64))
        for place, at in zip(mine, due.tolist(), strict=True):
            found[place] = None if at == NEVER else at
    return found


def _carried(handoff: Handoff, promises: Sequence[Promise]) -> list[str]:
    """Ids of the promises that were open when a handoff was sent last."""
    at = handoff.sent.at
    return [one.id for one in promises if one.made_at <= at and all(end is None or end > at for end in _ends(one))]


def _ends(promise: Promise) -> tuple[int | None, int | None]:
    return promise.kept_at, promise.released_at


def owners(promises: Sequence[Promise], handoffs: Sequence[Handoff]) -> list[Promise]:
    """Return promises with the team that must keep each by now."""
    received = sorted((one.history[-1].at, one.target, one.promises) for one in handoffs if one.state is ACCEPTED)
    owner = {id: target for _, target, carried in received for id in carried}
    return [replace(one, owner=owner.get(one.id, one.team)) for one in promises]


def _packets(seen: Seen, journey: Journey, events: Sequence[Event]) -> Packets:
    """What sendings bear of a packet."""
    rows = np.array(sorted({event.row for event in events if event.state is SENT}), np.int64)
    found: dict[int, dict[str, str]] = {row: {} for row in rows.tolist()}
    if not len(rows):
        return found
    for name, part in _parts(seen.bucket.property_names(), journey):
        codes = np.asarray(seen.bucket.property(name))[rows]
        held = rows[codes != NO_CODE]
        for row, text in zip(held.tolist(), seen.said([name], held), strict=True):
            found[row][part] = text or ""
    return found


def _parts(properties: Iterable[str], journey: Journey) -> Iterator[tuple[str, str]]:
    """Yield (property, part) of what bears a part: as acts call it, or as a source calls a part that is asked for."""
    wanted = {_plain(part): part for handoff in journey.handoffs for part in handoff.packet}
    for name in sorted(properties):
        if name.startswith(vocabulary.PACKET):
            yield name, name.removeprefix(vocabulary.PACKET)
        elif _plain(name) in wanted:
            yield name, wanted[_plain(name)]


def _plain(name: str) -> str:
    return name.casefold().replace("_", " ").replace("-", " ")


def _told(seen: Seen, events: Sequence[Event]) -> Told:
    rows = np.array(sorted({event.row for event in events}), np.int64)
    columns = (seen.at(rows), seen.column("user", rows), seen.said([vocabulary.REASON], rows))
    return dict(zip(rows.tolist(), zip(*columns, strict=True), strict=True))
