"""Identity: linked ids are one thread, which bears the smallest text of its component."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clew.archive.layout import Array


def threads_of_entities(texts: Sequence[str], left: Array, right: Array) -> Array:
    """Return for each entity the code of its canonical entity: depends on the set of pairs and on nothing else.

    texts        entity texts by code
    left, right  codes of the two ends of each link in force; any order, repetitions allowed
    """
    threads = np.arange(len(texts), dtype=np.int32)
    if not len(left):
        return threads
    parents = _components(left, right)
    smallest: dict[int, int] = {}
    roots = {code: _root(parents, code) for code in parents}
    for code, root in roots.items():
        best = smallest.get(root)
        if best is None or texts[code] < texts[best]:
            smallest[root] = code
    members = np.fromiter(roots, np.int64, len(roots))
    threads[members] = np.fromiter((smallest[root] for root in roots.values()), np.int32, len(roots))
    return threads


def _components(left: Array, right: Array) -> dict[int, int]:
    pairs = np.unique((left.astype(np.int64) << 32) | right.astype(np.int64))
    parents: dict[int, int] = {}
    for one, other in zip((pairs >> 32).tolist(), (pairs & 0xFFFFFFFF).tolist(), strict=True):
        a, b = _root(parents, one), _root(parents, other)
        if a != b:
            parents[max(a, b)] = min(a, b)
    return parents


def _root(parents: dict[int, int], code: int) -> int:
    parent = parents.setdefault(code, code)
    while parent != code:
        above = parents[parent]
        parents[code] = above  # halves the path for the next walk
        code, parent = above, parents[above]
    return code
