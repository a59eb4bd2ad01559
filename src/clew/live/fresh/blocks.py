"""A block of the tail in the codes of this process, as rows of the tables of the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clew.accounts.persons import PersonStore, open_persons
from clew.archive.layout import ATTRIBUTES, EVENTS, LINKS, MENTIONS, SUBJECT, Array, column_of, narrowed
from clew.archive.pieces import Held, Joined, Piece
from clew.ingest.additions import StagedAttributes, StagedEvents, links_of, mentions_of
from clew.ingest.naming import NamedBlock, Naming
from clew.ingest.staged import Staged
from clew.live.fresh.names import FreshNames
from clew.sources.model import Source

POSITION = "position"


@dataclass(frozen=True)
class TailBlock:
    """A row of `tail_block`: position of its first row, source, when it was learnt, the staged rows."""

    position: int
    source: str
    learnt_at: int
    staged: Staged


@dataclass(frozen=True)
class Told:
    """What rows of the tail tell: tables by name, each row with its position, and the party of every row.

    subjects  kinds of entities that are things of accounts
    """

    tables: Mapping[str, Piece]
    party: Array
    position: Array
    subjects: frozenset[str]


class _Nobody(PersonStore):
    """Stands in where a block tells no person: its contacts are numbers already."""

    def __init__(self) -> None:
        self.erased_any = False


class Reading:
    """Gives blocks of the tail the codes of this process.

    sources  definitions, for blocks whose persons are not numbered yet
    """

    def __init__(self, store: Path, names: FreshNames, sources: Mapping[str, Source]) -> None:
        self._store, self._names, self._sources = store, names, sources

    def read(self, blocks: Sequence[TailBlock], ranks: Mapping[str, int]) -> Told:
        """Take the texts of blocks into the dictionaries, and put what they tell together."""
        named = [(block, self._named(block, ranks[block.source])) for block in blocks]
        told = [piece for block, each in named for piece in _pieces(each, block.position)]
        tables = {
            name: _held(name, [piece for table, piece in told if table == name])
            for name in (EVENTS, ATTRIBUTES, MENTIONS, LINKS)
        }
        return Told(
            tables,
            party=np.concatenate([np.empty(0, np.int32), *(each.party for _, each in named)]),
            position=np.concatenate([np.empty(0, np.int64), *(_positions(block) for block in blocks)]),
            subjects=frozenset(kind for block in blocks for kind in block.staged.columns(SUBJECT)),
        )

    def _named(self, block: TailBlock, rank: int) -> NamedBlock:
        source = self._sources.get(block.source) or Source(block.source, rank, "", Path(), ())
        if block.staged.numbered:
            return Naming(source, self._names, _Nobody(), block.learnt_at).name(block.staged, file=0, rank=rank)
        with open_persons(self._store) as persons, persons.transaction():
            return Naming(source, self._names, persons, block.learnt_at).name(block.staged, file=0, rank=rank)


def _positions(block: TailBlock) -> Array:
    return np.arange(block.position, block.position + len(block.staged), dtype=np.int64)


def _pieces(block: NamedBlock, position: int) -> Iterator[tuple[str, Piece]]:
    for table, piece, rows in _tables(block):
        if len(rows):
            yield table, _placed(table, piece, rows, position)


def _tables(block: NamedBlock) -> Iterator[tuple[str, Piece, Array]]:
    """Yield what a block tells, table by table, with the row of the block that each item is from."""
    staged = block.staged
    rows = staged.array("events.row")
    yield EVENTS, StagedEvents(block, np.arange(len(rows))), rows
    for number in range(len(staged.attributes)):
        rows = staged.array(f"attributes.{number}.row")
        yield ATTRIBUTES, StagedAttributes(block, number, np.arange(len(rows))), rows
    mentions = mentions_of(block)
    yield MENTIONS, mentions, mentions.row
    yield LINKS, links_of(block), staged.array("links.row")


def _placed(table: str, piece: Piece, rows: Array, position: int) -> Piece:
    columns = {name: piece.column(name) for name in piece.columns() if name != "until"}
    return Held(table, columns | {POSITION: position + np.asarray(rows, np.int64)}, len(piece))


def _held(table: str, pieces: Sequence[Piece]) -> Held:
    """Copy rows out of the blocks, so that the bytes of these can go."""
    return compact(Joined(table, pieces))


def compact(rows: Joined) -> Held:
    """Copy what rows say, in the types in which the archive would keep them; what nobody says takes no room."""
    columns = {}
    for name in rows.columns():
        values = rows.column(name)
        if name == POSITION:
            columns[name] = values
        elif not _says_nothing(rows.table, name, values):
            columns[name] = narrowed(rows.table, name, values)
    return Held(rows.table, columns, len(rows))


def _says_nothing(table: str, name: str, values: Array) -> bool:
    return name not in ("thread", "party", "at") and bool((values == column_of(table, name).absent).all())
