"""From arrivals to rows, events, attributes, links and persons, by the mapping of their source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from clew.ingest.wires.model import Arrival, Refused, ShapedArrivals, Why
from clew.ingest.wires.sheet import RecordSheet
from clew.sources.blocks import Coded, Hashes, Position, Rejected, Rows, ShapedBlock
from clew.sources.mapped import needed_columns, tested_columns
from clew.sources.model import Source
from clew.sources.receiving import PERSONAL, kept_columns, personal_columns, record_column
from clew.sources.shape import Shaped, shape


def shape_arrivals(source: Source, arrivals: Sequence[Arrival], now: int) -> ShapedArrivals:
    """Shape arrivals as `clew.sources.shape` shapes the rows of an export.

    now  microseconds UTC: what lies more than a day after it is refused
    A row depends on nothing but the source and its record: its key on the event's id, its content on all that was sent.
    """
    usable = [number for number, arrival in enumerate(arrivals) if arrival.record is not None]
    sheet = RecordSheet([arrivals[number].record or {} for number in usable])
    shaped = shape(sheet, with_columns(source, sheet.names()), now=now)
    refused = [_undecoded(arrival) for arrival in arrivals if arrival.record is None]
    refused += [_refused(arrivals[usable[row.line]], row) for row in shaped.rejected]
    return ShapedArrivals(_block(source, shaped), [usable[line] for line in shaped.rows.line.tolist()], refused)


def with_columns(source: Source, names: Iterable[str]) -> Source:
    """Return the source with the properties and personal columns that records with these columns have."""
    present = list(names)
    personal = personal_columns(source, present)
    mapped = {record_column(name) for name in needed_columns(replace(source, personal=()))} - tested_columns(source)
    return replace(
        source, personal=tuple(personal), properties=tuple(kept_columns(source, present, [*mapped, *personal]))
    )


def _block(source: Source, shaped: Shaped) -> ShapedBlock:
    none: Hashes = np.empty(0, np.uint64)
    rows = replace(shaped.rows, personal=_unprefixed(shaped.rows), unusable_hi=none, unusable_lo=none)
    return ShapedBlock(
        file=source.path,
        start=Position(),
        next=Position(),
        first=0,
        read=len(rows),
        size=(0, 0),
        entities=shaped.entities,
        rows=rows,
        events=shaped.events,
        attributes=shaped.attributes,
        links=shaped.links,
        rejected=[],
        notes=shaped.notes,
    )


def _unprefixed(rows: Rows) -> Mapping[str, Coded]:
    """Call personal.note `note`, unless there is properties.note beside it."""
    plain = {name: name.removeprefix(PERSONAL) for name in rows.personal}
    return {name if plain[name] in rows.personal else plain[name]: coded for name, coded in rows.personal.items()}


def _undecoded(arrival: Arrival) -> Refused:
    return Refused(arrival, arrival.why or Why.NO_OBJECT, arrival.place, arrival.detail)


def _refused(arrival: Arrival, row: Rejected) -> Refused:
    """Without the offending text: it may be a person's, and the event is kept as it was sent."""
    place = record_column(row.column) if row.column else ""
    return Refused(arrival, Why.MAPPING, place, f"{row.reason.value}: {row.reason.sentence}")
