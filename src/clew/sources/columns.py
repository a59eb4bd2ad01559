"""One column of many records: its texts as codes, and their hashes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clew.sources.blocks import Coded
from clew.sources.hashing import Hashes, Offsets, text_hashes
from clew.sources.records import Records
from clew.sources.spans import Text

FIRST_SEED, SECOND_SEED = 0x636C6577, 0x74687265


class Column:
    """Texts of one column, as they lie in a buffer; an empty text is no value.

    text     where the texts stand       starts, lengths  (n,) int32, of each
    escaped  a pair of quotes stands for one quote
    codes    (n,) int32 index into `names`, -1 where empty; names are distinct
    """

    def __init__(self, text: Text, starts: Offsets, lengths: Offsets, *, escaped: bool = False) -> None:
        self.text, self.starts, self.lengths, self.escaped = text, starts, lengths, escaped

    @classmethod
    def of_records(cls, records: Records, number: int) -> Column:
        starts, lengths = records.field_bounds(number)
        return cls(records.text, starts, lengths, escaped=True)

    @classmethod
    def of_texts(cls, texts: Sequence[str | None]) -> Column:
        """Return a column of texts given one by one; it is hashed as if it stood in a file."""
        encoded = [(text or "").replace('"', '""').encode() for text in texts]
        lengths = np.fromiter(map(len, encoded), np.int32, len(encoded))
        starts = (np.cumsum(lengths) - lengths).astype(np.int32)
        return cls(Text(b"".join(encoded)), starts, lengths, escaped=True)

    @classmethod
    def of_some(cls, texts: Sequence[str | None], rows: Sequence[int], number: int) -> Column:
        """Return a column of so many rows of which these have texts."""
        some = cls.of_texts(texts)
        starts, lengths = np.zeros(number, np.int32), np.zeros(number, np.int32)
        starts[rows], lengths[rows] = some.starts, some.lengths
        return cls(some.text, starts, lengths, escaped=True)

    def __len__(self) -> int:
        return len(self.starts)

    def take(self, rows: NDArray[np.intp]) -> Column:
        """Return the column of some rows, in their order."""
        return Column(self.text, self.starts[rows], self.lengths[rows], escaped=self.escaped)

    @cached_property
    def empty(self) -> NDArray[np.bool_]:
        return np.asarray(self.lengths == 0)

    @cached_property
    def hashes(self) -> Hashes:
        """64-bit hashes of the texts."""
        return text_hashes(self.text.buffer, self.starts, self.lengths, FIRST_SEED)

    @cached_property
    def other_hashes(self) -> Hashes:
        """A second, independent hash: both together make 128 bits."""
        return text_hashes(self.text.buffer, self.starts, self.lengths, SECOND_SEED)

    @cached_property
    def _grouped(self) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
        codes, first = group(self.hashes)
        if not self.empty.any():
            return codes, first
        none = codes[np.argmax(self.empty)]
        return (codes - (codes > none) - (codes == none) * (none + 1)).astype(np.int32), np.delete(first, none)

    @property
    def codes(self) -> NDArray[np.int32]:
        return self._grouped[0]

    @cached_property
    def names(self) -> list[str]:
        return self.spelled(self._grouped[1])

    @property
    def coded(self) -> Coded:
        return Coded(self.codes, self.names)

    def mapped(self, change: Callable[[str], str | None]) -> Coded:
        """Return the column with every distinct text changed, None making it no value."""
        return recoded(self.codes, [change(name) for name in self.names])

    def spelled(self, rows: NDArray[np.intp]) -> list[str]:
        """Return the texts of some rows."""
        names = self.text.spelled(self.starts[rows], self.lengths[rows])
        if self.escaped and self.text.has_pairs:
            names = [name.replace('""', '"') for name in names]
        return names


def recoded(codes: NDArray[np.int32], texts: Sequence[str | None]) -> Coded:
    """Give codes into `texts` new codes into its distinct values, -1 where a text is None or empty."""
    known: dict[str, int] = {}
    new = np.fromiter((known.setdefault(text, len(known)) if text else -1 for text in texts), np.int32, len(texts))
    return Coded(np.append(new, np.int32(-1))[codes], list(known))


def group(hashes: Hashes) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """Number equal hashes alike: return (codes (n,) int32, one row of each group), numbered by these rows.

    Instead of a sort: every row writes its number into a slot chosen by some bits of its hash and reads it back; rows
    that find another hash there try again with other bits.
    """
    number = len(hashes)
    bits = max(10, number.bit_length() + 1)
    table = np.empty(1 << bits, np.int32)
    chosen = np.empty(number, np.int32)
    rows, rest, shift = np.arange(number, dtype=np.int32), hashes, 0
    while len(rows):
        slots = (rest >> np.uint64(shift)) & np.uint64(len(table) - 1)
        table[slots] = rows
        found = table[slots]
        same = hashes[found] == rest
        chosen[rows[same]] = found[same]
        rows, rest, shift = rows[~same], rest[~same], (shift + 11) % (64 - bits)
    is_first = np.zeros(number, np.bool_)
    is_first[chosen] = True
    codes = np.cumsum(is_first, dtype=np.int32) - np.int32(1)
    return codes[chosen], np.flatnonzero(is_first)
