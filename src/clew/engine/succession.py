"""Fold a journey under the versions that were published one after the other, each from its own moment on.

A run belongs to the version under which it began, unless a later publication moved it: then it goes on under that one,
from where it stood. What a publication does to runs in flight is data of the publication, so a fold of the past and one
of today say the same of every instant they share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Bucket, LogView
from clew.clock import ALWAYS, NEVER
from clew.engine.carrying import NOWHERE, Carried, carry_into, chosen_runs, clamped
from clew.engine.compiled import fast_enough
from clew.engine.fold import fold, told, walked
from clew.engine.model import BEFORE_STAGES, NONE_PLANNED, REPLACED, Folded, FoldedBucket, ended
from clew.engine.ordered import Mask, Positions
from clew.engine.stream import Stream, build_stream, conditions_of
from clew.engine.symbols import compile_journey
from clew.engine.terms import Terms
from clew.journeys.model import Journey

if TYPE_CHECKING:
    from clew.firm.model import Firm


class Choice(StrEnum):
    """What a publication does to runs in flight."""

    STAY = "stay"  # they go on under their version
    MOVE = "move"  # they go on under the new one, in the stage of the same name or the one it is mapped to
    END = "end"  # they end at the publication


@dataclass(frozen=True)
class InFlight:
    """What happens to runs in flight at a publication.

    stages  with MOVE: stage of before -> stage from now on; one that is not named keeps its name
    """

    choice: Choice = Choice.STAY
    stages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Governing:
    """One version in its time.

    since  when it was published; the first one governs all that was before it too
    """

    journey: Journey
    firm: Firm
    since: int = ALWAYS
    in_flight: InFlight = field(default_factory=InFlight)


def fold_succession(
    view: LogView, succession: Sequence[Governing], *, compiled: bool | None = None
) -> tuple[Folded, ...]:
    """Fold under each version the runs that belong to it; together every run of the journey once.

    succession  by rising `since`; all of one subject. Publications after the view's end change nothing
    Raises      what `fold` raises
    """
    began = [place for place, each in enumerate(succession) if place == 0 or each.since <= view.as_of]
    versions = [succession[place] for place in began]
    if len(versions) == 1:
        return (fold(view, versions[0].journey, versions[0].firm, compiled=compiled),)
    buckets = view.buckets()
    fast = fast_enough(sum(len(bucket) for bucket in buckets)) if compiled is None else compiled
    folded = [_Succession(bucket, view, versions, fast).parts() for bucket in buckets]
    return tuple(
        Folded(each.journey, view, tuple(parts[place] for parts in folded)) for place, each in enumerate(versions)
    )


class _Succession:
    """The versions over one bucket."""

    def __init__(self, bucket: Bucket, view: LogView, versions: Sequence[Governing], compiled: bool) -> None:
        self._versions, self._compiled = versions, compiled
        self._terms = [Terms(view, each.firm) for each in versions]
        every = [condition for each in versions for condition in conditions_of(each.journey)]
        subject = versions[-1].journey.subject
        self._stream: Stream = build_stream(bucket, self._terms[-1], subject, every)
        since = [ALWAYS, *(each.since for each in versions[1:])]
        self._carried = [Carried.nothing(self._stream, each) for each in since]

    def parts(self) -> list[FoldedBucket]:
        """What each version makes of its runs."""
        return [self._part(place) for place in range(len(self._versions))]

    def _part(self, place: int) -> FoldedBucket:
        version, carried = self._versions[place], self._carried[place]
        journey, terms = version.journey, self._terms[place]
        symbols = compile_journey(journey, self._stream, terms, every_row=True)
        symbols = carry_into(symbols, self._stream, carried)
        cut = self._cut_by(place)
        if cut is not None:
            as_of = min(terms.view.as_of, self._versions[cut].since - 1)
            symbols = replace(symbols, rules=symbols.rules._replace(as_of=as_of))
        written = walked(symbols, compiled=self._compiled)
        part = told(written, self._stream, symbols, journey=journey, terms=terms)
        unit, over = written.run_unit, written.run_over
        keep, number = self._own(place, part, unit)
        part, unit, over = chosen_runs(part, keep, number[keep]), unit[keep], over[keep]
        if place:
            part = clamped(part, version.since)
        if place + 1 < len(self._versions):
            part = replace(part, planned=NONE_PLANNED)
            part = self._hand_on(place, part, (unit, over), cut=cut)
        return part

    def _cut_by(self, place: int) -> int | None:
        """The first later publication that does not let runs stay."""
        later = range(place + 1, len(self._versions))
        return next((each for each in later if self._versions[each].in_flight.choice is not Choice.STAY), None)

    def _own(self, place: int, part: FoldedBucket, unit: Positions) -> tuple[Mask, NDArray[np.int64]]:
        """Which runs belong to this version, and their numbers: not the one that only says what was before."""
        carried = self._carried[place]
        first = part.runs.number == 0
        standing = first & (carried.stage[unit] != NOWHERE)
        context = first & carried.known[unit] & ~standing
        following = self._versions[place + 1].since if place + 1 < len(self._versions) else NEVER
        own = standing | (~context & (part.runs.start < following))
        before = (carried.known & (carried.stage == NOWHERE)).astype(np.int64)
        return own, part.runs.number + carried.runs[unit] - before[unit]

    def _hand_on(
        self, place: int, part: FoldedBucket, rows: tuple[Positions, Positions], *, cut: int | None
    ) -> FoldedBucket:
        """Tell the later versions what was before them; returns the runs that remain.

        rows  subject of each run, and the row from which on it may have a further one
        """
        moved = np.zeros(len(part.runs), np.bool_)
        stage = np.full(len(part.runs), NOWHERE)
        if cut is not None:
            flying = part.runs.end == NEVER  # the walk stopped at the publication
            if self._versions[cut].in_flight.choice is Choice.MOVE:
                stage[flying] = self._moved_to(place, cut, part.runs.stage[flying])
            moved = stage != NOWHERE
            part = _replaced(part, np.flatnonzero(flying & ~moved), self._versions[cut].since)
        unit, over = rows
        for later in range(place + 1, len(self._versions)):
            known = ~moved if cut is not None and later > cut else np.ones(len(moved), np.bool_)
            self._carried[later].note(unit[known], part.runs, np.flatnonzero(known))
            if cut is None or later < cut:
                np.maximum.at(self._carried[later].row, unit, over)
        if not moved.any():
            return part
        assert cut is not None
        self._carried[cut].stand(unit[moved], part, np.flatnonzero(moved), stage[moved])
        return chosen_runs(part, ~moved, part.runs.number[~moved])

    def _moved_to(self, place: int, cut: int, stage: NDArray[np.integer]) -> NDArray[np.int64]:
        """The stage of the version that moves them, NOWHERE where it has none: such runs end."""
        old, new = self._versions[place].journey.stage_names, self._versions[cut].journey.stage_names
        mapping = self._versions[cut].in_flight.stages
        table = [mapping.get(name, name) for name in old]
        codes = [new.index(name) if name in new else NOWHERE for name in table] + [BEFORE_STAGES]
        places: NDArray[np.int64] = np.array(codes, np.int64)[stage]
        return places


def _replaced(part: FoldedBucket, runs: Positions, at: int) -> FoldedBucket:
    """End runs at the moment of a publication."""
    if not len(runs):
        return part
    end, outcome, due = part.runs.end.copy(), part.runs.outcome.copy(), part.runs.due.copy()
    end[runs], outcome[runs], due[runs] = at, REPLACED, NEVER
    leave, after = part.visits.leave.copy(), part.visits.next.copy()
    standing = np.isin(part.visits.run, runs) & (leave == NEVER)
    leave[standing], after[standing] = at, ended(REPLACED)
    return replace(
        part,
        runs=replace(part.runs, end=end, outcome=outcome, due=due),
        visits=replace(part.visits, leave=leave, next=after),
    )
