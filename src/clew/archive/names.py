"""Dictionaries on disk: one JSON string a line, only ever appended to; the manifest says how much of a file counts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import IO

from clew.archive.model import NO_CODE
from clew.config.store import private_folder
from clew.errors import BrokenStore
from clew.ids import file_stem

_STRETCH, _AT_ONCE = 2**24, 2**18  # bytes read, and texts written at a time: a dictionary is never held twice


@dataclass(frozen=True)
class Lines:
    """What counts of a dictionary's file: its first so many bytes, which are so many lines."""

    file: str
    lines: int
    bytes: int


class StoredDictionary:
    """Texts by code, read on first use."""

    def __init__(self, store: Path, lines: Lines | None) -> None:
        self._store, self._lines = store, lines

    def __len__(self) -> int:
        return self._lines.lines if self._lines else 0

    def text(self, code: int) -> str:
        return self._texts[code]

    def texts(self) -> Sequence[str]:
        return self._texts

    def code(self, text: str) -> int:
        return self._codes.get(text, NO_CODE)

    @cached_property
    def _texts(self) -> list[str]:
        return read_lines(self._store, self._lines) if self._lines else []

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {text: code for code, text in enumerate(self._texts)}


class StoredNames:
    """All dictionaries of one generation."""

    def __init__(self, store: Path, dictionaries: Mapping[str, Lines]) -> None:
        self._store = store
        self._dictionaries = {name: StoredDictionary(store, lines) for name, lines in dictionaries.items()}
        self._empty = StoredDictionary(store, None)

    def __getitem__(self, name: str) -> StoredDictionary:
        return self._dictionaries.get(name, self._empty)

    def __iter__(self) -> Iterator[str]:
        return iter(self._dictionaries)


def read_lines(store: Path, lines: Lines, *, after: Lines | None = None) -> list[str]:
    """Return the texts of a dictionary's file, or those that follow a beginning of it. Raises BrokenStore."""
    path = store / lines.file
    known = after or Lines(lines.file, 0, 0)
    try:
        with path.open("rb") as file:
            file.seek(known.bytes)
            texts = [text for data in _stretches(file, lines.bytes - known.bytes) for text in _spelt(data)]
    except FileNotFoundError as error:
        raise BrokenStore(f"{path} is gone: the log was loaded anew meanwhile; ask again") from error
    except ValueError as error:
        raise BrokenStore(f"{path} is damaged ({error}); load the exports again") from error
    if len(texts) != lines.lines - known.lines:
        raise BrokenStore(f"{path} is shorter than its manifest says; load the exports again")
    return texts


def _stretches(file: IO[bytes], size: int) -> Iterator[bytes]:
    """Yield the first so many bytes of a file in stretches of whole lines."""
    while size and (data := file.read(min(size, _STRETCH))):
        data += b"" if data.endswith(b"\n") else file.readline()
        size -= len(data)
        yield data


def _spelt(data: bytes) -> list[str]:
    texts: list[str] = json.loads(b"[" + data[:-1].replace(b"\n", b",") + b"]")
    return texts


class GrowingNames:
    """The dictionaries of the generation to come: new texts get the next codes."""

    def __init__(self, store: Path, dictionaries: Mapping[str, Lines]) -> None:
        self._store, self._lines = store, dict(dictionaries)
        self._codes: dict[str, dict[str, int]] = {}

    def codes(self, name: str) -> dict[str, int]:
        """Return code by text of a dictionary, in the order of codes."""
        if name not in self._codes:
            lines = self._lines.get(name)
            texts = read_lines(self._store, lines) if lines else []
            self._codes[name] = {text: code for code, text in enumerate(texts)}
        return self._codes[name]

    def add(self, name: str, texts: Iterable[str]) -> list[int]:
        """Return the code of each text; unknown ones are taken in."""
        codes = self.codes(name)
        return [codes.setdefault(text, len(codes)) for text in texts]

    def write(self) -> dict[str, Lines]:
        """Append what is new, durably, and return what counts now."""
        for name, codes in self._codes.items():
            lines = self._lines.get(name) or Lines(f"names/{file_stem(name)}.jsonl", 0, 0)
            if len(codes) > lines.lines:
                self._lines[name] = _append(self._store, lines, islice(codes, lines.lines, None))
        return dict(self._lines)


def _append(store: Path, lines: Lines, texts: Iterator[str]) -> Lines:
    path = store / lines.file
    private_folder(path.parent)
    number, size = lines.lines, lines.bytes
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(lines.bytes)  # what an interrupted load left behind its last counted line
        file.seek(lines.bytes)
        while some := list(islice(texts, _AT_ONCE)):
            number, size = number + len(some), size + file.write(written(some))
        file.flush()
        os.fsync(file.fileno())
    return Lines(lines.file, number, size)


def written(texts: Sequence[str]) -> bytes:
    """Return texts as JSON strings, one a line."""
    text = json.dumps(list(texts), ensure_ascii=False, separators=("\n", ":"))[1:-1]
    return text.encode("utf-8", "surrogatepass") + b"\n" if texts else b""
