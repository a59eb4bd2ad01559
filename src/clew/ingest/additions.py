"""What a load adds to the log, by table and bucket: staged rows, gathered only when a bucket is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property

import numpy as np

from clew.archive.layout import ATTRIBUTES, EVENTS, LINKS, LIVES, MENTIONS, PROPERTY, SUBJECT, Array, absent
from clew.archive.model import NO_CODE
from clew.archive.pieces import Chosen, Held, Joined, Piece
from clew.clock import ALWAYS, NEVER
from clew.ingest.naming import NamedBlock

_EVENT_COLUMNS = ("place", "at", "day", "value", "sequence")
_EVENT_CODES = ("event", "team", "channel", "user")


class _OfRows:
    """Columns that items of a block have from their rows."""

    def __init__(self, table: str, block: NamedBlock, row: Array) -> None:
        self._table, self._block, self._row = table, block, row

    def __len__(self) -> int:
        return len(self._row)

    def own(self) -> dict[str, Callable[[], Array]]:
        """Columns by name, read when called."""
        block, staged = self._block, self._block.staged
        return {
            "party": lambda: block.party[self._row],
            "row_hi": lambda: staged.array("hi")[self._row],
            "row_lo": lambda: block.lo[self._row],
            "known": lambda: block.known[self._row],
            "until": lambda: block.until[self._row],
            "source": lambda: np.full(len(self), block.rank, np.uint8),
        }

    @cached_property
    def _readers(self) -> dict[str, Callable[[], Array]]:
        return self.own()

    def columns(self) -> Collection[str]:
        return self._readers.keys()

    def column(self, name: str) -> Array:
        read = self._readers.get(name)
        return absent(self._table, name, len(self)) if read is None else read()


class StagedEvents(_OfRows):
    """Some events of a block."""

    def __init__(self, block: NamedBlock, items: Array) -> None:
        super().__init__(EVENTS, block, block.staged.array("events.row")[items])
        self._items = items

    def own(self) -> dict[str, Callable[[], Array]]:
        readers = super().own() | {name: self._plain(name) for name in _EVENT_COLUMNS}
        block, staged = self._block, self._block.staged
        readers |= {name: self._coded(name) for name in _EVENT_CODES if f"events.{name}" in block.codes}
        readers |= {SUBJECT + kind: self._subject(kind) for kind in staged.columns(SUBJECT)}
        readers |= {PROPERTY + name: self._property(name) for name in staged.columns(PROPERTY)}
        contact = block.contact
        if contact is not None:
            readers["contact"] = lambda: contact[self._row]
        return readers

    def _plain(self, name: str) -> Callable[[], Array]:
        return lambda: self._block.staged.array(f"events.{name}")[self._items]

    def _coded(self, name: str) -> Callable[[], Array]:
        array = f"events.{name}"
        return lambda: self._block.codes[array][self._block.staged.array(array)[self._items]]

    def _subject(self, kind: str) -> Callable[[], Array]:
        return lambda: self._block.codes["entity"][self._block.staged.array(SUBJECT + kind)[self._row]]

    def _property(self, name: str) -> Callable[[], Array]:
        array = PROPERTY + name
        return lambda: self._block.codes[array][self._block.staged.array(array)[self._row]]


class StagedAttributes(_OfRows):
    """The values of one attribute of a block."""

    def __init__(self, block: NamedBlock, number: int, items: Array) -> None:
        self._at = f"attributes.{number}."
        super().__init__(ATTRIBUTES, block, block.staged.array(self._at + "row")[items])
        self._number, self._items = number, items

    def own(self) -> dict[str, Callable[[], Array]]:
        block, staged, items = self._block, self._block.staged, self._items
        code = block.attribute_names[self._number]
        return super().own() | {
            "entity": self._entities,
            "name": lambda: np.full(len(self), code, np.int32),
            "value": lambda: block.codes[self._at + "value"][staged.array(self._at + "value")[items]],
            "at": lambda: staged.array(self._at + "at")[items],
            "place": lambda: np.full(len(self), self._number, np.uint8),
        }

    def _entities(self) -> Array:
        entity = self._block.codes["entity"][self._block.staged.array(self._at + "entity")[self._items]]
        return np.where(entity == NO_CODE, self._block.party[self._row], entity)


class _Grouped:
    """Items of a piece by bucket."""

    def __init__(self, table: str, piece: Callable[[Array], Piece], items: Array, party: Array) -> None:
        self.table, self._piece, self._items, self._party = table, piece, items, party

    def __len__(self) -> int:
        return len(self._items)

    def settle(self, homes: Array, buckets: int) -> set[int]:
        home = homes[self._party]
        order = np.argsort(home, kind="stable")
        self._items = self._items[order]
        self._bounds = np.searchsorted(home[order], np.arange(buckets + 1))
        return set(np.unique(home).tolist())

    def piece(self, number: int) -> Piece:
        return self._piece(self._items[self._bounds[number] : self._bounds[number + 1]])


class StagedAdditions:
    """Everything that the kept rows of named blocks tell."""

    def __init__(self, blocks: Sequence[NamedBlock]) -> None:
        self._blocks = blocks
        self._groups = [group for block in blocks for group in _groups(block) if group is not None]

    def settle(self, homes: Array, buckets: int) -> set[int]:
        return {number for group in self._groups for number in group.settle(homes, buckets)}

    def pieces(self, number: int, table: str) -> Sequence[Piece]:
        return [group.piece(number) for group in self._groups if group.table == table]

    @property
    def events(self) -> int:
        """Number of events."""
        return sum(len(group) for group in self._groups if group.table == EVENTS)

    @property
    def links(self) -> Piece:
        return Joined(LINKS, [links_of(block) for block in self._blocks])


def _groups(block: NamedBlock) -> Sequence[_Grouped | None]:
    """Items of a block by table, those whose row ended at once apart."""
    staged = block.staged
    groups = _split(EVENTS, lambda items: StagedEvents(block, items), staged.array("events.row"), block)
    for number in range(len(staged.attributes)):
        rows = staged.array(f"attributes.{number}.row")
        groups += _split(ATTRIBUTES, _attributes(block, number), rows, block)
    mentions = mentions_of(block)
    return groups + _split(MENTIONS, lambda items: Chosen(mentions, items), mentions.row, block)


def _attributes(block: NamedBlock, number: int) -> Callable[[Array], Piece]:
    return lambda items: StagedAttributes(block, number, items)


def _split(table: str, piece: Callable[[Array], Piece], rows: Array, block: NamedBlock) -> list[_Grouped | None]:
    kept = np.flatnonzero(block.kept[rows]).astype(np.int32)
    ends = block.until[rows[kept]] != NEVER
    groups: list[_Grouped | None] = []
    for name, items in ((table, kept[~ends]), (LIVES[table], kept[ends])):
        groups.append(_Grouped(name, piece, items, block.party[rows[items]]) if len(items) else None)
    return groups


class Mentions(Held):
    """Rows that tell of no event, once for each entity they name; `row` is the row of the block."""

    def __init__(self, columns: dict[str, Array], row: Array) -> None:
        super().__init__(MENTIONS, columns, len(row))
        self.row = row


def rows_without_events(block: NamedBlock) -> Array:
    """Return the kept rows that tell of no event."""
    silent = block.kept.copy()
    silent[block.staged.array("events.row")] = False
    return np.flatnonzero(silent)


def mentions_of(block: NamedBlock) -> Mentions:
    """Return whom the kept rows name that tell of no event."""
    rows = rows_without_events(block)
    entities = [block.party[rows]]
    entities += [block.entities(SUBJECT + kind)[rows] for kind in block.staged.columns(SUBJECT)]
    entity = np.concatenate(entities)
    row = np.tile(rows, len(entities))[entity != NO_CODE]
    columns = {name: read() for name, read in _OfRows(MENTIONS, block, row).own().items()}
    columns["at"] = _first_told(block)[row]
    return Mentions(columns | {"entity": entity[entity != NO_CODE]}, row)


def _first_told(block: NamedBlock) -> Array:
    """Return from when each row without events is known: its first dated link or attribute, else always."""
    staged = block.staged
    first = np.full(len(staged), NEVER, np.int64)
    for part in ("links", *(f"attributes.{number}" for number in range(len(staged.attributes)))):
        np.minimum.at(first, staged.array(f"{part}.row"), staged.array(f"{part}.at"))
    first[first == NEVER] = ALWAYS
    return first


def links_of(block: NamedBlock) -> Piece:
    """Return the links of the kept rows, in the order of the block."""
    rows = block.staged.array("links.row")
    items = np.flatnonzero(block.kept[rows])
    columns = {name: read() for name, read in _OfRows(LINKS, block, rows[items]).own().items() if name != "party"}
    columns |= {name: block.entities(f"links.{name}")[items] for name in ("left", "right")}
    if "links.word" in block.staged:
        columns["word"] = block.staged.array("links.word")[items]
    return Held(LINKS, columns | {"at": block.staged.array("links.at")[items]}, len(items))
