"""Acts on their way in: whom they name, as the person store knows them, and the source that tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from clew.accounts.persons import PersonStore, erased, normal
from clew.acts.model import SOURCE
from clew.acts.source import WIRE, telling
from clew.acts.vocabulary import PERSON
from clew.ingest.arriving.model import Arriving
from clew.ingest.wires.model import EVENT, Why
from clew.live.intake.model import Coming
from clew.sources.model import Source

UNKNOWN = "nobody has this number in the person store"
_WHO = ("person", "user")  # columns with the identifier


def body_of(row: Any) -> Arriving:
    """Return an act's row as the body of which its event is the whole."""
    return Arriving(SOURCE, WIRE, EVENT, row.at, bytes(row.body))


def fitting(source: Source, comings: Sequence[Coming]) -> Source:
    """Return a source as these events need it: the built-in one tells of whatever they name."""
    if source.name != SOURCE:
        return source
    return telling(column for coming in comings for column in coming.arrival.record or ())


def known_by(comings: Iterable[Coming], persons: PersonStore) -> list[Coming]:
    """Return events with acts naming persons by the identifier under which the store has their number."""
    return [_known(coming, persons) if coming.source == SOURCE else coming for coming in comings]


def _known(coming: Coming, persons: PersonStore) -> Coming:
    record = coming.arrival.record
    if record is None or "person" not in record:
        return coming
    said = str(record["person"])
    identifier = _identifier(said, persons)
    if identifier == said:
        return coming
    if identifier is None:
        nobody = replace(coming.arrival, record=None, why=Why.FIELD, place="contact", detail=UNKNOWN)
        return replace(coming, arrival=nobody)
    named = {**record, **dict.fromkeys(_WHO, identifier)}
    return replace(coming, arrival=replace(coming.arrival, record=named))


def _identifier(said: str, persons: PersonStore) -> str | None:
    """Return the identifier of the person who is meant; None for a number that nobody has."""
    if said.startswith(PERSON):
        return _of_number(said.removeprefix(PERSON), persons)
    found = [record for record in persons.find(said) if record.identifier]
    if not found or any(record.identifier == normal(said) for record in found):
        return said
    return min(found, key=lambda record: record.surrogate).identifier


def _of_number(number: str, persons: PersonStore) -> str | None:
    if not (number.isascii() and number.isdigit()):
        return None
    record = persons.record(int(number))
    return None if record is None else record.identifier or erased(record.surrogate)
