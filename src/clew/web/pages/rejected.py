"""Rejected events: why they could not be used, the mapping mended, taken in again or discarded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.errors import UnknownName
from clew.files.scan import read_text
from clew.ingest.wires.model import Why
from clew.live.model import RejectedState
from clew.live.rejected import queries
from clew.live.rejected.actions import discard, replay
from clew.live.rejected.model import Chosen, Group, Preview, Rejected
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.lists import Page, exported, page_of, wanted_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.rejected_lists import (
    GROUP_COLUMNS,
    ROW_COLUMNS,
    group_cells,
    group_value,
    groups_listing,
    reason_words,
    row_cells,
    rows_listing,
)
from clew.web.pages.sources.editing import Edited, edit, not_saved
from clew.web.pages.sources.file import path_of
from clew.workspace.editing.writing import ChangedMeanwhile, digest_of
from clew.workspace.find import source_files

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.responses import Response

    from clew.web.request import Asked

MOST_TRIED = 200  # events that are tried while somebody waits for the page
OF_THE_MAPPING = (Why.MAPPING, Why.NO_SOURCE, Why.NAMES)  # reasons that another text of the file can end
_LONGEST = 20_000  # of a raw event on a page


def next_step(found: Sequence[Group]) -> NextStep:
    """Begin with what would bring back most."""
    if not found:
        return NextStep(_("No rejected event waits."), kind="good")
    most = found[0]
    told = {
        "events": events_words(most.count),
        "source": most.source,
        "reason": reason_words(most.reason),
        "place": most.place,
    }
    if most.place:
        says = _("%(events)s of %(source)s: %(reason)s, in the field %(place)s.") % told
    else:
        says = _("%(events)s of %(source)s: %(reason)s.") % told
    href = f"/rejected/{most.example}"
    if most.reason in OF_THE_MAPPING:
        return NextStep(says, _("Mend the mapping"), href, "bad")
    return NextStep(f"{says} {_('No mapping can mend that; the tool can.')}", _("Look at one"), href, "bad")


def events_words(count: int) -> str:
    """'1 event', '1,802 events'."""
    return ngettext("%(count)s event", "%(count)s events", count) % {"count": f"{count:,}"}


def by_use(found: Sequence[Group]) -> Sequence[Group]:
    """Put those first that somebody can mend here, of them those that would bring back most."""
    return sorted(found, key=lambda one: (one.reason not in OF_THE_MAPPING, -one.count, one.source))


def show(asked: Asked) -> Response:
    """The groups; with ?reason= the events of one, of ?source= where that is given."""
    source, reason = asked.query("source") or None, asked.query("reason") or None
    chosen = Chosen(source=source, reason=reason) if reason else None
    with asked.parts.database.read() as connection:
        every = by_use(queries.groups(connection))
        found = [one for one in every if source in (None, one.source)]
        rows = _rows(asked, connection, chosen) if chosen else None
    known = {one.source for one in every} | ({source} if source else set())
    wanted = None if rows else wanted_of(asked, groups_listing(known))
    groups = page_of(found, wanted, group_value) if wanted else None
    if groups and groups.wanted.form:
        return exported(asked, "rejected", GROUP_COLUMNS, group_cells(groups.rows), groups.wanted.form)
    if rows and rows.wanted.form:
        return exported(asked, "rejected-events", ROW_COLUMNS, row_cells(rows.rows), rows.wanted.form)
    return asked.page(
        "rejected.html.j2",
        next=_unknown(asked, source) or next_step(found),
        became=_became(asked),
        can_mend=reason in OF_THE_MAPPING,
        updates=("rejected",),
        listing=groups_listing(known),
        groups=groups,
        rows_listing=rows_listing(),
        rows=rows,
        source=source or "",
        reason=reason or "",
        events_words=events_words,
        reason_words=reason_words,
    )


def _rows(asked: Asked, connection: Connection, chosen: Chosen) -> Page[Rejected]:
    wanted = wanted_of(asked, rows_listing(), keep=("source", "reason"))
    how: dict[str, Any] = {"sort": wanted.sort, "falls": wanted.falls, "limit": wanted.limit}
    found = queries.page_of_rejected(connection, chosen, first=wanted.first, **how)
    total = queries.count(connection, chosen)
    return Page(found, wanted, total, wanted.first + len(found) < total)


def _unknown(asked: Asked, source: str | None) -> NextStep | None:
    """Say so where an address names a source that is none."""
    known = {path.stem for path in source_files(asked.parts.folder)}
    with asked.parts.database.read() as connection:
        if source is None or source in known or queries.groups(connection, source):
            return None
    says = _("There is no source '%(source)s', and no event of it waits.") % {"source": source[:80]}
    return NextStep(says, _("See all"), "/rejected", "bad")


def _became(asked: Asked) -> str:
    """What taking in again does, in figures; "" where that was not asked for."""
    tried, usable = asked.query("tried"), asked.query("usable")
    if not (tried.isdecimal() and len(tried) < 10):
        return ""
    if not (usable.isdecimal() and len(usable) < 10):
        words = _("%(events)s tried again; what can be used now leaves this list.")
        return words % {"events": events_words(int(tried))}
    told = {"events": events_words(int(tried)), "usable": f"{int(usable):,}", "stays": f"{int(tried) - int(usable):,}"}
    return _("%(events)s tried again: %(usable)s accepted, %(stays)s rejected as before.") % told


def show_one(asked: Asked) -> Response:
    """One event: as it was sent, why it was rejected, what would become of it now."""
    return page(asked, _number(asked))


def page(
    asked: Asked, number: int, *, edited: Edited | None = None, before: str = "", says: str = "", status: int = 200
) -> Response:
    """Draw it.

    edited  a mapping that was typed and not saved: the preview is of that one
    """
    asked.require(Permission.SEE_PERSONS)
    database = asked.parts.database
    with database.read() as connection:
        event, content = queries.one(connection, number)
        alike = queries.count(connection, Chosen(source=event.source, reason=event.reason))
    workspace = edited.workspace if edited else workspace_of(asked.parts)
    previews: Sequence[Preview] = ()
    if event.is_waiting and not (edited and edited.problems):
        previews = queries.try_again(database, workspace, [number], now=asked.now)
    asked.note_read("rejected event", number=number)
    saved = _file(asked, event.source)
    return asked.page(
        "rejected_one.html.j2",
        status=status,
        next=_next_of(event, previews, alike, is_saved=edited is None),
        event=event,
        can_mend=event.reason in OF_THE_MAPPING or bool(previews and previews[0].outcome != "rejected"),
        raw=_readable(content),
        previews=previews,
        alike=alike,
        events_words=events_words,
        reason_words=reason_words,
        text=edited.text if edited else saved,
        before=before or digest_of(saved or ""),
        problems=edited.problems if edited else (),
        says=says,
    )


def _next_of(event: Rejected, previews: Sequence[Preview], alike: int, *, is_saved: bool) -> NextStep:
    if not event.is_waiting:
        says = _("This event was taken in again.") if event.state == RejectedState.REPLAYED else _("It was discarded.")
        return NextStep(says, _("See the others"), "/rejected", "none")
    if previews and all(one.outcome != "rejected" for one in previews):
        if not is_saved:
            says = _("With this mapping it can be used. Save the mapping first.")
            return NextStep(says, _("Save it"), "#mapping", "good")
        do = _("Take in again: %(events)s") % {"events": events_words(alike)}
        return NextStep(_("It can be used now."), do, "#again", "good")
    if previews and previews[0].reason not in OF_THE_MAPPING:
        says = _("The event itself is at fault: mend what the tool sends. This one can only be discarded.")
        return NextStep(says, _("Go to what can be done"), "#again", "bad")
    says = _("It cannot be used as the mapping is. Mend the mapping, or discard it.")
    return NextStep(says, _("Mend"), "#mapping", "bad")


def mend(asked: Asked) -> Response:
    """Try a mapping without saving it (do=try), or save it."""
    number = _number(asked)
    with asked.parts.database.read() as connection:
        event, _content = queries.one(connection, number)
    edited, before = edit(asked, event.source), asked.form("before")
    if edited.problems or asked.form("do") == "try":
        says = not_saved(len(edited.problems)) if edited.problems else ""
        status = 422 if edited.problems else 200
        return page(asked, number, edited=edited, before=before, says=says, status=status)
    try:
        edited.save(asked, before=before)
    except ChangedMeanwhile as refused:
        return page(asked, number, edited=edited, before=before, says=str(refused), status=409)
    return asked.go(f"/rejected/{number}?said=source-saved#said")


def settle(asked: Asked) -> Response:
    """Take in again, or discard: one event, or all of a source and reason."""
    numbers = [int(text) for text in asked.forms("number") if text.isdecimal() and len(text) < 19]
    chosen = Chosen(numbers or None, asked.form("source") or None, asked.form("reason") or None)
    by: dict[str, Any] = {"by": asked.actor, "now": asked.now, "secret": asked.secret}
    if asked.form("do") == "discard":
        discard(asked.parts.database, chosen, **by)
        return asked.go("/rejected?said=discarded#said")
    usable = _usable(asked, chosen)
    tried = replay(asked.parts.database, chosen, **by)
    return asked.go(f"/rejected?said=replayed&tried={tried}{usable}#said")


def _usable(asked: Asked, chosen: Chosen) -> str:
    """Say how many of them can be used now, as a part of an address; "" where they are too many to try beforehand."""
    with asked.parts.database.read() as connection:
        numbers = [one.number for one in queries.listed(connection, chosen, most=MOST_TRIED + 1)]
    if len(numbers) > MOST_TRIED:
        return ""
    previews = queries.try_again(asked.parts.database, workspace_of(asked.parts), numbers, now=asked.now)
    refused = {one.number for one in previews if one.outcome == "rejected"}
    return f"&usable={len(numbers) - len(refused)}"


def _number(asked: Asked) -> int:
    return int(asked.request.path_params["number"])


def _file(asked: Asked, source: str) -> str | None:
    """The mapping's text, None where its file is gone."""
    try:
        return read_text(path_of(asked.parts.folder, source))
    except UnknownName:
        return None


def _readable(content: bytes) -> str:
    """The event as it was sent, indented where it is JSON."""
    text = content.decode("utf-8", "backslashreplace")
    try:
        told: Any = json.loads(text)
        text = json.dumps(told, indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        pass
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "\n… " + _("cut")


ENDPOINTS = (
    Endpoint("/rejected", ("GET",), Permission.CONNECT, show),
    Endpoint("/rejected", ("POST",), Permission.CONNECT, settle),
    Endpoint("/rejected/{number:int}", ("GET",), Permission.CONNECT, show_one),
    Endpoint("/rejected/{number:int}/mapping", ("POST",), Permission.CONNECT, mend),
)
