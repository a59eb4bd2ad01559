"""A block of arrays and texts in one file: written durably and all at once, read by mapping."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from clew.archive.layout import Array
from clew.archive.names import written
from clew.errors import BrokenStore
from clew.files.replace import sync_folder

_MAGIC = b"CLEWBLK3"
_ALIGNMENT = 64


def write_container(
    path: Path, meta: Mapping[str, Any], arrays: Mapping[str, Array], texts: Mapping[str, Sequence[str]]
) -> None:
    """Write a container; whoever sees the file sees all of it."""
    parts = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    parts |= {f"{name}#": np.frombuffer(written(lines), np.uint8) for name, lines in texts.items()}
    places, offset = {}, 0
    for name, values in parts.items():
        places[name] = [values.dtype.str, len(values), offset]
        offset += -(-values.nbytes // _ALIGNMENT) * _ALIGNMENT
    header = json.dumps({"meta": meta, "places": places}).encode()
    header += b" " * (-(len(header) + 16) % _ALIGNMENT)
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(_MAGIC + len(header).to_bytes(8, "little") + header)
        for values in parts.values():
            file.write(values.data)
            file.write(bytes(-values.nbytes % _ALIGNMENT))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


class Container:
    """A written container; arrays are views into the mapped file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            if file.read(8) != _MAGIC:
                raise BrokenStore(f"{path} is no staged block; remove the folder {path.parent} and load again")
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length))
        self.meta: dict[str, Any] = header["meta"]
        self._places: dict[str, list[Any]] = header["places"]
        self._start = 16 + length

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def names(self, prefix: str) -> list[str]:
        """Names of the arrays that begin with a prefix, without it."""
        return [name.removeprefix(prefix) for name in self._places if name.startswith(prefix) and name[-1] != "#"]

    def array(self, name: str) -> Array:
        dtype, length, offset = self._places[name]
        if not length:
            return np.empty(0, dtype)
        begin = self._start + offset
        return self._mapped[begin : begin + length * np.dtype(dtype).itemsize].view(dtype)

    @cached_property
    def _mapped(self) -> Array:
        return np.asarray(np.memmap(self._path, np.uint8, "r"))

    def texts(self, name: str) -> list[str]:
        data = self.array(f"{name}#").tobytes()
        found: list[str] = json.loads(b"[" + data[:-1].replace(b"\n", b",") + b"]") if data else []
        return found
