"""How many names of properties events may bring: each is a column of the log, and costs as much as its rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from clew.ingest.wires.model import Record, Why
from clew.ingest.wires.shaping import with_columns
from clew.live.intake.model import Coming, Fate, Outcome
from clew.sources.model import Source
from clew.sources.receiving import PROPERTIES, plain_name

NAMES = 1_000  # different names of properties that the events of one source may bring, ever
CELLS = 2_000_000  # rows times names of one block
MANY = (
    f"the events of this source brought {NAMES:,} different names of properties already, and this one has another; put "
    "what differs from event to event into a value, or list under 'properties' in the source's file which are kept"
)


def is_too_wide(comings: Sequence[Coming]) -> bool:
    """Say whether several events together would be too wide a table."""
    return len(comings) > 1 and len(comings) * len(_present(comings)) > CELLS


def within_names(
    source: Source, comings: Sequence[Coming], known: Collection[str]
) -> tuple[Sequence[Coming], Sequence[Fate]]:
    """Part events whose properties the log has room for from those that bring one name too many.

    known  names that events of the source brought before; they are never refused
    """
    if source.properties is not None:
        return comings, ()
    fresh = {name for name in with_columns(source, _present(comings)).properties or () if name not in known}
    room = NAMES - len(known)
    if len(fresh) <= room:
        return comings, ()
    fitting, refused, admitted = list[Coming](), list[Fate](), set[str]()
    for coming in comings:
        new = {name for name in _properties(coming.arrival.record or {}) if name in fresh} - admitted
        if new and len(admitted) + len(new) > room:
            refused.append(Fate(coming, Outcome.REJECTED, Why.NAMES, f"{PROPERTIES}{min(new)}", MANY))
        else:
            fitting.append(coming)
            admitted |= new
    return fitting, refused


def _present(comings: Sequence[Coming]) -> Collection[str]:
    return set[str]().union(*(coming.arrival.record or () for coming in comings))


def _properties(record: Record) -> Iterator[str]:
    return (plain_name(column) for column in record if column.startswith(PROPERTIES))
