"""Live runs, and how journeys stand, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.clock import DAY_US
from clew.errors import BadRequest, UnknownName
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.pages.journeys.now import Live, live_of
from clew.web.pages.journeys.portfolio import in_order
from clew.web.queries.journeys import StageNow
from clew.web.queries.runs import ended_since, find_runs, runs_of, transitions_of
from clew.web.signing_in.reading import told_time, whole

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

MOST = 1_000
_STATES = ("open", "ended", "all")
_INSTANTS = ("started_at", "ended_at", "entered_at", "limit_at", "due_at")


def runs(asked: Asked) -> Response:
    """Runs by account: ?journey=, ?stage=, ?state=open|ended|all, ?after=, ?limit=."""
    state = asked.query("state", "open")
    if state not in _STATES:
        raise BadRequest(f"state '{state}' is not known; allowed: {', '.join(_STATES)}")
    limit, after = whole(asked, "limit", 100, MOST), whole(asked, "after", 0, 10**9)
    chosen = {name: asked.query(name) or None for name in ("journey", "stage")}
    with asked.parts.database.read() as connection:
        found = find_runs(connection, state=state, after=after, limit=limit + 1, **chosen)
    more = after + limit if len(found) > limit else None
    return asked.answer({"runs": [told_run(row) for row in found[:limit]], "next": more})


def of_account(asked: Asked) -> Response:
    """All runs of an account, with every step as it was learnt."""
    thread = asked.path["account"]
    with asked.parts.database.read() as connection:
        found, steps = runs_of(connection, thread), transitions_of(connection, thread)
    told = [{**_plain(row), "at": told_time(row.at), "learnt_at": told_time(row.learnt_at)} for row in steps]
    return asked.answer({"account": thread, "runs": [told_run(row) for row in found], "transitions": told})


def journeys(asked: Asked) -> Response:
    """Every journey as it stands now, those first where most value waits longest beyond its norm."""
    workspace = workspace_of(asked.parts)
    with asked.parts.database.read() as connection:
        ended = ended_since(connection, asked.now - DAY_US)
        live = [live_of(asked, connection, name, ended) for name in workspace.sound_journeys()]
    return asked.answer({"journeys": [_told_journey(one) for one, _depth in in_order(live)]})


def journey(asked: Asked) -> Response:
    """One journey as it stands now, stage by stage."""
    workspace, name = workspace_of(asked.parts), asked.path["journey"]
    if name not in workspace.sound_journeys():
        raise UnknownName("journey", name, workspace.sound_journeys())
    with asked.parts.database.read() as connection:
        return asked.answer(_told_journey(live_of(asked, connection, name)))


def _told_journey(live: Live) -> dict[str, Any]:
    """Figures that somebody may not see are null; amounts in units of the firm's currency."""
    now = live.now
    return {
        "journey": live.journey.name,
        "title": live.journey.title,
        "version": live.journey.version,
        "open": {"at_least": now.figures.open.least, "exact": now.figures.open.whole},
        "stalled": {"at_least": now.figures.late.least, "exact": now.figures.late.whole},
        "ended_in_a_day": dict(now.figures.ended),
        "stages": [_told_stage(name, now.stages.get(name, StageNow())) for name in _stages(live)],
        "handoffs_waiting": [
            {"from": one.source, "to": one.target, "waiting": shown, "late": one.late} for one, shown in now.handoffs
        ],
    }


def _stages(live: Live) -> list[str | None]:
    """Stages in force in their order, then former ones and the wait before the first where runs stand there."""
    return [*live.force.stages, *(name for name in live.now.stages if name not in live.force.stages)]


def _told_stage(name: str | None, one: StageNow) -> dict[str, Any]:
    at_stake = None if one.at_stake is None else one.at_stake / 1_000_000
    return {"stage": name, "open": one.open, "stalled": one.stalled, "at_stake": at_stake, "signals": one.signals}


def told_run(row: Any) -> dict[str, Any]:
    """A run: instants as ISO 8601 in UTC, its value in units of the firm's currency."""
    plain = {name: row._mapping[name] for name in ("journey", "subject", "number", "stage", "outcome", "variant")}
    instants = {name: told_time(row._mapping[name]) for name in _INSTANTS}
    value = None if row.value is None else row.value / 1_000_000
    return {"account": row.thread, **plain, **instants, "value": value, "version": row.version}


def _plain(row: Any) -> dict[str, Any]:
    names = ("journey", "subject", "number", "came", "went", "outcome", "cause", "quiet", "withdrawn")
    return {name: row._mapping[name] for name in names}


ENDPOINTS = (
    Endpoint("/v1/journeys", ("GET",), Permission.SEE, journeys),
    Endpoint("/v1/journeys/{journey}", ("GET",), Permission.SEE, journey),
    Endpoint("/v1/runs", ("GET",), Permission.SEE_ACCOUNTS, runs),
    Endpoint("/v1/accounts/{account:path}/runs", ("GET",), Permission.SEE_ACCOUNTS, of_account),
)
