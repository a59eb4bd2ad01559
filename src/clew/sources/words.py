"""What persons say of who is one account: pairs of entities in the cells of two columns, as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from clew.archive.words import APART, SAME
from clew.sources.blocks import Codes
from clew.sources.entities import Entities
from clew.sources.sheet import Sheet

_pairs = msgspec.json.Decoder(list[tuple[str, str]]).decode


@dataclass(frozen=True)
class Words:
    """Pairs; arrays (k,): row of the sheet, both ends as indices into the entities, SAME or APART."""

    row: NDArray[np.intp]
    left: Codes
    right: Codes
    word: NDArray[np.uint8]

    def where(self, chosen: NDArray[np.bool_]) -> Words:
        """Return some of them."""
        return Words(self.row[chosen], self.left[chosen], self.right[chosen], self.word[chosen])


NO_WORDS = Words(np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.uint8))


def read_words(sheet: Sheet, columns: tuple[str, str], entities: Entities) -> Words:
    """Read the words of a sheet, and take the entities they name into the list.

    columns  of pairs that are one account, of pairs that are not
    """
    told = [each for column, word in zip(columns, (SAME, APART), strict=True) for each in _told(sheet, column, word)]
    first = len(entities.texts)
    entities.texts.extend(end for _, _, pair in told for end in pair)
    ends = np.arange(first, first + 2 * len(told), dtype=np.int32)
    return Words(
        np.array([row for row, _, _ in told], np.intp),
        ends[::2],
        ends[1::2],
        np.array([word for _, word, _ in told], np.uint8),
    )


def _told(sheet: Sheet, name: str, word: int) -> Iterator[tuple[int, int, tuple[str, str]]]:
    column = sheet.column(name)
    for row in np.flatnonzero(column.codes >= 0).tolist():
        for pair in _pairs(column.names[int(column.codes[row])]):
            yield row, word, pair
