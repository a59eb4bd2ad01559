"""Live runs as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.errors import BadRequest
from clew.web.endpoint import Endpoint
from clew.web.queries.runs import find_runs, runs_of, transitions_of
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
    Endpoint("/v1/runs", ("GET",), Permission.SEE_ACCOUNTS, runs),
    Endpoint("/v1/accounts/{account:path}/runs", ("GET",), Permission.SEE_ACCOUNTS, of_account),
)
