"""A shaped block on its way into the log: kept in the inbox as a file, read back column by column.

What stands in the tail of the living log is the same with persons taken out (`clew.ingest.numbering`): `numbered` is
true; there are no arrays "contact", "email", "name", "role" and "personal:*", but "surrogate" (n,) int32, numbers of
the person store, -1 where a row names nobody, absent where none does; entities are spelled as in the log, so that
"entity" is never -1; and "received" (n,) int64 says when each event arrived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from clew.archive.layout import Array
from clew.archive.model import NO_VALUE
from clew.ingest.container import Container, container_bytes, write_container
from clew.sources.blocks import Coded, Note, Position, Reason, Rejected, ShapedBlock

_PERSON = ("contact", "email", "name", "role")
_NAMED = ("event", "team", "channel", "user")


def write_block(path: Path, block: ShapedBlock, file: int) -> None:
    """Keep a block durably.

    file  index of its file among those of the load
    """
    write_container(path, *_parts(block, file))


def block_bytes(block: ShapedBlock, file: int) -> bytes:
    """Return what `write_block` writes."""
    return container_bytes(*_parts(block, file))


def _parts(block: ShapedBlock, file: int) -> tuple[dict[str, object], dict[str, Array], dict[str, Sequence[str]]]:
    arrays, texts = _rows(block)
    for name in ("row", "place", "at", "day", "value", "sequence"):
        arrays[f"events.{name}"] = getattr(block.events, name)
    for name in _NAMED:
        _code(f"events.{name}", getattr(block.events, name), arrays, texts)
    for number, attribute in enumerate(block.attributes):
        for name in ("row", "entity", "at"):
            arrays[f"attributes.{number}.{name}"] = getattr(attribute, name)
        _code(f"attributes.{number}.value", attribute.value, arrays, texts)
    for name in ("row", "left", "right", "at"):
        arrays[f"links.{name}"] = getattr(block.links, name)
    if block.links.word is not None:
        arrays["links.word"] = block.links.word
    return _meta(block, file), arrays, texts


def _rows(block: ShapedBlock) -> tuple[dict[str, Array], dict[str, Sequence[str]]]:
    rows = block.rows
    arrays: dict[str, Array] = {name: getattr(rows, name) for name in ("hi", "lo", "content", "line", "entity")}
    if bool((rows.learnt != NO_VALUE).any()):
        arrays["learnt"] = rows.learnt
    for name in ("unusable_hi", "unusable_lo"):
        if len(rows.unusable_hi):
            arrays[name] = getattr(rows, name)
    texts: dict[str, Sequence[str]] = {"entity": block.entities}
    arrays |= {f"subject:{kind}": codes for kind, codes in rows.subjects.items()}
    for name in _PERSON:
        _code(name, getattr(rows, name), arrays, texts)
    for prefix, coded in (("personal:", rows.personal), ("property:", rows.properties)):
        for name, column in coded.items():
            _code(prefix + name, column, arrays, texts)
    return arrays, texts


def _code(name: str, column: Coded | None, arrays: dict[str, Array], texts: dict[str, Sequence[str]]) -> None:
    if column is not None and len(column.names):
        arrays[name], texts[name] = column.codes, column.names


def _meta(block: ShapedBlock, file: int) -> dict[str, object]:
    return {
        "file": file,
        "named": block.file.name,
        "next": asdict(block.next),
        "read": block.read,
        "size": list(block.size),
        "attributes": [attribute.name for attribute in block.attributes],
        "rejected": [[r.line, r.column, r.value, r.reason.value, r.text] for r in block.rejected],
        "notes": {note.value: count for note, count in block.notes.items()},
    }


class Staged:
    """A block of the inbox; arrays as in `ShapedBlock`, named as `write_block` names them.

    place  its file, or the bytes of one
    """

    def __init__(self, place: Path | bytes) -> None:
        self._container = Container(place)
        meta = self._container.meta
        self.file: int = meta["file"]
        self.named: str = meta["named"]  # the file that was read: of a join's bad rows the joined one
        self.read: int = meta["read"]
        self.size: tuple[int, int] = (meta["size"][0], meta["size"][1])
        self.attributes: Sequence[str] = meta["attributes"]
        self.next = Position(**meta["next"])
        self.numbered: bool = meta.get("numbered", False)

    @property
    def rejected(self) -> list[Rejected]:
        told = self._container.meta["rejected"]
        return [Rejected(line, column, value, Reason(reason), text) for line, column, value, reason, text in told]

    @property
    def notes(self) -> Mapping[Note, int]:
        return {Note(note): count for note, count in self._container.meta["notes"].items()}

    def __len__(self) -> int:
        return len(self.array("hi"))

    def __contains__(self, name: str) -> bool:
        return name in self._container

    def columns(self, prefix: str) -> list[str]:
        """What follows a prefix in the names of arrays: kinds of "subject:", names of "property:", ..."""
        return self._container.names(prefix)

    def has_texts(self, name: str) -> bool:
        """Say whether an array is one of codes into texts."""
        return self._container.has_texts(name)

    def array(self, name: str) -> Array:
        return self._container.array(name)

    def rejected_keys(self) -> tuple[Array, Array]:
        """Both halves of the keys of the rejected rows whose id is told."""
        names = ("unusable_hi", "unusable_lo")
        hi, lo = (self.array(name) if name in self else np.empty(0, np.uint64) for name in names)
        return hi, lo

    def texts(self, name: str) -> list[str]:
        return self._container.texts(name)
