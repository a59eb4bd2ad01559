"""A person's word over links: who says that two entities are one account, or are not, and whose word holds.

For each unordered pair the latest word of a person holds, by its instant, then its row's key; without one any source's
link does. That depends on the set of rows and on nothing else.
"""

from __future__ import annotations

import numpy as np

from clew.archive.layout import Array
from clew.archive.pieces import Piece

SOURCE_SAYS, SAME, APART = 0, 1, 2
"""A source says that both are one; a person does; a person says that they are not."""


def links_in_force(left: Array, right: Array, at: Array, *, hi: Array, lo: Array, word: Array) -> Array:
    """Say of links, all of one moment, which join their ends: (n,) bool.

    hi, lo  halves of the row keys        word  SOURCE_SAYS, SAME or APART
    """
    joins: Array = word != APART
    parted = _parted(left, right, at, hi=hi, lo=lo, word=word)
    return joins & ~np.isin(pairs_of(left, right), parted) if len(parted) else joins


def joining(links: Piece, rows: Array) -> tuple[Array, Array]:
    """Return both ends of the links that join, among some rows of the table of links."""
    left, right, at, word = (links.column(name)[rows] for name in ("left", "right", "at", "word"))
    if not word.any():
        return left, right
    hi, lo = (links.column(name)[rows] for name in ("row_hi", "row_lo"))
    joins = links_in_force(left, right, at, hi=hi, lo=lo, word=word)
    return left[joins], right[joins]


def _parted(left: Array, right: Array, at: Array, *, hi: Array, lo: Array, word: Array) -> Array:
    """Return the pairs of which the latest word is that they are not one."""
    said = np.flatnonzero(word != SOURCE_SAYS)
    if not len(said):
        return np.empty(0, np.int64)
    pair = pairs_of(left[said], right[said])
    order = np.lexsort((lo[said], hi[said], at[said], pair))
    pair, word = pair[order], word[said][order]
    latest = np.append(pair[1:] != pair[:-1], True)
    parted: Array = pair[latest & (word == APART)]
    return parted


def pairs_of(left: Array, right: Array) -> Array:
    """Return a number for each unordered pair of codes."""
    one, other = left.astype(np.int64), right.astype(np.int64)
    return (np.minimum(one, other) << 32) | np.maximum(one, other)
