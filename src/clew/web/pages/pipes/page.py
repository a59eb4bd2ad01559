"""GET /pipes: what comes in, and what is to be mended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.clock import DAY_US, HOUR_US, US
from clew.duplicates.queries import open_count
from clew.live.health.failing import failing
from clew.web.analytics.naming import names_of
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.pages.pipes.listening import listening
from clew.web.pages.pipes.mending import Pipe, Situation, next_step, to_mend
from clew.web.pages.sources.listing import all_standings
from clew.web.queries.arrivals import counts_since, total
from clew.web.queries.health import Process, figures, processes
from clew.web.queries.pipes import held_by_source, ownerless, rhythms
from clew.web.queries.runs import latest_transitions

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

TWO_WEEKS_US = 14 * DAY_US  # two weekends are in it, which are no silence
STALE_US = 2 * DAY_US  # an archive older than this, with rows in the tail, is not kept
UNHEARD_SHOWN = 8


def show(asked: Asked) -> Response:
    """The page."""
    workspace, database = workspace_of(asked.parts), asked.parts.database
    waits = figures(database, asked.parts.store, asked.now)
    heard = listening(asked, workspace)
    with database.read() as connection:
        today = total(counts_since(connection, asked.now - DAY_US))
        hour = total(counts_since(connection, asked.now - HOUR_US))
        at_work = [one for one in processes(connection, asked.now) if one.state == "working"]
        latest = latest_transitions(connection, limit=8)
        known, held = rhythms(connection, asked.now - TWO_WEEKS_US), held_by_source(connection)
        sources, nobodys = all_standings(asked, connection), ownerless(connection)
        now = Situation(
            mistakes=len(workspace.problems),
            working=len(_folding(at_work)),
            journeys=len(workspace.sound_journeys()),
            pipes=[Pipe(one, known.get(one.name), held.get(one.name, 0), asked.now) for one in sources],
            failing=failing(connection, now=asked.now).sentences(asked.now),
            duplicates=open_count(connection),
            ownerless=nobodys.count,
            listening=heard,
            lag_s=max(waits["clew_inbox_lag_seconds"], waits["clew_fold_lag_seconds"]),
            stale=bool(waits["clew_tail_rows"]) and waits["clew_archive_age_seconds"] * US > STALE_US,
        )
    found = to_mend(now)
    return asked.page(
        "pipes.html.j2",
        next=next_step(now, found),
        mend=found,
        updates=("arrived", "runs", "workers"),
        hour=hour,
        today=today,
        pipes=now.pipes,
        working=at_work,
        waits=waits,
        heard=heard,
        unheard=heard.unheard[:UNHEARD_SHOWN] if heard else (),
        ownerless=nobodys,
        latest=latest,
        names=names_of(asked, {move.thread for move in latest}),
        journeys=workspace.journeys,
    )


def _folding(at_work: Sequence[Process]) -> list[Process]:
    return [one for one in at_work if one.role in ("serve", "worker")]


ENDPOINTS = (Endpoint("/pipes", ("GET",), Permission.CONNECT, show),)
