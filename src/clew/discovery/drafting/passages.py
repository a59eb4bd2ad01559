"""The events of folded runs, each with the stage it falls into: who moved, who met whom, what ended a wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes, LogView
from clew.clock import US
from clew.conditions.model import Event
from clew.engine.model import BEFORE_STAGES, Folded, FoldedBucket
from clew.engine.ordered import Mask, Positions, first_after
from clew.journeys.model import Journey

Counts = NDArray[np.int64]
_NEARLY_ALL = 0.95  # share of the events of a source that name a contact, from which that is merely a column


@dataclass(frozen=True)
class Passage:
    """The events of the runs of one bucket, in order.

    visit    (n,) visit that the run is in after the event, -1 for none
    stage    (n,) its stage, BEFORE_STAGES possible
    leaving  (v,) event that ended each visit, as a place among these events; -1 where none did
    """

    folded: FoldedBucket
    visit: Positions
    stage: Positions
    leaving: Positions

    @property
    def row(self) -> Positions:
        return self.folded.steps.row

    @property
    def run(self) -> Codes:
        return self.folded.steps.run

    @cached_property
    def at(self) -> NDArray[np.int64]:
        return np.asarray(self.folded.bucket.at)[self.row]

    def column(self, name: str) -> Codes:
        """(n,) a coded column of the log: event, team, user, contact, channel, source."""
        codes: Codes = np.asarray(getattr(self.folded.bucket, name))[self.row]
        return codes

    @cached_property
    def follows(self) -> Positions:
        """Places of events that another of the same run follows."""
        return np.flatnonzero(self.run[1:] == self.run[:-1])


def passages_of(folded: Folded) -> list[Passage]:
    """Place the events of all runs."""
    stage_of, end_of = _codes(folded.view, [stage.enter for stage in folded.journey.stages]), _ends(folded)
    return [_passage(part, stage_of, end_of) for part in folded.buckets]


def _ends(folded: Folded) -> NDArray[np.int64]:
    return _codes(folded.view, [end.when for end in folded.journey.ends])


def _codes(view: LogView, conditions: Iterable[object]) -> NDArray[np.int64]:
    """(events + 1,) which of the conditions each event code is named in, -1 for none."""
    names = view.names["event"]
    found = np.full(len(names) + 1, -1, np.int64)
    for number, condition in enumerate(conditions):
        for name in condition.names if isinstance(condition, Event) else ():
            found[names.code(name)] = number
    found[-1] = -1
    return found


def _passage(part: FoldedBucket, stage_of: NDArray[np.int64], end_of: NDArray[np.int64]) -> Passage:
    visits, steps = part.visits, part.steps
    at, event = np.asarray(part.bucket.at)[steps.row], np.asarray(part.bucket.event)[steps.row]
    lo, hi = (np.searchsorted(visits.run, steps.run, side) for side in ("left", "right"))
    place = first_after(visits.enter, lo, hi, at) - 1
    visit = np.where(place >= lo, place, -1)
    stage = np.append(visits.stage, BEFORE_STAGES)[visit].astype(np.int64)
    enters = np.flatnonzero((visit >= 0) & (stage_of[event] == stage) & (at == np.append(visits.enter, 0)[visit]))
    entry = np.full(len(visits) + 1, -1, np.int64)
    entry[visit[enters[::-1]]] = enters[::-1]
    leaving = np.full(len(visits), -1, np.int64)
    same = np.flatnonzero(visits.run[1:] == visits.run[:-1])
    leaving[same] = entry[same + 1]
    ends = np.flatnonzero((visit >= 0) & (end_of[event] >= 0) & (at == part.runs.end[steps.run]))
    leaving[visit[ends]] = ends
    return Passage(part, visit, stage, leaving)


def moves_by_team(passages: Sequence[Passage], stages: int, teams: int) -> tuple[Counts, Counts]:
    """(stages, teams) seconds that runs in a stage waited for the event of a team, and (stages, teams) such waits."""
    waited, waits = np.zeros((2, stages * teams), np.int64)
    for part in passages:
        before, team = part.follows, part.column("team")[part.follows + 1]
        told = (part.stage[before] >= 0) & (team >= 0)
        before, cell = before[told], part.stage[before[told]] * teams + team[told]
        np.add.at(waited, cell, (part.at[before + 1] - part.at[before]) // US)
        waits += np.bincount(cell, minlength=stages * teams)
    return waited.reshape(stages, teams), waits.reshape(stages, teams)


@dataclass(frozen=True)
class Movers:
    """Whose event ended the visits of each stage: (stages,) counts of both, and of those that do not say."""

    outside: Counts
    inside: Counts


def movers_of(passages: Sequence[Passage], stages: int) -> Movers:
    """Tell a person outside (a contact that not every row has, and no user where users are recorded) from a user."""
    recorded, kinds = _sources_with_users(passages), _sources_where_contacts_tell(passages)
    outside, inside = np.zeros((2, stages), np.int64)
    for part in passages:
        visit = np.flatnonzero((part.leaving >= 0) & (part.folded.visits.stage >= 0))
        event, stage = part.leaving[visit], part.folded.visits.stage[visit].astype(np.int64)
        user, contact, team = (part.column(name)[event] >= 0 for name in ("user", "contact", "team"))
        source = part.column("source")[event]
        came = contact & ~user & (recorded[source] | (kinds[source] & ~team))
        outside += np.bincount(stage[came], minlength=stages)
        inside += np.bincount(stage[user], minlength=stages)
    return Movers(outside, inside)


def _sources_with_users(passages: Sequence[Passage]) -> Mask:
    """(256,) sources some of whose events name a user: there, that none is named says something."""
    found = np.zeros(256, np.bool_)
    for part in passages:
        found[part.column("source")[part.column("user") >= 0]] = True
    return found


def _sources_where_contacts_tell(passages: Sequence[Passage]) -> Mask:
    """(256,) sources some of whose events name no contact: where nearly all do, it tells nothing of who moved."""
    named, events = np.zeros((2, 256), np.int64)
    for part in passages:
        source = part.column("source")
        events += np.bincount(source, minlength=256)
        named += np.bincount(source[part.column("contact") >= 0], minlength=256)
    return named < _NEARLY_ALL * events


@dataclass(frozen=True)
class Met:
    """Where an event falls: (stages,) occurrences in runs, (codes,) those by channel and by team.

    from_outside  occurrences with a contact and without a user
    """

    by_stage: Counts
    by_channel: Counts
    by_team: Counts
    from_outside: int


def met(passages: Sequence[Passage], journey: Journey, view: LogView, name: str) -> Met:
    """Say in which stage an event mostly falls, and through which channel and team."""
    code, stages = view.names["event"].code(name), len(journey.stages)
    sizes = len(view.names["channel"]), len(view.names["team"])
    by_stage, counts, outside = np.zeros(stages, np.int64), [np.zeros(size, np.int64) for size in sizes], 0
    for part in passages:
        place = np.flatnonzero((part.column("event") == code) & (part.stage >= 0))
        by_stage += np.bincount(part.stage[place], minlength=stages)
        outside += int(np.count_nonzero((part.column("contact")[place] >= 0) & (part.column("user")[place] < 0)))
        for count, column, size in zip(counts, ("channel", "team"), sizes, strict=True):
            codes = part.column(column)[place]
            count += np.bincount(codes[codes >= 0], minlength=size)
    return Met(by_stage, counts[0], counts[1], outside)
