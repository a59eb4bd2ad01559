"""Audit: who did what, when, and whether the log was tampered with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.access.audit_check import check_audit
from clew.access.audit_queries import entries
from clew.access.model import Permission
from clew.access.users.queries import all_users
from clew.questions.words import counted
from clew.web.endpoint import Endpoint
from clew.web.frame.next_step import NextStep

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

ROWS = 50


def show(asked: Asked) -> Response:
    """The page: ?actor=, ?action=, ?object= choose, ?before= goes on, ?check=yes verifies every row."""
    chosen = {name: asked.query(name).strip() or None for name in ("actor", "object", "action")}
    told = asked.query("before")
    before = int(told) if told.isdecimal() and len(told) < 19 else None
    with asked.parts.database.read() as connection:
        found = entries(connection, before=before, limit=ROWS + 1, **chosen)
        names = {f"user:{user.id}": user.name for user in all_users(connection)}
    return asked.page(
        "audit.html.j2",
        next=_checked(asked) if asked.query("check") == "yes" else None,
        rows=found[:ROWS],
        more=found[ROWS - 1].id if len(found) > ROWS else None,
        names=names,
        chosen={name: value or "" for name, value in chosen.items()},
    )


def _checked(asked: Asked) -> NextStep:
    found = check_audit(asked.parts.database, asked.parts.store, secret=asked.secret)
    if found.faults:
        return NextStep(f"The log was changed: {found.faults[0]}", kind="bad")
    return NextStep(f"{counted(found.rows, 'row')} checked: none was changed, none is missing.", kind="good")


ENDPOINTS = (Endpoint("/audit", ("GET",), Permission.AUDIT, show),)
