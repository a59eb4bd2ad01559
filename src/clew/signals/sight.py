"""What detectors look at: the log, what its events mean to the firm, and the journeys folded over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, NO_VALUE, Bucket, Codes, LogView
from clew.conditions.model import AnyOf, Condition, Event
from clew.engine.attributes import Units, code_in_force
from clew.engine.conditions import Evaluation
from clew.engine.stream import build_stream
from clew.engine.terms import Terms
from clew.firm.model import Firm
from clew.journeys.model import Subject
from clew.meanings.model import Meanings
from clew.questions.ground import Ground

Mask = NDArray[np.bool_]
OF_ACCOUNT = Subject()


@dataclass(frozen=True)
class Sight:
    """One view with the meanings of its events.

    journeys  by name: each folded over this same view, in the same buckets
    """

    view: LogView
    firm: Firm
    meanings: Meanings
    journeys: Mapping[str, Ground] = field(default_factory=dict)
    _kept: dict[tuple[int, str], Mask] = field(default_factory=dict, repr=False, compare=False)
    _terms: list[Terms] = field(default_factory=list, repr=False, compare=False)

    @property
    def as_of(self) -> int:
        return self.view.as_of

    @property
    def buckets(self) -> Sequence[Bucket]:
        return self.view.buckets()

    @property
    def terms(self) -> Terms:
        """The view's words looked up once."""
        if not self._terms:
            self._terms.append(Terms(self.view, self.firm))
        return self._terms[0]

    def happens(self, number: int, condition: Condition | None) -> Mask:
        """Say of every event of a bucket whether the condition comes true at it, for its account.

        None, which the firm did not say: nowhere. Made once for each bucket and condition
        """
        bucket = self.buckets[number]
        if condition is None:
            return np.zeros(len(bucket), np.bool_)
        key = (number, repr(condition))
        if key not in self._kept:
            self._kept[key] = _happens(bucket, condition, self.terms)
        return self._kept[key]

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


def _happens(bucket: Bucket, condition: Condition, terms: Terms) -> Mask:
    if _only_names(condition):
        return terms.named(_names(condition))[bucket.event]
    stream = build_stream(bucket, terms, OF_ACCOUNT, [condition])
    mask = np.zeros(len(bucket), np.bool_)
    happened = Evaluation(stream, terms).happens(condition) & (stream.row >= 0)
    mask[stream.row[happened]] = True
    return mask


def _only_names(condition: Condition) -> bool:
    if isinstance(condition, AnyOf):
        return all(_only_names(part) for part in condition.parts)
    return isinstance(condition, Event) and not condition.where


def _names(condition: Condition) -> tuple[str, ...]:
    if isinstance(condition, AnyOf):
        return tuple(name for part in condition.parts for name in _names(part))
    return condition.names if isinstance(condition, Event) else ()
