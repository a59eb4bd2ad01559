"""GET /v1/accounts/{account}/context: everything that a team should know of an account, in one call."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from clew.access.model import Permission
from clew.clock import MINUTE_US
from clew.context.model import Context
from clew.live.contexts.queries import NoSuchAccount, account_named, account_team, as_of, context_of, names_of_threads
from clew.web.api.context_told import Looked, on_topic, told
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.pages.accounts.committee import without_names
from clew.web.pages.accounts.standing import standings
from clew.web.queries.accounts import persons_of, signals_of
from clew.web.queries.accounts_list import likely_same
from clew.web.queries.runs import open_runs_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

NOTED_FOR_US = 15 * MINUTE_US  # a panel asks again and again: whoever reads an account so soon again is noted already
MOST_NOTED = 50_000
KEPT = "contexts read"


def context(asked: Asked) -> Response:
    """The whole context of an account, by any of its ids; ?topic= says whether it told us something already."""
    looked = _look(asked)
    if looked.sees and looked.context.memberships:
        _note(asked, looked.context.header.thread)
    answer = told(looked, asked.now)
    if topic := asked.query("topic").strip():
        answer["told"] = on_topic(looked.context.answers, topic, looked, asked.now)
    return _tagged(asked, msgspec.json.encode(answer))


def _look(asked: Asked) -> Looked:
    """Read everything in one transaction; neither the log nor the archive is touched."""
    workspace = workspace_of(asked.parts)
    with asked.parts.database.read() as connection:
        thread = account_named(connection, asked.path["account"])
        known = context_of(connection, thread)
        if known is None:
            raise NoSuchAccount(asked.path["account"])
        sees = asked.may(Permission.SEE_PERSONS, account_team(connection, thread))
        runs, signals = open_runs_of(connection, thread), signals_of(connection, thread)
        same, derived_at = likely_same(connection, thread), as_of(connection, thread)
        parent = known.header.parent
        names = names_of_threads(connection, [parent]) if parent else {}
    persons = persons_of(asked.parts.folder, _contacts(known))
    return Looked(
        context=known,
        as_of=derived_at or 0,
        standing=standings(workspace, runs, segment=known.header.segment, thread=thread),
        signals=signals,
        persons=persons if sees else without_names(persons),
        sees=sees,
        duplicates=len(same),
        parent=names.get(parent or ""),
    )


def _contacts(known: Context) -> set[int]:
    """Everybody whom the answer may name."""
    touches = (one.contact for some in known.touches.values() for one in some)
    told = (one.contact for each in (known.memberships, known.promises, known.answers) for one in each)
    return {number for number in (*touches, *told) if number is not None}


def _note(asked: Asked, thread: str) -> None:
    """Note the read before it is answered, once a quarter of an hour for whoever reads the same account."""
    noted: dict[tuple[str, str], int] = asked.parts.kept.setdefault(KEPT, {})
    key = (asked.actor.id, thread)
    if asked.now - noted.get(key, -NOTED_FOR_US) < NOTED_FOR_US:
        return
    asked.note_read(thread if thread.startswith("account:") else f"account:{thread}", through="context")
    if len(noted) >= MOST_NOTED:
        noted.clear()
    noted[key] = asked.now


def _tagged(asked: Asked, body: bytes) -> Response:
    """Answer, or say "not modified" to a panel that shows this already."""
    from starlette.responses import Response as Plain

    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    shown = (one.strip().removeprefix("W/") for one in asked.request.headers.get("if-none-match", "").split(","))
    answer = Plain(status_code=304) if tag in shown else Plain(body, media_type="application/json")
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


ENDPOINTS = (Endpoint("/v1/accounts/{account:path}/context", ("GET",), Permission.SEE_ACCOUNTS, context),)
