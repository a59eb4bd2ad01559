"""Which columns of an export a source speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from clew.sources.model import EventSpec, Source

_PLACE = re.compile(r"\{([^{}]+)\}")


def template_parts(text: str) -> list[tuple[str, str | None]]:
    """Split "{status} / {sub_status}" into [("", "status"), (" / ", "sub_status"), ("", None)]: text before, column."""
    parts: list[tuple[str, str | None]] = []
    last = 0
    for place in _PLACE.finditer(text):
        parts.append((text[last : place.start()], place[1]))
        last = place.end()
    return [*parts, (text[last:], None)]


def needed_columns(source: Source) -> list[str]:
    """Return the columns that must be there, each once: those of the file, of its joins, personal ones included."""
    return list(dict.fromkeys([*_named(source), *(source.properties or ()), *source.personal]))


def property_columns(source: Source, present: Iterable[str]) -> list[str]:
    """Return the columns kept with each event: those named, else all that the source speaks of nowhere."""
    if source.properties is not None:
        return list(source.properties)
    elsewhere = {*_named(source), *source.personal} - tested_columns(source)
    return [name for name in present if name not in elsewhere]


def joined_columns(source: Source) -> set[str]:
    """Return the columns that joins bring to the rows."""
    return {name for join in source.joins for name in (*join.per, *join.sum, *join.columns)}


def tested_columns(source: Source) -> set[str]:
    """Return columns that stand in `when` and nowhere else: their values would be lost if they were no properties."""
    tested = {name for event in source.events for name in event.when}
    return tested - set(_named(replace(source, events=tuple(replace(event, when={}) for event in source.events))))


def _named(source: Source) -> Iterator[str]:
    yield from source.id
    for _, column in (*([source.account] if source.account else []), *(pair for link in source.links for pair in link)):
        yield column
    yield from source.subjects.values()
    for event in source.events:
        yield from _of_event(event)
    for attribute in source.attributes:
        yield attribute.column
        yield from (name for name in (attribute.at,) if name)
    contact = source.contact
    wanted = (contact.id, contact.email, contact.name, contact.role) if contact else ()
    yield from (name for name in (*wanted, source.formerly, source.linked_at, source.learnt) if name)
    yield from (name for join in source.joins for name in join.on)


def _of_event(event: EventSpec) -> Iterator[str]:
    yield event.at
    yield from (column for _, column in template_parts(event.event) if column)
    for given in (event.team, event.channel, event.by):
        if given and given.column:
            yield given.column
    yield from (name for name in (event.value, event.sequence) if name)
    yield from event.when
