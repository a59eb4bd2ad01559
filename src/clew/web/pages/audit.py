"""Audit: who did what, when, and whether the log was tampered with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from clew.access.audit_check import check_audit
from clew.access.audit_queries import Entry, Rows, actors_and_actions, page_of_entries
from clew.access.model import Permission
from clew.access.users.queries import all_users
from clew.clock import to_micros
from clew.errors import BadRequest
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.lists import Column, Filter, Listing, Page, Wanted, exported, wanted_of
from clew.web.frame.next_step import NextStep
from clew.web.signing_in.reading import told_time

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.responses import Response

    from clew.web.request import Asked

FIELDS = ("object", "from", "to")  # parameters beside those of the list
COLUMNS = ("id", "at", "actor", "name", "action", "object", "detail")


def show(asked: Asked) -> Response:
    """The page, or the rows as a file; ?check=yes verifies every row."""
    with asked.parts.database.read() as connection:
        names = {f"user:{user.id}": user.name for user in all_users(connection)}
        declared = listing(connection, asked, names)
        wanted = wanted_of(asked, declared, keep=FIELDS)
        how: dict[str, Any] = {"sort": wanted.sort or "id", "falls": wanted.falls}
        found, total = page_of_entries(connection, _rows(asked, wanted), first=wanted.first, limit=wanted.limit, **how)
    if wanted.form:
        return exported(asked, "audit", COLUMNS, _cells(found, names), wanted.form)
    return asked.page(
        "audit.html.j2",
        next=_checked(asked) if asked.query("check") == "yes" else None,
        listing=declared,
        page=Page(found, wanted, total, wanted.first + len(found) < total),
        names=names,
    )


def listing(connection: Connection, asked: Asked, names: Mapping[str, str]) -> Listing:
    """Declare the list; what an address asks for can be chosen although no row has it."""
    actors, actions = actors_and_actions(connection)
    actors, actions = _with(actors, asked.query("actor")), _with(actions, asked.query("action"))
    return Listing(
        columns=(
            Column("id", _("No."), "num", rises=False),
            Column("at", _("When"), rises=False),
            Column("actor", _("By")),
            Column("action", _("Did")),
            Column("object", _("To")),
            Column("detail", _("Of it"), sorts=False),
        ),
        filters=(
            Filter("actor", _("By"), [(one, names.get(one, one)) for one in actors]),
            Filter("action", _("Did"), [(one, one) for one in actions]),
        ),
        sort="-id",
        search=_("To, or a part of it"),
    )


def _with(known: Sequence[str], asked_for: str) -> list[str]:
    return sorted({*known, *([asked_for] if asked_for else [])})


def _rows(asked: Asked, wanted: Wanted) -> Rows:
    zone = ZoneInfo(workspace_of(asked.parts).firm.time_zone)
    return Rows(
        actor=wanted.filters.get("actor", ""),
        action=wanted.filters.get("action", ""),
        object=wanted.kept.get("object", "").strip(),
        text=wanted.text,
        since=_midnight(wanted.kept.get("from", ""), zone),
        until=_midnight(wanted.kept.get("to", ""), zone, days=1),
    )


def _midnight(told: str, zone: ZoneInfo, days: int = 0) -> int | None:
    """When a day of the firm begins, or the day so many after it. Raises BadRequest."""
    if not told:
        return None
    try:
        day = date.fromisoformat(told) + timedelta(days=days)
        return to_micros(datetime.combine(day, time(), zone))
    except (ValueError, OverflowError):
        raise BadRequest(f"'{told[:40]}' is no day; allowed: one as 2026-01-31") from None


def _cells(rows: Sequence[Entry], names: Mapping[str, str]) -> Iterator[Sequence[Any]]:
    for row in rows:
        detail = json.dumps(row.detail, ensure_ascii=False, sort_keys=True)
        yield row.id, told_time(row.at), row.actor, names.get(row.actor, ""), row.action, row.object, detail


def _checked(asked: Asked) -> NextStep:
    found = check_audit(asked.parts.database, asked.parts.store, secret=asked.secret)
    if found.faults:
        return NextStep(_("The log was changed: %(fault)s") % {"fault": found.faults[0]}, kind="bad")
    says = ngettext(
        "%(count)s row checked: none was changed, none is missing.",
        "%(count)s rows checked: none was changed, none is missing.",
        found.rows,
    )
    return NextStep(says % {"count": f"{found.rows:,}"}, kind="good")


ENDPOINTS = (Endpoint("/audit", ("GET",), Permission.AUDIT, show),)
