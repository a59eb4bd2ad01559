"""Where every part of a YAML text begins and ends, so that one part can be written anew and the rest stay as it is.

Offsets are into the text with line breaks as "\\n". A block that holds others ends where its last content ends:
comments behind it are nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from clew.files.scan import scan

Step = str | int
Way = tuple[Step, ...]  # keys and places in lists, from the top: ("stages", 2, "limit")


@dataclass(frozen=True)
class ScalarSpan:
    """One value; `start` is `end` where nothing is written."""

    start: int
    end: int
    text: str
    plain: bool = True

    @property
    def is_empty(self) -> bool:
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True)
class ListSpan:
    """A list; `flow`: in brackets."""

    start: int
    end: int
    items: Sequence[Span]
    flow: bool


@dataclass(frozen=True)
class MapSpan:
    """A group of keys; `flow`: in braces."""

    start: int
    end: int
    entries: Sequence[tuple[ScalarSpan, Span]]
    flow: bool

    def entry(self, key: str) -> tuple[ScalarSpan, Span] | None:
        """The first entry under a key."""
        return next((entry for entry in self.entries if entry[0].text == key), None)


Span = ScalarSpan | ListSpan | MapSpan


def spans(text: str) -> Span:
    """Return the spans of a YAML text. Raises FileProblems where it is none, or more than these files may use."""
    scan(text, Path("text"))
    events: Iterator[Any] = YAML(typ="safe", pure=True).parse(text)
    for event in events:
        if isinstance(event, DocumentStartEvent):
            break
    return _span(next(events), events, text)


def at(span: Span, way: Way) -> Span | None:
    """The span at a way, None where nothing is written there."""
    for step in way:
        if isinstance(span, MapSpan) and isinstance(step, str):
            entry = span.entry(step)
            if entry is None:
                return None
            span = entry[1]
        elif isinstance(span, ListSpan) and isinstance(step, int) and step < len(span.items):
            span = span.items[step]
        else:
            return None
    return span


def _span(event: Any, events: Iterator[Any], text: str) -> Span:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, ScalarEvent):
        written = text[start:end].rstrip("\n") if event.style in ("|", ">") else text[start:end]
        return ScalarSpan(start, start + len(written.rstrip(" ")), event.value, plain=not event.style)
    flow = bool(event.flow_style)
    if isinstance(event, SequenceStartEvent):
        items, closing = _items(events, text)
        return ListSpan(start, closing if flow else max(items[-1].end, start + 1), items, flow)
    assert isinstance(event, MappingStartEvent)
    entries, closing = _entries(events, text)
    last = max(entries[-1][1].end, _after_colon(text, entries[-1][0].end)) if entries and not flow else closing
    return MapSpan(start, closing if flow else last, entries, flow)


def _items(events: Iterator[Any], text: str) -> tuple[list[Span], int]:
    items: list[Span] = []
    for event in events:
        if isinstance(event, SequenceEndEvent):
            return items, event.end_mark.index
        items.append(_span(event, events, text))
    raise AssertionError("a list without end")


def _entries(events: Iterator[Any], text: str) -> tuple[list[tuple[ScalarSpan, Span]], int]:
    entries: list[tuple[ScalarSpan, Span]] = []
    for event in events:
        if isinstance(event, MappingEndEvent):
            return entries, event.end_mark.index
        key = _span(event, events, text)
        assert isinstance(key, ScalarSpan)
        value = _span(next(events), events, text)
        if isinstance(value, ScalarSpan) and value.plain and not value.text:
            value = ScalarSpan(key.end, key.end, "")  # where the parser says nothing is, comments may stand before it
        entries.append((key, value))
    raise AssertionError("a group of keys without end")


def _after_colon(text: str, key_end: int) -> int:
    return text.index(":", key_end) + 1
