"""A block of arrays and texts in one file: written durably and all at once, read by mapping."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from clew.archive.layout import Array
from clew.archive.names import written
from clew.errors import BrokenStore
from clew.files.replace import replacing

_MAGIC = b"CLEWBLK4"
_ALIGNMENT = 64
_TEXTS = "#"  # begins the name of a list of texts; no array's name begins so, whatever a column of an export is called


def write_container(
    path: Path, meta: Mapping[str, Any], arrays: Mapping[str, Array], texts: Mapping[str, Sequence[str]]
) -> None:
    """Write a container; whoever sees the file sees all of it."""
    with replacing(path) as file:
        file.writelines(_pieces(meta, arrays, texts))


def container_bytes(meta: Mapping[str, Any], arrays: Mapping[str, Array], texts: Mapping[str, Sequence[str]]) -> bytes:
    """Return what `write_container` writes."""
    return b"".join(_pieces(meta, arrays, texts))


def _pieces(
    meta: Mapping[str, Any], arrays: Mapping[str, Array], texts: Mapping[str, Sequence[str]]
) -> Iterator[bytes | memoryview]:
    parts = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    parts |= {f"{_TEXTS}{name}": np.frombuffer(written(lines), np.uint8) for name, lines in texts.items()}
    places, offset = {}, 0
    for name, values in parts.items():
        places[name] = [values.dtype.str, len(values), offset]
        offset += -(-values.nbytes // _ALIGNMENT) * _ALIGNMENT
    header = json.dumps({"meta": meta, "places": places}).encode()
    header += b" " * (-(len(header) + 16) % _ALIGNMENT)
    yield _MAGIC + len(header).to_bytes(8, "little") + header
    for values in parts.values():
        yield values.data
        yield bytes(-values.nbytes % _ALIGNMENT)


class Container:
    """A written container, in a file or in memory; arrays are views into it."""

    def __init__(self, place: Path | bytes) -> None:
        self._place = place
        with io.BytesIO(place) if isinstance(place, bytes) else place.open("rb") as file:
            if file.read(8) != _MAGIC:
                raise BrokenStore(_no_block(place))
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length))
        self.meta: dict[str, Any] = header["meta"]
        self._places: dict[str, list[Any]] = header["places"]
        self._start = 16 + length

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def names(self, prefix: str) -> list[str]:
        """Names of the arrays that begin with a prefix, without it."""
        arrays = [name for name in self._places if not name.startswith(_TEXTS)]
        return [name.removeprefix(prefix) for name in arrays if name.startswith(prefix)]

    def text_names(self) -> list[str]:
        """Names of the lists of texts."""
        return [name.removeprefix(_TEXTS) for name in self._places if name.startswith(_TEXTS)]

    def has_texts(self, name: str) -> bool:
        """Say whether an array is one of codes into texts."""
        return _TEXTS + name in self._places

    def array(self, name: str) -> Array:
        dtype, length, offset = self._places[name]
        if not length:
            return np.empty(0, dtype)
        begin = self._start + offset
        return self._mapped[begin : begin + length * np.dtype(dtype).itemsize].view(dtype)

    @cached_property
    def _mapped(self) -> Array:
        if isinstance(self._place, bytes):
            return np.frombuffer(self._place, np.uint8)
        return np.asarray(np.memmap(self._place, np.uint8, "r"))

    def texts(self, name: str) -> list[str]:
        data = self.array(_TEXTS + name).tobytes()
        found: list[str] = json.loads(b"[" + data[:-1].replace(b"\n", b",") + b"]") if data else []
        return found


def with_texts(data: bytes, changing: Callable[[str], Callable[[str], str]]) -> bytes | None:
    """Return a container with every text changed by what is given for its array, None where none of them does."""
    former = Container(data)
    arrays = {name: former.array(name) for name in former.names("")}
    texts = {name: former.texts(name) for name in former.text_names()}
    changed = {name: list(map(changing(name), lines)) for name, lines in texts.items()}
    return container_bytes(former.meta, arrays, changed) if changed != texts else None


def _no_block(place: Path | bytes) -> str:
    if isinstance(place, bytes):
        return "these bytes are no staged block; bring the database back from a backup"
    return f"{place} is no staged block; remove the folder {place.parent} and load again"
