"""A view spelt out in words: the same for the same log, whatever codes, buckets or generations it lies in."""

from __future__ import annotations

from typing import Any

from clew.archive.layout import EVENTS, PROPERTY, SUBJECT
from clew.archive.pieces import Piece
from clew.archive.reader import LogBucket, View

_DICTIONARIES = {"party": "entity", "event": "event", "team": "team", "channel": "channel", "user": "user"}
_PLAIN = ("at", "day", "value", "sequence", "place", "row_hi", "row_lo", "known", "contact")

Spelt = dict[str, Any]


def spell(view: View, *, learnt: bool = True) -> Spelt:
    """Return a small log as plain values: events and attributes by thread in their order, entities by kind.

    learnt  with the times at which things were learnt
    """
    threads: dict[str, list[Any]] = {}
    attributes: dict[str, list[Any]] = {}
    for bucket in view.buckets():
        for thread, event in _events(view, bucket, learnt):
            threads.setdefault(thread, []).append(event)
        for thread, attribute in _attributes(view, bucket, learnt):
            attributes.setdefault(thread, []).append(attribute)
    return {
        "threads": dict(sorted(threads.items())),
        "attributes": dict(sorted((thread, sorted(told)) for thread, told in attributes.items())),
        "entities": {kind: _entities(view, kind) for kind in view.entity_kinds()},
        "undated": sorted(view.undated),
    }


def _events(view: View, bucket: LogBucket, learnt: bool) -> list[tuple[str, Spelt]]:
    table = bucket.table(EVENTS)
    columns = {name: table.column(name).tolist() for name in _PLAIN if learnt or name != "known"}
    for name in (*_DICTIONARIES, *_named(table)):
        columns[name] = _words(view, _dictionary(name), table.column(name).tolist())
    columns["source"] = [view.sources[rank] for rank in table.column("source").tolist()]
    threads = _words(view, "entity", table.column("thread").tolist())
    events = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    # What nobody said reads the same whether the column was written or not.
    return [(str(thread), _without_nothing(event)) for thread, event in zip(threads, events, strict=True)]


def _without_nothing(event: Spelt) -> Spelt:
    return {name: value for name, value in event.items() if value is not None}


def _named(table: Piece) -> list[str]:
    return sorted(name for name in table.columns() if name.startswith((SUBJECT, PROPERTY)))


def _dictionary(column: str) -> str:
    return "entity" if column.startswith(SUBJECT) else _DICTIONARIES.get(column, column)


def _words(view: View, dictionary: str, codes: list[int]) -> list[str | None]:
    texts = view.names[dictionary].texts()
    return [texts[code] if code >= 0 else None for code in codes]


def _attributes(view: View, bucket: LogBucket, learnt: bool) -> list[tuple[str, tuple[Any, ...]]]:
    table = bucket.attributes
    threads = _words(view, "entity", table.thread.tolist())
    entities = _words(view, "entity", table.entity.tolist())
    names = _words(view, "attribute", table.name.tolist())
    values = [
        view.names[f"attribute:{name}"].text(code) for name, code in zip(names, table.value.tolist(), strict=True)
    ]
    known = table.known.tolist() if learnt else [0] * len(table)
    told = zip(entities, names, table.at.tolist(), values, known, strict=True)
    return [(str(thread), row) for thread, row in zip(threads, told, strict=True)]


def _entities(view: View, kind: str) -> list[tuple[str, str]]:
    entity, thread = view.threads_of(kind)
    texts = view.names["entity"].texts()
    return sorted((texts[e], texts[t]) for e, t in zip(entity.tolist(), thread.tolist(), strict=True))
