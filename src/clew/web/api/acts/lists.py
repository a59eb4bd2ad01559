"""What is promised and handed over, of all accounts; what one account has told us already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.context.model import Answer, Handoff, HandoffState, PromiseState
from clew.errors import BadRequest
from clew.live.contexts.lists import HandoffRow, PromiseRow
from clew.live.contexts.queries import answers_of, handoffs_page, promises_page, teams_of_accounts
from clew.web.pages.accounts.finding import opened
from clew.web.pages.acts.doing import audited
from clew.web.signing_in.reading import told_time, whole

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

MOST = 1_000
_PROMISES = ("waiting", "done", *(each.value for each in PromiseState))
_HANDOFFS = ("late", "lapsed", *(each.value for each in HandoffState))


def promises(asked: Asked) -> Response:
    """Promises, due first first: ?state=, ?team=, ?account=, ?mine=yes, ?after=, ?limit=."""
    limit, after = whole(asked, "limit", 100, MOST), whole(asked, "after", 0, 10**9)
    filters = _filters(asked, _PROMISES, ("team", "account", "mine"))
    with asked.parts.database.read() as connection:
        found = promises_page(
            connection, asked.actor, now=asked.now, filters=filters, sort="due", first=after, limit=limit
        )
        teams = teams_of_accounts(connection, {row.thread for row in found.rows})
    sees = {thread: asked.may(Permission.SEE_PERSONS, team) for thread, team in teams.items()}
    if any(sees.values()):
        asked.note_read("promises", accounts=sorted(thread for thread, may in sees.items() if may))
    told = [_promise(row, sees=sees[row.thread]) for row in found.rows]
    return asked.answer({"promises": told, "total": found.total, "next": _next(after, limit, found.total)})


def handoffs(asked: Asked) -> Response:
    """Handoffs, those whose receipt is due first first; filters as of promises, and ?source=, ?journey=, ?of=."""
    limit, after = whole(asked, "limit", 100, MOST), whole(asked, "after", 0, 10**9)
    filters = _filters(asked, _HANDOFFS, ("team", "source", "account", "journey", "mine", "of"))
    with asked.parts.database.read() as connection:
        found = handoffs_page(
            connection, asked.actor, now=asked.now, filters=filters, sort="due", first=after, limit=limit
        )
    told = [_handoff(row) for row in found.rows]
    return asked.answer({"handoffs": told, "total": found.total, "next": _next(after, limit, found.total)})


def answers(asked: Asked) -> Response:
    """What an account told us and counts as known, latest first; with ?topic= about that alone."""
    account = opened(asked)
    with asked.parts.database.read() as connection:
        found = answers_of(connection, account.thread, topic=asked.query("topic").strip(), now=asked.now)
    if account.sees_persons and found:
        asked.note_read(audited(account.thread))
    told = [told_answer(one, sees=account.sees_persons) for one in found]
    return asked.answer({"account": account.thread, "answers": told})


def told_answer(one: Answer, *, sees: bool) -> dict[str, Any]:
    """Write an answer on file for programs. sees  whether what was said may be read, and by whom"""
    told = {"topic": one.topic, "at": told_time(one.at), "until": told_time(one.until), "team": one.team}
    return told | {"to": one.user, "says": one.says if sees else None, "contact": one.contact if sees else None}


def _promise(row: PromiseRow, *, sees: bool) -> dict[str, Any]:
    one = row.promise
    return {
        "id": one.id,
        "account": row.thread,
        "name": row.account,
        "state": row.state.value,
        "topic": one.topic,
        "says": one.says if sees else None,
        "due_at": told_time(one.due_at),
        "made_at": told_time(one.made_at),
        "by": one.user,
        "team": one.team,
        "owner": one.owner or one.team,
        "contact": one.contact if sees else None,
        "kept_at": told_time(one.kept_at),
        "released_at": told_time(one.released_at),
    }


def _handoff(row: HandoffRow) -> dict[str, Any]:
    one: Handoff = row.handoff
    return {
        "id": one.id,
        "account": row.thread,
        "name": row.account,
        "journey": one.journey,
        "subject": one.subject,
        "from": one.source,
        "to": one.target,
        "state": "lapsed" if one.lapsed_at is not None else one.state.value,
        "late": row.late,
        "sent_at": told_time(one.sent.at),
        "due_at": told_time(one.due_at),
        "missing": list(one.missing),
        "promises": list(one.promises),
    }


def _filters(asked: Asked, states: tuple[str, ...], names: tuple[str, ...]) -> Mapping[str, str]:
    state = asked.query("state")
    if state and state not in states:
        raise BadRequest(f"state '{state[:80]}' is not known; allowed: {', '.join(states)}")
    return {name: asked.query(name) for name in ("state", *names) if asked.query(name)}


def _next(after: int, limit: int, total: int) -> int | None:
    return after + limit if after + limit < total else None
