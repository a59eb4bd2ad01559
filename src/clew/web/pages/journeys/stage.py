"""One stage of a journey: what it means, what is recorded of it, how long it takes, who is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from clew.access.model import Actor, Permission
from clew.archive.model import NO_CODE, LogView
from clew.clock import DAY_US, US
from clew.conditions.happening import event_names
from clew.conditions.words import in_words
from clew.errors import UnknownName
from clew.journeys.model import Handoff, Journey, Stage
from clew.questions.ask import ask
from clew.questions.ground import Ground
from clew.questions.model import Query
from clew.questions.norms import counts_by_stage
from clew.questions.stages import titled, waiting_on
from clew.reports.actual import share_of
from clew.reports.cell import show_in
from clew.reports.figures import number, text
from clew.reports.model import Figure, Flow, Picture
from clew.reports.model import Stage as DrawnStage
from clew.reports.picture.curve import NARROW, WIDTH, curve
from clew.reports.plan import arrives, team_title
from clew.reports.words import count, figure
from clew.stats.survival import kaplan_meier
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.analytics.naming import names_of
from clew.web.analytics.permitted import sees_accounts
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.journeys.drawing import ground_of
from clew.web.pages.journeys.now import Leads, Live, live_of, norming_of, side_words
from clew.web.pages.journeys.pictures import plan_alone
from clew.web.pages.journeys.runs import run_row
from clew.web.pages.journeys.side import drawn_of, version_in_force
from clew.web.pages.journeys.view import View, query_of
from clew.web.pages.journeys.worked import worked
from clew.web.queries.journeys import StageNow
from clew.web.queries.runs import ended_since
from clew.web.queries.runs_list import RunsWanted, listed_runs

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.live.fresh.asking import FreshWorkspace
    from clew.web.request import Asked

SHOWN = 10  # runs
FEWEST = 6  # stays below which a curve says nothing


@dataclass(frozen=True)
class Recorded:
    """One event behind a stage as the log holds it; last: microseconds UTC, None where it was never seen."""

    event: str
    records: int
    last: int | None


@dataclass(frozen=True)
class Detail:
    """What only this page works out of the log.

    missing  of the runs that came to this stage or further, those that never entered it
    drawn    the curve of stays, by the name of the width that the style knows; empty where they are too few
    """

    recorded: Sequence[Recorded]
    missing: Figure | None
    drawn: Sequence[tuple[str, Markup]]


@dataclass(frozen=True)
class Move:
    """So many moves from or to a place; href "" where it is no stage."""

    title: str
    visits: int
    href: str = ""


def show(asked: Asked) -> Response:
    """The page."""
    workspace, name = workspace_of(asked.parts), asked.path["journey"]
    if name not in workspace.sound_journeys():
        raise UnknownName("journey", name, workspace.sound_journeys())
    with asked.parts.database.read() as connection:
        live = live_of(asked, connection, name, ended_since(connection, asked.now - DAY_US))
        stage = _stage(live.journey, asked.path["stage"])
        wanted = RunsWanted(name, asked.now, norming_of(asked, live.journey), state="open", stage=stage.name)
        sees = asked.may(Permission.SEE_ACCOUNTS)
        found = listed_runs(connection, wanted, first=0, limit=SHOWN) if sees else ()
    leads, firm = Leads(asked, name), workspace.firm
    found_out = drawn_of(asked, View(name), live)
    here = live.now.stages.get(stage.name, StageNow())
    picture = found_out.value.picture if found_out.value else plan_alone(live.journey, firm)
    place = _place(picture, stage.name)
    detail = _detail(asked, live, stage)
    place_in_map = live.journey.stage_names.index(stage.name)
    return asked.page(
        "journey_stage.html.j2",
        journey=live.journey,
        stage=stage,
        title=titled(stage),
        here_now=here,
        leads=leads,
        next=_next_step(here, leads, stage),
        entered=in_words(stage.enter),
        team=team_title(stage.team, firm),
        waits=side_words(waiting_on(live.journey, -1, place_in_map)),
        handoffs=[_handoff(one, live, firm) for one in live.journey.handoffs if arrives(one, live.journey) is stage],
        drawn=picture.stages[place] if found_out.value and place is not None else None,
        into=_moves(picture, place, leads, into=True),
        out=_moves(picture, place, leads, into=False),
        detail=detail,
        worked=found_out,
        rows=[run_row(row, live.journey, firm, asked.now) for row in found],
        names={
            **names_of(asked, {row.thread for row in found if not row.name}),
            **{r.thread: r.name for r in found if r.name},
        },
        currency=firm.currency,
        figure=figure,
        show=show_in(firm.currency),
        updates=("runs",),
    )


def _stage(journey: Journey, name: str) -> Stage:
    found = next((stage for stage in journey.stages if stage.name == name), None)
    if found is None:
        raise UnknownName(f"stage of '{journey.name}'", name, journey.stage_names)
    return found


def _place(picture: Picture, name: str) -> int | None:
    return next((place for place, stage in enumerate(picture.stages) if stage.name == name), None)


def _next_step(here: StageNow, leads: Leads, stage: Stage) -> NextStep:
    if here.stalled:
        says = ngettext(
            "%(n)s run here stands beyond its norm.", "%(n)s runs here stand beyond their norm.", here.stalled
        )
        href = leads.runs(stage=stage.name, state="stalled")
        return NextStep(says % {"n": count(here.stalled)}, _("See which") if href else "", href, "late")
    if here.open is None or here.stalled is None:
        return NextStep(_("Where few accounts are behind a figure, your role does not see it."), kind="none")
    if here.open:
        return NextStep(_("Nobody is stalled here."), kind="good")
    return NextStep(_("Nobody is here."), kind="none")


def _handoff(one: Handoff, live: Live, firm: Any) -> tuple[str, int | None, int]:
    """A handoff into the stage in words, how many wait for a receipt (None: hidden), how many of them late."""
    words = _("%(source)s to %(target)s") % {
        "source": team_title(one.source, firm),
        "target": team_title(one.target, firm),
    }
    if one.accept_within:
        words += _(", receipt within %(span)s") % {"span": one.accept_within}
    if one.packet:
        words += _(", packet: %(parts)s") % {"parts": ", ".join(one.packet)}
    for waiting, shown in live.now.handoffs:
        if (waiting.source, waiting.target) == (one.source, one.target):
            return words, shown, waiting.late
    return words, 0, 0


def _moves(picture: Picture, place: int | None, leads: Leads, *, into: bool) -> list[Move]:
    flows = [flow for flow in picture.flows if (flow.target if into else flow.source) == place and place is not None]
    return [_move(flow, picture.stages, leads, into=into) for flow in sorted(flows, key=lambda flow: -flow.visits)]


def _move(flow: Flow, stages: Sequence[DrawnStage], leads: Leads, *, into: bool) -> Move:
    other = flow.source if into else flow.target
    if other is None:
        return Move(_("the start") if into else flow.end, flow.visits)
    return Move(stages[other].title, flow.visits, "" if stages[other].before else leads.stage(stages[other].name))


def _detail(asked: Asked, live: Live, stage: Stage) -> Any:
    version = version_in_force(live)
    work = partial(_worked_out, actor=asked.actor, query=query_of(asked, View(live.journey.name), "funnel"))
    return worked(asked, ("stage", live.journey.name, stage.name, version), partial(work, version=version, stage=stage))


def _worked_out(workspace: FreshWorkspace, *, actor: Actor, query: Query, version: str, stage: Stage) -> Detail:
    ground = ground_of(workspace, query, version)
    if not sees_accounts(actor):
        return Detail((), None, ())
    return Detail(
        _recorded(ground.view, event_names(stage.enter)), _missing(ground, query, stage), _curve(ground, stage)
    )


def _recorded(view: LogView, events: Sequence[str]) -> list[Recorded]:
    found: Mapping[str, list[int]] = {event: [0, 0] for event in dict.fromkeys(events)}
    codes = {event: view.names["event"].code(event) for event in found}
    for bucket in view.buckets():
        column, at = np.asarray(bucket.event), np.asarray(bucket.at)
        for event, code in codes.items():
            rows = np.flatnonzero(column == code) if code != NO_CODE else np.zeros(0, np.int64)
            if len(rows):
                found[event][0] += len(rows)
                found[event][1] = max(found[event][1], int(at[rows].max()))
    return [Recorded(event, records, last or None) for event, (records, last) in found.items()]


def _missing(ground: Ground, query: Query, stage: Stage) -> Figure | None:
    row = next((row for row in ask(ground, query).rows if text(row, "stage") == stage.name), None)
    if row is None:
        return None
    return share_of(number(row, "skipped") or 0, number(row, "reached") or 0)


def _curve(ground: Ground, stage: Stage) -> Sequence[tuple[str, Markup]]:
    """Draw how long stays last, for a wide page and a narrow one; nothing where they are too few."""
    names = ground.journey.stage_names
    counts = counts_by_stage(ground).get(names.index(stage.name)) if stage.name in names else None
    if counts is None or counts.n < FEWEST:
        return ()
    limit = stage.limit.micros / US if stage.limit and not stage.limit.working else None
    found, title = kaplan_meier(counts), _("Share still in the stage")
    return [
        (name, curve(found, title=title, key=f"curve-{name}", width=width, limit_s=limit))
        for name, width in (("wide", WIDTH), ("narrow", NARROW))
    ]


ENDPOINTS = (Endpoint("/journeys/{journey}/stages/{stage}", ("GET",), Permission.SEE, show),)
