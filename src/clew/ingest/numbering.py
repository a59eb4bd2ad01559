"""Take the persons out of shaped rows that arrived: numbers stand for them in the log, the person store keeps the rest.

What stays is a staged block as the tail of the living log holds it (see `clew.ingest.staged`): some rows of what was
shaped, without any text that only other rows had.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise

import numpy as np

from clew.accounts.persons import PersonStore
from clew.archive.layout import PROPERTY, Array
from clew.archive.model import NO_CODE
from clew.ingest.container import container_bytes
from clew.ingest.naming import CONTACT, SURROGATE, NamedBlock, by_number, own_thread, personal_kinds
from clew.ingest.people import PERSONAL, keep_persons
from clew.ingest.staged import Staged, block_bytes
from clew.sources.blocks import Position, ShapedBlock
from clew.sources.model import Source

RECEIVED = "received"
_ARRIVAL = "received_at"  # as `learnt` of a source: what arrives is learnt when it is taken in
_LEFT_OUT = (CONTACT, "email", "name", "role", "line", "unusable_hi", "unusable_lo")
_ENTITIES = ("entity", "subject:", "links.left", "links.right")


def numbered_block(
    source: Source, block: ShapedBlock, rows: Array, persons: PersonStore, *, content: Array, received: Array
) -> bytes:
    """Return some rows of a block with numbers for persons, and keep the persons. Inside a transaction of `persons`.

    rows      (k,) indices of the rows, rising       content, received  (k,) of these rows: hash, and when they arrived
    """
    staged = Staged(block_bytes(block, 0))
    contact = _surrogates(staged, rows, persons)
    keep_persons(persons, _kept(source, staged, rows, contact))
    columns = _Columns(staged, rows, {*_LEFT_OUT, *(("learnt",) if source.learnt == _ARRIVAL else ())})
    arrays, texts = columns.plain(), dict[str, Sequence[str]]()
    for name, codes in columns.coded():
        coded, told = compacted(codes, staged.texts(name))
        if told or not name.startswith(PROPERTY):  # a name that only other rows brought is none of this block
            arrays[name], texts[name] = coded, _cleaned(told, persons, name)
    entities = _Entities(columns.entities(), staged.texts("entity"))
    spelt = _cleaned(by_number(entities.texts, frozenset(personal_kinds(source)), persons), persons)
    arrays |= entities.columns
    arrays |= {"content": content, RECEIVED: received, "line": np.zeros(len(rows), np.int64)}
    if contact is not None:
        arrays[SURROGATE] = contact[rows]
        _give_own_threads(arrays, spelt)
    return container_bytes(_meta(staged, len(rows)), arrays, texts | {"entity": spelt})


def _surrogates(staged: Staged, rows: Array, persons: PersonStore) -> Array | None:
    """Return the number of the person of each row; persons whom none of the chosen rows names get none."""
    if CONTACT not in staged:
        return None
    codes, names = staged.array(CONTACT), staged.texts(CONTACT)
    used = np.unique(codes[rows])
    used = used[used != NO_CODE]
    table = np.full(len(names) + 1, NO_CODE, np.int32)
    table[used] = persons.surrogates([names[code] for code in used.tolist()])
    numbers: Array = table[codes]
    return numbers


def _kept(source: Source, staged: Staged, rows: Array, contact: Array | None) -> NamedBlock:
    """Return the block as the person store takes it."""
    named = NamedBlock(
        staged=staged,
        source=source,
        rank=source.rank,
        file=0,
        party=staged.array("entity"),
        contact=contact,
        lo=staged.array("lo"),
        known=staged.array("line"),
        codes={},
        attribute_names=[],
    )
    named.kept[:] = False
    named.kept[rows] = True
    return named


class _Columns:
    """The arrays of a staged block, of some of its rows and of what these rows tell."""

    def __init__(self, staged: Staged, rows: Array, left_out: Collection[str]) -> None:
        self._staged, self._rows = staged, rows
        self._place = np.full(len(staged), NO_CODE, np.int32)
        self._place[rows] = np.arange(len(rows), dtype=np.int32)
        self._items = {group: self._items_of(group) for group in self._groups()}
        names = [name for name in staged.columns("") if name not in left_out and not name.startswith(PERSONAL)]
        self._names = [name for name in names if name != "content"]

    def _groups(self) -> list[str]:
        return ["events", "links", *(f"attributes.{number}" for number in range(len(self._staged.attributes)))]

    def _items_of(self, group: str) -> Array:
        return np.flatnonzero(self._place[self._staged.array(f"{group}.row")] != NO_CODE)

    def _chosen(self, name: str) -> Array:
        group, dot, last = name.rpartition(".")
        if not dot or group not in self._items:
            return self._staged.array(name)[self._rows]
        chosen: Array = self._staged.array(name)[self._items[group]]
        return self._place[chosen] if last == "row" else chosen

    def plain(self) -> dict[str, Array]:
        return {
            name: self._chosen(name)
            for name in self._names
            if not self._staged.has_texts(name) and not _is_entity(name)
        }

    def coded(self) -> list[tuple[str, Array]]:
        return [
            (name, self._chosen(name)) for name in self._names if self._staged.has_texts(name) and not _is_entity(name)
        ]

    def entities(self) -> dict[str, Array]:
        return {name: self._chosen(name) for name in self._names if _is_entity(name)}


def _is_entity(name: str) -> bool:
    return name.startswith(_ENTITIES) or (name.startswith("attributes.") and name.endswith(".entity"))


class _Entities:
    """The entities that are still named: one list for all arrays."""

    def __init__(self, columns: Mapping[str, Array], texts: Sequence[str]) -> None:
        bounds = np.cumsum([0, *(len(codes) for codes in columns.values())])
        together, self.texts = compacted(np.concatenate([np.empty(0, np.int32), *columns.values()]), texts)
        self.columns = {name: together[a:b] for name, (a, b) in zip(columns, pairwise(bounds), strict=True)}


def compacted(codes: Array, texts: Sequence[str]) -> tuple[Array, list[str]]:
    """Return codes into those texts alone that are used, -1 staying what it is."""
    used, place = np.unique(codes, return_inverse=True)
    none = int(len(used) > 0 and used[0] == NO_CODE)
    return (place - none).astype(np.int32), [texts[code] for code in used[none:].tolist()]


def _cleaned(texts: Sequence[str], persons: PersonStore, array: str = "") -> list[str]:
    return list(map(persons.cleaning(array), texts)) if persons.erased_any else list(texts)


def _give_own_threads(arrays: dict[str, Array], entities: list[str]) -> None:
    """Let a row without an account stand in the thread of its person."""
    alone = np.flatnonzero(arrays["entity"] == NO_CODE)
    if not len(alone):
        return
    numbers, which = np.unique(arrays[SURROGATE][alone], return_inverse=True)
    arrays["entity"] = arrays["entity"].copy()
    arrays["entity"][alone] = len(entities) + which
    entities += [own_thread(number) for number in numbers.tolist()]


def _meta(staged: Staged, rows: int) -> dict[str, object]:
    return {
        "numbered": True,
        "file": 0,
        "named": "",
        "next": asdict(Position()),
        "read": rows,
        "size": [0, 0],
        "attributes": list(staged.attributes),
        "rejected": [],
        "notes": {},
    }
