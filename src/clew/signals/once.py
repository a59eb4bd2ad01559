"""What detectors work out of a sight once and need again: kept as long as the sight itself."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TypeVar

from clew.signals.sight import Sight

Made = TypeVar("Made")

_MADE: dict[int, dict[object, object]] = {}


def once(sight: Sight, key: object, make: Callable[[], Made]) -> Made:
    """Return what was made of this sight under this key, made now where it is asked for the first time."""
    if id(sight) not in _MADE:
        _MADE[id(sight)] = {}
        weakref.finalize(sight, _MADE.pop, id(sight), None)
    made = _MADE[id(sight)]
    if key not in made:
        made[key] = make()
    return made[key]  # type: ignore[return-value]
