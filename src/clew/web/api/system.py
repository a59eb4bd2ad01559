"""Sources and workers as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.web.endpoint import Endpoint
from clew.web.pages.sources.listing import all_standings
from clew.web.queries.health import figures, leases, processes
from clew.web.signing_in.reading import told_time

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.pages.sources.standing import SourceStanding
    from clew.web.request import Asked


def sources(asked: Asked) -> Response:
    """Every source and how it stands."""
    with asked.parts.database.read() as connection:
        found = all_standings(asked, connection)
    return asked.answer({"sources": [_source(one) for one in found]})


def workers(asked: Asked) -> Response:
    """Processes, leases, depths and lags."""
    with asked.parts.database.read() as connection:
        found, held = processes(connection, asked.now), leases(connection, asked.now)
    told = [{**asdict(one), **_times(one, "started_at", "seen_at", "stopped_at")} for one in found]
    duties = [{**asdict(one), **_times(one, "until")} for one in held]
    waits = figures(asked.parts.database, asked.parts.store, asked.now)
    return asked.answer({"workers": told, "leases": duties, "figures": waits})


def _source(one: SourceStanding) -> dict[str, Any]:
    return {
        "name": one.name,
        "receives": one.receives or None,
        "state": one.state[1],
        "problems": [str(problem) for problem in one.problems],
        "keys": len(one.keys),
        "last_24_hours": {name: count for name, count in asdict(one.today).items() if name != "last"},
        "latest": told_time(one.ever),
        "rejected_waiting": one.waiting,
    }


def _times(one: object, *names: str) -> dict[str, str | None]:
    return {name: told_time(getattr(one, name)) for name in names}


ENDPOINTS = (
    Endpoint("/v1/sources", ("GET",), Permission.CONNECT, sources),
    Endpoint("/v1/workers", ("GET",), Permission.SEE, workers),
)
