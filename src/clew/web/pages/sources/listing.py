"""GET /sources: every source and how it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from clew.access.model import Permission
from clew.access.write_keys import all_keys
from clew.clock import DAY_US
from clew.live.rejected.queries import waiting_by_source
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.lists import Column, Filter, Listing, exported, page_of, wanted_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.sources.standing import SourceStanding, standings
from clew.web.queries.arrivals import counts_since, last_minutes
from clew.web.signing_in.reading import told_time

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


def all_standings(asked: Asked, connection: Connection) -> list[SourceStanding]:
    """Say how every source stands now."""
    return standings(
        workspace_of(asked.parts),
        keys=all_keys(connection),
        today=counts_since(connection, asked.now - DAY_US),
        ever=last_minutes(connection),
        waiting=waiting_by_source(connection),
        now=asked.now,
    )


def next_step(found: list[SourceStanding]) -> NextStep:
    """Mend a file, else bring a source to its first event, else connect one more."""
    faulty = next((source for source in found if source.problems), None)
    if faulty:
        count = len(faulty.problems)
        words = ngettext("holds %(count)d mistake", "holds %(count)d mistakes", count) % {"count": count}
        says = _("The file of %(name)s %(holds)s.") % {"name": faulty.name, "holds": words}
        return NextStep(says, _("Mend it"), f"/sources/{faulty.name}", "bad")
    waiting = next((source for source in found if source.receives and source.state[0] == "waiting"), None)
    if waiting:
        says = _("Source %(name)s: %(state)s.") % {"name": waiting.name, "state": _(waiting.state[1])}
        return NextStep(says, _("Go on with it"), f"/sources/{waiting.name}")
    if not any(source.receives for source in found):
        says = _("No source receives events yet. Connect a tool that your firm already has.")
        return NextStep(says, _("Connect a source"), "/sources/new")
    says = _("Every source receives or reads what it should.")
    return NextStep(says, _("Connect one more"), "/sources/new", "good")


FILES = "files"
COLUMNS = (
    "name", "receives", "state", "received_24h", "accepted_24h", "duplicate_24h", "late_24h", "rejected_waiting",
    "latest",
)  # fmt: skip


def listing(found: Sequence[SourceStanding]) -> Listing:
    """Declare the list."""
    states = {source.state[1]: _(source.state[1]) for source in found}
    kinds = {value_of(source, "receives"): receives_words(source) for source in found}
    return Listing(
        columns=(
            Column("name", _("Source")),
            Column("receives", _("Receives")),
            Column("state", _("State")),
            Column("received", _("Received"), "num", rises=False),
            Column("accepted", _("Accepted"), "num", rises=False),
            Column("duplicate", _("Duplicate"), "num", rises=False),
            Column("late", _("Late"), "num", rises=False),
            Column("waiting", _("Rejected, waiting"), "num", rises=False),
            Column("ever", _("Latest"), rises=False),
        ),
        filters=(
            Filter("receives", _("Receives"), sorted(kinds.items())),
            Filter("state", _("State"), sorted(states.items())),
        ),
        search=_("Name"),
    )


def receives_words(source: SourceStanding) -> str:
    """What it receives: the wire of its events, or files."""
    return source.receives or _("files")


def value_of(source: SourceStanding, name: str) -> Any:
    """What `page_of` asks of a source; one that reads files has no counts of events."""
    told = {"name": source.name, "text": source.name, "receives": source.receives or FILES, "state": source.state[1]}
    if name in told:
        return told[name]
    if not source.receives:
        return None
    return (
        {"waiting": source.waiting, "ever": source.ever}[name]
        if name in ("waiting", "ever")
        else getattr(source.today, name)
    )


def _cells(found: Sequence[SourceStanding]) -> Iterator[Sequence[Any]]:
    for one in found:
        counts = [value_of(one, name) for name in ("received", "accepted", "duplicate", "late", "waiting")]
        yield one.name, one.receives or FILES, one.state[1], *counts, told_time(value_of(one, "ever"))


def show(asked: Asked) -> Response:
    """The page, or the list as a file."""
    with asked.parts.database.read() as connection:
        found = all_standings(asked, connection)
    declared = listing(found)
    page = page_of(found, wanted_of(asked, declared), value_of)
    if page.wanted.form:
        return exported(asked, "sources", COLUMNS, _cells(page.rows), page.wanted.form)
    others = [one for one in workspace_of(asked.parts).problems if not any(one in each.problems for each in found)]
    return asked.page(
        "sources.html.j2",
        listing=declared,
        page=page,
        has_sources=bool(found),
        receives_words=receives_words,
        next=next_step(found),
        updates=("arrived",),
        others=others,
    )


ENDPOINTS = (Endpoint("/sources", ("GET",), Permission.CONNECT, show),)
