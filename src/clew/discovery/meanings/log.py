"""What a loaded log holds, counted for a draft: events by name, and the properties, subjects and numbers they carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from clew.archive.model import NO_CODE, NO_VALUE, UNIT, Codes, LogView
from clew.engine.amounts import amounts
from clew.sources.model import Source
from clew.workspace.references import produces

_TEXTS = 5000  # values of a property that are looked at


@dataclass(frozen=True)
class Scale:
    """The numbers among the values of a property or attribute.

    share  of its values that are numbers     low, high  the smallest and the largest of these
    """

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class LoggedNames:
    """What of the log the workspace's files still tell of.

    events      name -> how many, most first
    properties  name -> event -> how many of its events carry it
    subjects    kind -> event -> how many of its events are about one
    attributes  names of attributes of accounts
    """

    view: LogView
    events: dict[str, int]
    properties: dict[str, dict[str, int]]
    subjects: dict[str, dict[str, int]]
    attributes: Sequence[str]
    _scales: dict[str, Scale] = field(default_factory=dict, repr=False)

    @cached_property
    def total(self) -> int:
        """How many events there are."""
        return sum(self.events.values())

    def kept_by(self, events: Sequence[str]) -> list[str]:
        """Properties that some of these events carry, those of most events first."""
        carried = {name: sum(by.get(event, 0) for event in events) for name, by in self.properties.items()}
        return sorted((name for name, n in carried.items() if n), key=lambda name: (-carried[name], name))

    def scale(self, dictionary: str) -> Scale:
        """Look at the numbers of a dictionary, as "property:nps"."""
        if dictionary not in self._scales:
            self._scales[dictionary] = _scale(self.view.names[dictionary].texts()[:_TEXTS])
        return self._scales[dictionary]


def logged_names(view: LogView, sources: Sequence[Source]) -> LoggedNames:
    """Count what a view holds of what the sources tell of."""
    templates = [spec.event for source in sources for spec in source.events]
    texts = view.names["event"].texts()
    told = np.array([any(produces(template, text) for template in templates) for text in texts], np.bool_)
    everything = [np.bincount(bucket.event, minlength=len(texts)) * told for bucket in view.buckets()]
    attributes = {spec.name for source in sources for spec in source.attributes if spec.of is None}
    return LoggedNames(
        view,
        _by_name(sum(everything, np.zeros(len(texts), np.int64)), texts),
        {
            name: counts
            for name in _property_names(sources, view)
            if (counts := _carried(view, told, name, of="property"))
        },
        {
            kind: _carried(view, told, kind, of="subject")
            for kind in sorted({k for one in sources for k in one.subjects})
        },
        sorted(attributes & set(view.names["attribute"].texts())),
    )


def _property_names(sources: Sequence[Source], view: LogView) -> list[str]:
    """Properties that sources list, and for those that list none the stored ones."""
    listed = {name for source in sources for name in source.properties or ()}
    every = any(source.properties is None for source in sources)
    stored = {name for bucket in view.buckets() for name in bucket.property_names()} if every else set()
    return sorted(listed | stored)


def _carried(view: LogView, told: np.typing.NDArray[np.bool_], name: str, *, of: str) -> dict[str, int]:
    texts = view.names["event"].texts()
    counts = np.zeros(len(texts), np.int64)
    for bucket in view.buckets():
        codes: Codes = bucket.property(name) if of == "property" else bucket.subject(name)
        counts += np.bincount(bucket.event[codes != NO_CODE], minlength=len(texts))
    return _by_name(counts * told, texts)


def _by_name(counts: np.typing.NDArray[np.int64], texts: Sequence[str]) -> dict[str, int]:
    most = sorted(np.flatnonzero(counts).tolist(), key=lambda code: (-counts[code], texts[code]))
    return {texts[code]: int(counts[code]) for code in most}


def _scale(texts: Sequence[str]) -> Scale:
    found = amounts(texts)[: len(texts)]
    numbers = found[found != NO_VALUE] / UNIT
    if not len(numbers):
        return Scale(0.0, 0.0, 0.0)
    return Scale(len(numbers) / len(texts), float(numbers.min()), float(numbers.max()))
