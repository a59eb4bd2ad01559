"""Everything known of one person, to be handed to them: record, personal properties, events in readable form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from clew.accounts.persons import PersonStore, Record, open_persons
from clew.archive.generation import Generation
from clew.archive.layout import EVENTS, PROPERTY, SUBJECT, SUPERSEDED, Array
from clew.archive.manifest import read_manifest
from clew.archive.model import NO_VALUE, UNIT, Names
from clew.archive.pieces import Piece
from clew.clock import NEVER, to_datetime

_NAMED = ("event", "team", "channel", "user")


def dossier(store: Path, identifier: str) -> dict[str, Any]:
    """Return what is known of the persons with this identifier or e-mail address, as JSON values; times are ISO, UTC.

    An unknown identifier gives empty lists.
    """
    with open_persons(store) as persons:
        records = persons.find(identifier)
        return {
            "asked": identifier,
            "persons": [_record(record) for record in records],
            "properties": _properties(persons, records),
            "events": sorted(_events(store, records), key=lambda event: (event["at"], event["event"])),
        }


def _record(record: Record) -> dict[str, Any]:
    return {
        "number": record.surrogate,
        "identifier": record.identifier,
        "email": record.email,
        "name": record.name,
        "role": record.role,
    }


def _properties(persons: PersonStore, records: Sequence[Record]) -> list[dict[str, str]]:
    found = persons.properties_of([record.surrogate for record in records])
    return [{"source": item.source, "name": item.name, "value": item.value} for item in found]


def _events(store: Path, records: Sequence[Record]) -> Iterator[dict[str, Any]]:
    generation = Generation(store, read_manifest(store))
    sources = {source.rank: name for name, source in generation.manifest.sources.items()}
    buckets = range(len(generation.manifest.buckets))
    tables = (generation.table(bucket, name) for bucket in buckets for name in (EVENTS, SUPERSEDED))
    yield from events_about(tables, generation.names, sources, [record.surrogate for record in records])


def events_about(
    tables: Iterable[Piece], names: Names, sources: Mapping[int, str], surrogates: Sequence[int]
) -> Iterator[dict[str, Any]]:
    """Yield the events of persons, spelt.

    tables      rows of events in the codes of `names`
    sources     name by rank
    surrogates  numbers of the persons
    """
    numbers, own = np.array(surrogates, np.int64), _own_entities(names, surrogates)
    for table in tables:
        if len(numbers) and len(table):
            yield from _spelt(table, _about(table, numbers, own), names, sources)


def _own_entities(names: Names, surrogates: Sequence[int]) -> Array:
    """Return the codes of the entities that stand for the persons themselves."""
    endings = tuple(f":person-{number}" for number in surrogates)
    alone = {f"contact:{number}" for number in surrogates}
    texts = names["entity"].texts()
    return np.array([code for code, text in enumerate(texts) if text in alone or text.endswith(endings)], np.int64)


def _about(table: Piece, numbers: Array, own: Array) -> Array:
    found = np.isin(table.column("contact"), numbers)
    for name in ("party", *(column for column in table.columns() if column.startswith(SUBJECT))):
        found |= np.isin(table.column(name), own)
    return np.flatnonzero(found)


def _spelt(table: Piece, rows: Array, names: Names, sources: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    wanted = {*table.columns(), *_NAMED, "value", "until", "party", "thread"}
    columns = {name: table.column(name)[rows].tolist() for name in wanted}
    for index in range(len(rows)):
        told = {name: column[index] for name, column in columns.items()}
        event = {
            "at": _time(told["at"]),
            "account": names["entity"].text(told["thread"] if told["thread"] >= 0 else told["party"]),
            "source": sources.get(told.get("source", 0), ""),
            "value": None if told["value"] == NO_VALUE else told["value"] / UNIT,
            "learnt": _time(told["known"]),
            "superseded": None if told["until"] == NEVER else _time(told["until"]),
        }
        event |= {name: names[name].text(told[name]) if told[name] >= 0 else None for name in _NAMED}
        event |= {name: _text(names, name, code) for name, code in told.items() if _is_said(name, code)}
        yield event


def _is_said(name: str, code: int) -> bool:
    return name.startswith((SUBJECT, PROPERTY)) and code >= 0


def _text(names: Names, name: str, code: int) -> str:
    return names["entity" if name.startswith(SUBJECT) else name].text(code)


def _time(at: int) -> str:
    return to_datetime(at).isoformat().replace("+00:00", "Z")
