"""The track of a run: planned stages as outlines, the actual path filled, deviations named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from clew.journeys.model import Back, Journey, Stage
from clew.live.state.model import Step
from clew.live.state.paths import read
from clew.texts import gettext as _

if TYPE_CHECKING:
    from sqlalchemy import Row


@dataclass(frozen=True)
class Stop:
    """One planned stage, or one that the run was in and the plan does not know.

    entered  first time, None: never there        left   last time it went on, None while it stands there
    stays    how often the run was there          state  "went through" | "is here" | "left out" | "to come" | "ended"
    """

    name: str
    title: str
    planned: bool
    optional: bool
    entered: int | None
    left: int | None
    stays: int
    state: str


@dataclass(frozen=True)
class Track:
    """One run.

    outcome     name of its end, "" while it goes on     good    whether that end is one the firm wants
    deviations  what was not as planned, a sentence each
    """

    journey: str
    title: str
    subject: str
    number: int
    started_at: int
    ended_at: int | None
    outcome: str
    good: bool
    late: int
    stops: Sequence[Stop]
    deviations: Sequence[str]


@dataclass(frozen=True)
class _Stay:
    stage: str
    entered: int
    left: int | None


def track_of(one: Row[Any], journey: Journey | None, *, thread: str) -> Track:
    """Lay the path of a run beside the stages that its journey plans. journey  None: its file is gone"""
    stays = list(_stays(read(one.path), one.ended_at))
    stages = journey.stages if journey else ()
    end = next((each for each in (journey.ends if journey else ()) if each.name == one.outcome), None)
    unplanned = {stay.stage: None for stay in stays if stay.stage not in {stage.name for stage in stages}}
    names = [*(stage.name for stage in stages), *unplanned]
    furthest = max((names.index(stay.stage) for stay in stays), default=-1)
    known = {stage.name: stage for stage in stages}
    return Track(
        journey=one.journey,
        title=(journey.title if journey else "") or one.journey,
        subject="" if one.subject == thread else one.subject,
        number=one.number,
        started_at=one.started_at,
        ended_at=one.ended_at,
        outcome=one.outcome or "" if one.ended_at is not None else "",
        good=end is not None and end.good,
        late=one.late,
        stops=[_stop(name, known.get(name), stays, is_before=place < furthest, is_over=one.ended_at is not None)
               for place, name in enumerate(names)],
        deviations=list(_deviations(stays, stages, unplanned, furthest)),
    )  # fmt: skip


def _stays(path: Sequence[Step], ended_at: int | None) -> Iterator[_Stay]:
    """Yield each stay in a stage; of a stage that is entered again while the run is in it there is one."""
    here: _Stay | None = None
    for step in path:
        if here is not None and here.stage != step.went:
            yield _Stay(here.stage, here.entered, step.at)
            here = None
        if here is None and step.went is not None and step.outcome is None:
            here = _Stay(step.went, step.at, None)
    if here is not None:
        yield _Stay(here.stage, here.entered, ended_at)


def _stop(name: str, stage: Stage | None, stays: Sequence[_Stay], *, is_before: bool, is_over: bool) -> Stop:
    mine = [one for one in stays if one.stage == name]
    is_here = bool(mine) and mine[-1].left is None
    passed = _("ended") if is_over else _("to come")
    state = _("is here") if is_here else _("went through") if mine else _("left out") if is_before else passed
    return Stop(
        name=name,
        title=(stage.title or stage.name) if stage else name,
        planned=stage is not None,
        optional=stage is not None and stage.optional,
        entered=mine[0].entered if mine else None,
        left=mine[-1].left if mine else None,
        stays=len(mine),
        state=state,
    )


def _deviations(
    stays: Sequence[_Stay], stages: Sequence[Stage], unplanned: dict[str, None], furthest: int
) -> Iterator[str]:
    """Name required stages that were left out, ways back that are friction, stages that nobody planned."""
    titles = {stage.name: stage.title or stage.name for stage in stages}
    order = {stage.name: place for place, stage in enumerate(stages)}
    visited = {one.stage for one in stays}
    out = [titles[one.name] for one in stages[: max(furthest, 0)] if one.name not in visited and not one.optional]
    if out:
        yield _("Left out: %(stages)s.") % {"stages": ", ".join(out)}
    for before, after in pairwise(stays):
        if before.stage in order and after.stage in order and order[after.stage] < order[before.stage]:
            if stages[order[after.stage]].back is Back.IGNORED:
                continue
            told = {"from": titles[before.stage], "to": titles[after.stage]}
            yield _("Went back from %(from)s to %(to)s.") % told
    if unplanned:
        yield _("Not in the plan of today: %(stages)s.") % {"stages": ", ".join(unplanned)}
