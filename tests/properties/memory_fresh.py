"""A fresh log in memory: what two exports told and what arrived since, as any number of processes see it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clew.clock import ALWAYS, NEVER
from clew.testing import MemoryView, memory_log, micros

EVENT, ATTRIBUTE, LINK = "event", "attribute", "link"
Told = tuple[str, Any]  # which table, and a row as memory_log takes it


@dataclass
class Store:
    """What is durable: rows of exports, rows of the tail in order of their positions, number of the latest load."""

    loaded: list[Told] = field(default_factory=list)
    tail: list[Told] = field(default_factory=list)
    loads: int = 1

    def load(self, rows: Sequence[Told]) -> None:
        self.loaded += rows
        self.loads += 1


class MemoryFresh:
    """A process's sight of a store, as of its last refresh."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.refresh()

    def refresh(self) -> None:
        self.position, self.generation = len(self._store.tail), self._store.loads
        self._loaded = list(self._store.loaded)

    def touched(self, since: int, until: int) -> list[str]:
        rows = self._store.tail[since:until]
        found = set()
        for as_of in self._turns():
            former, now = (self._threads(as_of, before) for before in (since, until))
            for kind, row in rows:
                for entity in row[:2] if kind == LINK else row[:1]:
                    found.add(now.get(_entity(entity), _entity(entity)))
            for entity in former.keys() | now.keys():
                one, other = former.get(entity, entity), now.get(entity, entity)
                found |= {one, other} if one != other else set()
        return sorted(found)

    def view_of(self, threads: Collection[str], as_of: int, *, before: int | None = None) -> MemoryView:
        of = self._threads(as_of, self.position if before is None else before)
        return self._view(as_of, before, {entity for entity, thread in of.items() if thread in threads})

    def next_after(self, threads: Collection[str], as_of: int) -> Mapping[str, int]:
        of = self._threads(as_of, self.position)
        found: dict[str, int] = {}
        for kind, row in self._rows(self.position):
            at = _at(kind, row)
            for entity in row[:2] if kind == LINK else row[:1]:
                thread = of[_entity(entity)]
                if at > as_of and thread in threads:
                    found[thread] = min(at, found.get(thread, NEVER))
        return found

    def view(self, as_of: int, buckets: int = 3) -> MemoryView:
        return self._view(as_of, None, None, buckets)

    def _view(self, as_of: int, before: int | None, entities: set[str] | None, buckets: int = 1) -> MemoryView:
        rows = self._rows(self.position if before is None else before)
        kept = [told for told in rows if entities is None or told[0] == LINK or _entity(told[1][0]) in entities]
        tables = ([row for table, row in kept if table == kind] for kind in (EVENT, ATTRIBUTE, LINK))
        return memory_log(*tables, subjects=("ticket",), as_of=as_of, buckets=buckets)

    def _rows(self, before: int) -> list[Told]:
        return self._loaded + self._store.tail[:before]

    def _threads(self, as_of: int, before: int) -> dict[str, str]:
        """Every entity with its thread at a moment, as the view of all says."""
        rows = self._rows(before)
        named = [_entity(entity) for kind, row in rows for entity in (row[:2] if kind == LINK else row[:1])]
        # A stand-in event for each entity makes the view tell its thread.
        events = [(entity, 0, "named") for entity in named]
        return dict(memory_log(events, links=[row for kind, row in rows if kind == LINK], as_of=as_of).entities)

    def _turns(self) -> set[int]:
        """Instants on both sides of every link."""
        links = [_at(kind, row) for kind, row in self._rows(self.position) if kind == LINK]
        return {NEVER - 1, *(at - 1 for at in links if at != ALWAYS)}


def _entity(written: str) -> str:
    return written if ":" in written else f"account:{written}"


def _at(kind: str, row: Any) -> int:
    if kind == EVENT:
        return micros(row[1])
    words = row[-1] if isinstance(row[-1], dict) else {}
    return micros(words["at"]) if "at" in words else ALWAYS
