"""The path of a run, step by step, and what changed between two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from clew.live.state.model import Step

_decode = msgspec.json.Decoder(list[Step]).decode
_encode = msgspec.json.Encoder().encode


def written(path: Sequence[Step]) -> bytes:
    """Write a path as it is stored."""
    return _encode(path)


def read(path: bytes | None) -> list[Step]:
    """Read a stored path; none is empty."""
    return _decode(path) if path else []


def changes(old: Sequence[Step], new: Sequence[Step]) -> tuple[list[Step], list[Step]]:
    """Return the steps that are no longer true, and those that are new, each in their order."""
    if new[: len(old)] == old:
        return [], list(new[len(old) :])
    return _without(old, new), _without(new, old)


def _without(path: Sequence[Step], other: Sequence[Step]) -> list[Step]:
    """The steps of a path that the other does not hold; a step may occur twice."""
    left = Counter(other)
    kept = []
    for step in path:
        if left[step] > 0:
            left[step] -= 1
        else:
            kept.append(step)
    return kept
