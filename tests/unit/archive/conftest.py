"""A small log written by hand: events in readable form, without any export or loader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.archive.draft import Change, Draft
from clew.archive.endings import Endings
from clew.archive.layout import ATTRIBUTES, EVENTS, LINKS, MENTIONS
from clew.archive.manifest import Load, LoadedSource, read_manifest
from clew.archive.pieces import Chosen, Held, Piece
from clew.archive.reader import Archive, open_archive
from clew.clock import ALWAYS


class ByBucket:
    """Additions held in memory."""

    def __init__(self, tables: dict[str, Held]) -> None:
        self._tables = tables

    def settle(self, homes: Any, buckets: int) -> set[int]:
        self._homes = homes
        return {int(b) for table in self._tables.values() for b in homes[table.column("party")]}

    def pieces(self, number: int, table: str) -> Sequence[Piece]:
        held = self._tables.get(table)
        return [Chosen(held, np.flatnonzero(self._homes[held.column("party")] == number))] if held else []


@dataclass
class Story:
    """What one load tells: events (key, party, at, name[, more]), attributes, links, mentions; `ends` closes keys."""

    now: int
    events: list[dict[str, Any]] = field(default_factory=list)
    attributes: list[tuple[int, str, str, str, int]] = field(default_factory=list)
    links: list[tuple[int, str, str, int]] = field(default_factory=list)
    mentions: list[tuple[int, str]] = field(default_factory=list)
    ends: list[tuple[int, str]] = field(default_factory=list)


def _columns(draft: Draft, rows: list[dict[str, Any]], dictionaries: dict[str, str]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in {name for row in rows for name in row}:
        values = [row.get(name) for row in rows]
        if name in dictionaries:
            given = [v for v in values if v is not None]
            codes = dict(zip(given, draft.names.add(dictionaries[name], given), strict=True))
            columns[name] = np.array([codes.get(v, -1) for v in values], np.int32)
        else:
            columns[name] = np.array([0 if v is None else v for v in values])
    return columns


def write_story(store: Path, story: Story, per_bucket: int) -> Archive:
    former = read_manifest(store)
    draft = Draft(store, former)
    kinds = {n: "entity" for e in story.events for n in e if n.startswith("subject:")}
    own = {n: n for e in story.events for n in e if n.startswith("property:")}
    names = {"party": "entity", "event": "event", "team": "team", **kinds, **own}
    events = [
        {"known": story.now, "source": 0, "day": False, "row_lo": 0} | e | {"row_hi": np.uint64(e["key"])}
        for e in story.events
    ]
    tables = (
        {EVENTS: Held(EVENTS, _columns(draft, [{k: v for k, v in e.items() if k != "key"} for e in events], names))}
        if events
        else {}
    )
    told = [
        {"row_hi": k, "row_lo": 0, "party": e, "entity": e, "name": n, "text": v, "at": at, "known": story.now}
        for k, e, n, v, at in story.attributes
    ]
    if told:
        columns = _columns(draft, told, {"party": "entity", "entity": "entity", "name": "attribute"})
        columns["value"] = np.array([draft.names.add(f"attribute:{t['name']}", [str(t["text"])])[0] for t in told])
        del columns["text"]
        tables[ATTRIBUTES] = Held(ATTRIBUTES, columns)
    mentioned = [{"row_hi": k, "party": e, "entity": e, "known": story.now} for k, e in story.mentions]
    if mentioned:
        tables[MENTIONS] = Held(MENTIONS, _columns(draft, mentioned, {"party": "entity", "entity": "entity"}))
    linked = [{"row_hi": k, "left": a, "right": b, "at": at, "known": story.now} for k, a, b, at in story.links]
    links = Held(LINKS, _columns(draft, linked, {"left": "entity", "right": "entity"}), len(linked))
    keys = [key for key, _ in story.ends]
    endings = Endings.joined(
        [
            Endings(
                np.array(keys, np.uint64),
                np.zeros(len(keys), np.uint64),
                np.full(len(keys), story.now),
                np.array(draft.names.add("entity", [party for _, party in story.ends]), np.int32),
            )
        ]
    )
    draft.write(Change(len(events), links, endings, ByBucket(tables), {"told": 0}), per_bucket=per_bucket)
    draft.publish({"told": LoadedSource(0, "v1")}, Load(story.now, ("told",), len(events)))
    return open_archive(store)


@dataclass
class Book:
    """A store and the way to write into it."""

    store: Path
    per_bucket: int = 500_000

    def tell(self, now: int, **parts: Any) -> Archive:
        return write_story(self.store, Story(now, **parts), self.per_bucket)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / ".clew")


@pytest.fixture
def read_events() -> Callable[[Any], dict[str, list[tuple[int, str]]]]:
    return _read_events


def _read_events(view: Any) -> dict[str, list[tuple[int, str]]]:
    """Spell out a view: thread -> [(at, event name)] in order."""
    spelt: dict[str, list[tuple[int, str]]] = {}
    entities, names = view.names["entity"], view.names["event"]
    for bucket in view.buckets():
        for thread, at, event in zip(bucket.thread, bucket.at, bucket.event, strict=True):
            spelt.setdefault(entities.text(thread), []).append((int(at), names.text(event)))
    return spelt


UNDATED = ALWAYS
