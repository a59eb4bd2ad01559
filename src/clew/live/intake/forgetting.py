"""Events that name an erased person, as they may be kept: without the person.

An event keeps its place: a number stands for the person, as in the log. What is left of it is its own affair, as the
amount; what is said of the person goes: names, addresses, telephone numbers, the object `personal`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec

from clew.accounts.persons import PersonStore, erased
from clew.ingest.wires.model import Record, Why
from clew.ingest.wires.values import Written, encodable
from clew.live.intake.model import Coming, Fate, Outcome
from clew.live.intake.texts import texts_of, tree_of
from clew.sources.receiving import PERSONS

ERASED = "its event named a person who was erased; it is not kept"
UNSEARCHED = "whether its event names a person who was erased could not be told; it is not kept"

_ABOUT_PERSONS = frozenset({"personal", "avatar", *PERSONS})  # keys whose values go wherever they stand
_OF_PERSON = frozenset({"contact", "traits", "$set", "$set_once"})  # objects whose "name" is the person's
_WHO = ("person", "user", "anonymous", "previous", "email")  # columns of a record that name a person
_Change = Callable[[str], str]


def without_erased(fate: Fate, persons: PersonStore) -> Fate:
    """Return a fate whose event, if it is kept as it was sent, names no erased person."""
    if not persons.erased_any:
        return fate
    raw = forgotten(fate.coming, persons)
    if raw is None:
        return fate
    coming = replace(fate.coming, arrival=replace(fate.coming.arrival, raw=raw), headers=None)
    return replace(fate, coming=coming, detail=ERASED, erased=True)


def forgotten(coming: Coming, persons: PersonStore, names: Collection[str] = ()) -> bytes | None:
    """Return an event without the erased persons whom it names; None where it names none.

    names    what an erased person was called, beside the identifiers of which the store has tombstones
    Returns  JSON that can be decoded as before; b"" where the event was no JSON, or nested too deeply to be rewritten
    """
    persons_named = None if coming.arrival.record is None else frozenset(who(coming.arrival.record))
    called = frozenset(name.casefold() for name in names)

    @cache
    def change(text: str) -> str:
        is_person = persons_named is None or "@" in text or text in persons_named
        number = persons.former_number(text) if is_person else None
        if number is not None:
            return erased(number)
        return "" if text.casefold() in called else persons.cleaned_value(text)

    event = tree_of(coming.arrival.raw)
    if event is ...:
        return b"" if _names_any(coming.arrival.raw, change, called) else None
    changed = _changed(event, change)
    return None if changed == event else _written(_bare(changed))


def unsearchable(fate: Fate) -> Fate:
    """Return a fate whose event is not kept, because looking for erased persons in it failed."""
    coming = replace(fate.coming, arrival=replace(fate.coming.arrival, raw=b""), headers=None)
    why = fate.why or Why.CRASHED
    return replace(fate, coming=coming, outcome=Outcome.REJECTED, why=why, detail=UNSEARCHED, erased=True)


def _names_any(raw: bytes, change: _Change, called: Collection[str]) -> bool:
    """Whether an event that cannot be rewritten names an erased person, inside a longer text too."""
    whole = raw.decode("utf-8", "replace").casefold()
    return any(name in whole for name in called) or any(change(text) != text for text in texts_of(raw))


def _written(event: Any) -> bytes:
    try:
        return msgspec.json.encode(encodable(event))
    except (UnicodeEncodeError, ValueError):  # half a character: nothing that could be decoded again
        return b""


def who(record: Record) -> Iterator[str]:
    """Yield the identifiers of persons that a record names."""
    for column in _WHO:
        if record.get(column) is not None:
            yield str(record[column])


def _changed(value: Any, change: _Change) -> Any:
    """Return a JSON value with every text changed; numbers that are identifiers become texts."""
    if isinstance(value, dict):
        return {change(key): _changed(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [_changed(each, change) for each in value]
    if value is None or isinstance(value, bool | float | Written):
        return value
    told = str(value)
    return value if change(told) == told else change(told)


def _bare(value: Any, *, of_person: bool = False) -> Any:
    """Return a JSON value without what is said of persons."""
    if isinstance(value, list):
        return [_bare(each, of_person=of_person) for each in value]
    if not isinstance(value, dict):
        return value
    gone = _ABOUT_PERSONS | ({"name"} if of_person else frozenset())
    return {key: _bare(each, of_person=key in _OF_PERSON) for key, each in value.items() if key not in gone}
