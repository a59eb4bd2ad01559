"""Dictionaries that extend those of the archive by what is new in the tail, in this process alone.

Codes of the archive never change, so they stay; a new text gets the next code here. Another generation of the archive
may give other codes to the same new texts: whatever holds codes is made anew then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from clew.archive.model import NO_CODE
from clew.archive.names import GrowingNames, Lines, read_lines


class FreshDictionary:
    """Texts by code: those of the archive, read on first use, then those of the tail."""

    def __init__(self, store: Path, lines: Lines | None, former: FreshDictionary | None = None) -> None:
        self._store, self.lines = store, lines
        self.stored = lines.lines if lines else 0
        self._loaded: list[str] | None = None if lines else []
        self._codes: dict[str, int] | None = None
        self._former = former if former is not None and former.begins(lines) else None

    def begins(self, lines: Lines | None) -> bool:
        """Whether the stored part is read and is the beginning of these lines: then it need not be read again."""
        mine = self.lines
        return bool(
            self._loaded is not None and mine and lines and mine.file == lines.file and mine.bytes <= lines.bytes
        )

    def __len__(self) -> int:
        return self.stored if self._loaded is None else len(self._loaded)

    def text(self, code: int) -> str:
        return self._texts()[code]

    def texts(self) -> Sequence[str]:
        return self._texts()

    def code(self, text: str) -> int:
        return self.by_text().get(text, NO_CODE)

    def add(self, texts: Iterable[str]) -> list[int]:
        """Return the code of each text; unknown ones are taken in."""
        codes, known = self.by_text(), self._texts()
        found = []
        for text in texts:
            code = codes.get(text)
            if code is None:
                code = codes[text] = len(known)
                known.append(text)
            found.append(code)
        return found

    def _texts(self) -> list[str]:
        if self._loaded is None:
            assert self.lines is not None
            self._loaded = self._read(self.lines)
        return self._loaded

    def _read(self, lines: Lines) -> list[str]:
        former, self._former = self._former, None
        if former is None or former._loaded is None or former.lines is None:
            return read_lines(self._store, lines)
        return former._loaded[: former.stored] + read_lines(self._store, lines, after=former.lines)

    def by_text(self) -> dict[str, int]:
        """Return code by text, in the order of codes."""
        if self._codes is None:
            self._codes = {text: code for code, text in enumerate(self._texts())}
        return self._codes


class FreshNames(GrowingNames):
    """All dictionaries; an unknown name is an empty one. A view may go on reading while new texts come in."""

    def __init__(self, store: Path, dictionaries: Mapping[str, Lines], former: FreshNames | None = None) -> None:
        super().__init__(store, dictionaries)
        known: dict[str, FreshDictionary] = former.dictionaries if former else {}
        self.dictionaries: dict[str, FreshDictionary] = {
            name: FreshDictionary(store, lines, known.get(name)) for name, lines in dictionaries.items()
        }
        self._empty = FreshDictionary(store, None)

    def __getitem__(self, name: str) -> FreshDictionary:
        return self.dictionaries.get(name, self._empty)

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self.dictionaries))

    def codes(self, name: str) -> dict[str, int]:
        return self[name].by_text()

    def add(self, name: str, texts: Iterable[str]) -> list[int]:
        if name not in self.dictionaries:
            self.dictionaries[name] = FreshDictionary(self._store, None)
        return self.dictionaries[name].add(texts)

    def write(self) -> dict[str, Lines]:
        """Refuse: only who writes the next generation gives codes for good."""
        raise NotImplementedError("codes of the tail hold in one process alone")
