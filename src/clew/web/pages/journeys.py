"""Journeys: where runs stand now, stage by stage, and which ones they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.clock import DAY_US
from clew.errors import UnknownName
from clew.journeys.model import Journey
from clew.questions.words import counted
from clew.web.analytics.naming import names_of
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.next_step import NextStep
from clew.web.queries.journeys import JourneyFigures, StageFigures, Total, journey_figures
from clew.web.queries.runs import ended_since, latest_transitions, open_by_stage, runs_in
from clew.workspace.succession import InForce, in_force

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

ROWS = 50
FULL = 100  # width of the longest bar


@dataclass(frozen=True)
class Cell:
    """One stage of the band.

    open, late  None where they are hidden
    bar         0..100, to the scale of the journey's fullest stage that is shown
    """

    name: str | None
    title: str
    team: str
    limit: str
    open: int | None
    late: int | None
    bar: float


@dataclass(frozen=True)
class Standing:
    """One journey as the list shows it.

    ended    outcome -> runs that ended in the last 24 hours, None where they are hidden
    version  of the journey that is in force, "" where its file is
    differs  whether the file says something else than that version
    """

    name: str
    title: str
    cells: Sequence[Cell]
    open: Total
    late: Total
    ended: Mapping[str, int | None]
    version: str
    differs: bool


def standing_of(force: InForce, found: JourneyFigures) -> Standing:
    """Put a journey's stages and its figures together; a former stage is shown while runs stand in it."""
    journey = force.journey
    known = [stage.name for stage in journey.stages if stage.name in force.stages or stage.name in found.stages]
    order: list[str | None] = [*([None] if None in found.stages else []), *known]
    order += [name for name in found.stages if name is not None and name not in known]
    most = max((one.open or 0 for one in found.stages.values()), default=0)
    return Standing(
        journey.name,
        journey.title or journey.name,
        [_cell(journey, name, found.stages.get(name, StageFigures()), most) for name in order],
        found.open,
        found.late,
        found.ended,
        force.published.version if force.published else "",
        force.differs,
    )


def _cell(journey: Journey, name: str | None, figures: StageFigures, most: int) -> Cell:
    stage = next((one for one in journey.stages if one.name == name), None)
    return Cell(
        name,
        (stage.title or stage.name) if stage else name or "Before any stage",
        (stage.team or "") if stage else "",
        str(stage.limit) if stage and stage.limit else "",
        figures.open,
        figures.late,
        FULL * figures.open / most if most and figures.open else 0.0,
    )


def next_step(standings: Sequence[Standing], faulty: Sequence[str]) -> NextStep:
    """The stage where most runs are beyond their limit is where to look first."""
    if faulty:
        says = f"The file of {faulty[0]} holds mistakes; its runs stay as they are until it is mended."
        return NextStep(says, kind="bad")
    stages = [(cell.late or 0, one, cell) for one in standings for cell in one.cells if cell.late]
    if stages:
        late, one, cell = max(stages, key=lambda each: each[0])
        says = f"{counted(late, 'run waits', 'runs wait')} in {cell.title} beyond the limit: {one.title}."
        return NextStep(says, "See which", f"/journeys/{one.name}?stage={cell.name or ''}", "late")
    if not all(one.late.whole for one in standings):
        return NextStep("Where few accounts are behind a figure, your role does not see it.", kind="none")
    return NextStep("No run is beyond its limit.", kind="good")


def show_all(asked: Asked) -> Response:
    """The list."""
    workspace = workspace_of(asked.parts)
    with asked.parts.database.read() as connection:
        counts, ended = open_by_stage(connection, asked.now), ended_since(connection, asked.now - DAY_US)
    names = workspace.sound_journeys()
    figures = {one: journey_figures(asked.actor, counts.get(one, ()), ended.get(one, ())) for one in names}
    found = [standing_of(in_force(workspace, one), figures[one]) for one in names]
    faulty = _faulty(workspace)
    return asked.page(
        "journeys.html.j2",
        journeys=found,
        faulty=faulty,
        next=next_step(found, faulty) if found or faulty else None,
        updates=("runs",),
    )


def show(asked: Asked) -> Response:
    """One journey; ?stage= chooses runs of one stage, ?after= goes on."""
    workspace, name = workspace_of(asked.parts), asked.path["journey"]
    if name not in workspace.journeys:
        raise UnknownName("journey", name, workspace.journeys)
    journey, stage = workspace.journeys[name], asked.query("stage")
    told = asked.query("after", "0")
    after = int(told) if told.isdecimal() and len(told) < 10 else 0
    rows: Sequence[Any] = ()
    moves: Sequence[Any] = ()
    with asked.parts.database.read() as connection:
        counts, ended = open_by_stage(connection, asked.now), ended_since(connection, asked.now - DAY_US)
        if asked.may(Permission.SEE_ACCOUNTS):
            rows = runs_in(connection, name, stage=stage or None, after=after, limit=ROWS + 1)
            moves = latest_transitions(connection, journey=name, limit=10)
    standing = standing_of(
        in_force(workspace, name), journey_figures(asked.actor, counts.get(name, ()), ended.get(name, ()))
    )
    return asked.page(
        "journey.html.j2",
        journey=journey,
        one=standing,
        next=next_step([standing], [name] if name in _faulty(workspace) else []),
        updates=("runs",),
        stage=stage,
        stage_cell=next((cell for cell in standing.cells if cell.name == stage), None),
        rows=rows[:ROWS],
        after=after,
        more=after + ROWS if len(rows) > ROWS else None,
        latest=moves,
        names=names_of(asked, {one.thread for one in (*rows, *moves)}),
        journeys=workspace.journeys,
        currency=workspace.firm.currency,
    )


def _faulty(workspace: Workspace) -> list[str]:
    return sorted(set(workspace.journeys) - set(workspace.sound_journeys()))


ENDPOINTS = (
    Endpoint("/journeys", ("GET",), Permission.SEE, show_all),
    Endpoint("/journeys/{journey}", ("GET",), Permission.SEE, show),
)
