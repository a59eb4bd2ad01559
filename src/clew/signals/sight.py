"""What detectors look at: the log, what its events mean to the firm, and the journeys folded over it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from threading import Lock, RLock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, NO_VALUE, Bucket, Codes, LogView
from clew.conditions.model import Condition
from clew.engine.attributes import Units, code_in_force
from clew.engine.happenings import OF_ACCOUNT as OF_ACCOUNT
from clew.engine.happenings import happens
from clew.engine.terms import Terms
from clew.firm.model import Firm
from clew.meanings.model import Meanings
from clew.questions.ground import Ground

Made = TypeVar("Made")
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Sight:
    """One view with the meanings of its events.

    journeys  by name: each folded over this same view, in the same buckets
    """

    view: LogView
    firm: Firm
    meanings: Meanings
    journeys: Mapping[str, Ground] = field(default_factory=dict)
    _kept: _Kept = field(default_factory=lambda: _Kept(), init=False, repr=False, compare=False)

    @property
    def as_of(self) -> int:
        return self.view.as_of

    @property
    def buckets(self) -> Sequence[Bucket]:
        return self.view.buckets()

    @property
    def terms(self) -> Terms:
        """The view's words looked up once."""
        return self.made("terms", lambda: Terms(self.view, self.firm))

    def made(self, key: object, make: Callable[[], Made]) -> Made:
        """Return what was made of this sight under a key, made now where it is asked for the first time.

        Whoever asks at the same time waits for it. key  may hold dataclasses, tuples and mappings, as conditions do
        """
        return self._kept.get(_hashable(key), make)

    def happens(self, number: int, condition: Condition | None) -> Mask:
        """Say of every event of a bucket whether the condition comes true at it, for its account.

        None, which the firm did not say: nowhere. Made once for each bucket and condition
        """
        bucket = self.buckets[number]
        if condition is None:
            return np.zeros(len(bucket), np.bool_)
        return self.made(("happens", number, condition), lambda: happens(bucket, condition, self.terms))

    def codes(self, number: int, name: str | None) -> Codes:
        """Return the codes of a kept property for every event of a bucket; NO_CODE throughout where there is none."""
        bucket = self.buckets[number]
        return bucket.property(name) if name is not None else np.full(len(bucket), NO_CODE, np.int32)

    def revenue(self, number: int, threads: Codes) -> NDArray[np.int64]:
        """Return what accounts of a bucket bring a year as of the view, in millionths; NO_VALUE where unknown."""
        name = self.meanings.revenue
        if name is None or not len(threads):
            return np.full(len(threads), NO_VALUE, np.int64)
        ordered, place = np.unique(threads, return_inverse=True)
        units = Units(ordered, ordered, True)
        when = np.full(len(ordered), self.as_of, np.int64)
        code = code_in_force(self.buckets[number], self.terms, units, name, unit=np.arange(len(ordered)), when=when)
        return self.terms.amounts(name)[code][place]


class _Kept:
    """What was made, by key: each under a lock of its own, which is let go of once it is there."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._making: dict[Hashable, RLock] = {}
        self._made: dict[Hashable, object] = {}

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        with self._guard:
            lock = self._making.setdefault(key, RLock()) if key not in self._made else None
        if lock is not None:
            with lock:
                if key not in self._made:
                    self._made[key] = make()
            with self._guard:
                self._making.pop(key, None)
        return self._made[key]  # type: ignore[return-value]


def _hashable(key: object) -> Hashable:
    """Equal for equal keys: fields of dataclasses in their order, mappings in any; 1 and True are two."""
    if is_dataclass(key) and not isinstance(key, type):
        return type(key), *(_hashable(getattr(key, each.name)) for each in fields(key))
    if isinstance(key, Mapping):
        return frozenset((name, _hashable(value)) for name, value in key.items())
    if isinstance(key, tuple):
        return tuple(_hashable(part) for part in key)
    assert isinstance(key, Hashable)
    return type(key), key
