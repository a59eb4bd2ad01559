"""Home: how the system stands, and the one thing to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.clock import DAY_US, HOUR_US
from clew.live.health.failing import failing_duties
from clew.questions.words import counted
from clew.web.analytics.naming import names_of
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.sources.listing import all_standings
from clew.web.pages.standing import SourceStanding
from clew.web.queries.arrivals import counts_since, total
from clew.web.queries.health import Process, figures, processes
from clew.web.queries.journeys import journey_figures, together
from clew.web.queries.runs import latest_transitions, open_by_stage

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


@dataclass(frozen=True)
class Situation:
    """What decides the next step.

    mistakes  in files of the workspace
    working   processes that fold what arrives        failing  sentences of duties that fail
    journeys  that can be followed
    """

    mistakes: int
    working: int
    journeys: int
    sources: Sequence[SourceStanding]
    failing: Sequence[str] = ()


def next_step(now: Situation) -> NextStep:
    """Choose the one thing to do next: what keeps events from counting comes first."""
    receiving = [source for source in now.sources if source.receives]
    waiting = sum(source.waiting for source in now.sources)
    if not now.working:
        return NextStep("Nothing works on what arrives.", "See what runs", "/workers", "bad")
    if now.failing:
        says = f"{now.failing[0][0].upper()}{now.failing[0][1:]}: what arrives is kept and waits."
        return NextStep(says, "See what runs", "/workers", "bad")
    if now.mistakes:
        return NextStep(f"The files hold {counted(now.mistakes, 'mistake')}.", "Mend them", "/sources", "bad")
    if waiting:
        says = f"{counted(waiting, 'event')} could not be used."
        return NextStep(says, "See why", "/rejected", "bad")
    if not receiving:
        says = "No source receives events yet. Connect a tool that your firm already has."
        return NextStep(says, "Connect a source", "/sources/new")
    for source in receiving:
        if not source.keys or source.ever is None:
            says = f"Source {source.name} is ready and has received nothing yet."
            return NextStep(says, "Send a first event", f"/sources/{source.name}")
    silent = [source for source in receiving if not source.today.received]
    if silent:
        says = f"Source {silent[0].name} has been silent for a day."
        return NextStep(says, "Look at it", f"/sources/{silent[0].name}", "late")
    if not now.journeys:
        return NextStep("Events arrive, and no journey follows them yet.", "See how to draft one", "/journeys")
    return NextStep("Everything arrives and every journey is current.", "See where runs stand", "/journeys", "good")


def show(asked: Asked) -> Response:
    """The page."""
    workspace = workspace_of(asked.parts)
    database = asked.parts.database
    with database.read() as connection:
        sources = all_standings(asked, connection)
        today = counts_since(connection, asked.now - DAY_US)
        hour = total(counts_since(connection, asked.now - HOUR_US))
        at_work = [one for one in processes(connection, asked.now) if one.state == "working"]
        failed = [one.says(asked.now) for one in failing_duties(connection, now=asked.now)]
        standing = [journey_figures(asked.actor, one, ()) for one in open_by_stage(connection, asked.now).values()]
        latest = latest_transitions(connection, limit=8) if asked.may(Permission.SEE_ACCOUNTS) else ()
    waits = figures(database, asked.parts.store, asked.now)
    sound = workspace.sound_journeys()
    situation = Situation(len(workspace.problems), len(_folding(at_work)), len(sound), sources, failed)
    return asked.page(
        "home.html.j2",
        next=next_step(situation),
        updates=("arrived", "runs", "workers"),
        today=total(today),
        hour=hour,
        sources=sources,
        working=at_work,
        open_runs=together(one.open for one in standing),
        late_runs=together(one.late for one in standing),
        latest=latest,
        names=names_of(asked, {move.thread for move in latest}),
        waits=waits,
        journeys=workspace.journeys,
    )


def _folding(at_work: Sequence[Process]) -> list[Process]:
    return [one for one in at_work if one.role in ("serve", "worker")]


ENDPOINTS: tuple[Endpoint, ...] = ()
