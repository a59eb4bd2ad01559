"""The two lists of /rejected: what waits, by source, reason and field; and the events of one source and reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from clew.live.rejected.model import Group, Rejected
from clew.texts import N_
from clew.texts import gettext as _
from clew.web.frame.lists import Column, Filter, Listing
from clew.web.signing_in.reading import told_time

GROUP_COLUMNS = ("source", "reason", "field", "events", "first", "latest", "example")
ROW_COLUMNS = ("number", "source", "reason", "received_at", "field", "why")


# as `clew.ingest.wires.model.Why` has them
REASONS = (
    N_("no object"),
    N_("wrong field"),
    N_("no id"),
    N_("no time"),
    N_("too large"),
    N_("too deep"),
    N_("mapping"),
    N_("unknown type"),
    N_("no source"),
    N_("too many names"),
    N_("id used twice"),
    N_("crashed"),
    N_("in the future"),
)


def reason_words(reason: str) -> str:
    """Say why an event could not be used; what is no reason is said as it is."""
    return _(reason) if reason in REASONS else reason


def groups_listing(sources: Iterable[str]) -> Listing:
    """Declare the list of groups: unless asked otherwise in the order in which they are given."""
    return Listing(
        columns=(
            Column("source", _("Source")),
            Column("reason", _("Reason")),
            Column("place", _("Field")),
            Column("count", _("Events"), "num", rises=False),
            Column("first", _("First")),
            Column("last", _("Latest"), rises=False),
            Column("act", "", sorts=False),
        ),
        filters=(Filter("source", _("Source"), [(one, one) for one in sorted(sources)]),),
        search=_("Reason or field"),
    )


def group_value(group: Group, name: str) -> Any:
    """What `page_of` asks of a group."""
    return f"{group.reason} {group.place}" if name == "text" else getattr(group, name)


def group_cells(groups: Sequence[Group]) -> Iterator[Sequence[Any]]:
    """Yield the rows of the file."""
    for one in groups:
        times = (told_time(one.first), told_time(one.last))
        yield one.source, one.reason, one.place, one.count, *times, one.example


def rows_listing() -> Listing:
    """Declare the list of single events."""
    return Listing(
        columns=(
            Column("number", _("No."), "num", rises=False),
            Column("received", _("Received"), rises=False),
            Column("place", _("Field")),
            Column("why", _("Why"), sorts=False),
        ),
        sort="-number",
    )


def row_cells(rows: Sequence[Rejected]) -> Iterator[Sequence[Any]]:
    """Yield the rows of the file."""
    for one in rows:
        yield one.number, one.source, one.reason, told_time(one.received_at), one.place, one.detail
