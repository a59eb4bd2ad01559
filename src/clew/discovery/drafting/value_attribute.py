"""What a run is worth: the attribute of the subject, else of its account, whose name speaks of money."""

from __future__ import annotations

import numpy as np

from clew.archive.model import NO_VALUE, LogView
from clew.engine.amounts import amounts
from clew.ingest import vocabulary
from clew.ingest.looks import parts_of, words_of

_NUMBERS = 0.9  # share of an attribute's values that must be numbers
_LOOKED_AT = 2_000


def value_of(view: LogView, kind: str) -> tuple[str, str] | None:
    """(attribute, what shows it); None where no attribute is an amount.

    One of the subject itself comes before one of its account, then the most telling name, then the most values.
    """
    own, total = _said_of(view, kind)
    ranked = [
        (own[code] <= total[code] - own[code], _telling(name), -int(total[code]), name)
        for code, name in enumerate(view.names["attribute"].texts())
        if total[code] and _telling(name) >= 0 and _is_amount(view, name)
    ]
    if not ranked:
        return None
    _, _, count, name = min(ranked)
    return name, f"its name and its values read as an amount, {-count:,} of them"


def _said_of(view: LogView, kind: str) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]:
    """(attributes,) values said of things of this kind, and of anything."""
    size = len(view.names["attribute"])
    own, total = np.zeros((2, size), np.int64)
    things = view.threads_of(kind)[0] if kind in view.subject_kinds else np.zeros(0, np.int32)
    for bucket in view.buckets():
        table = bucket.attributes
        name = np.asarray(table.name)
        total += np.bincount(name, minlength=size)
        own += np.bincount(name[np.isin(table.entity, things)], minlength=size)
    return own, total


def _telling(name: str) -> int:
    """Place of the first word of money in a name, -1 where there is none."""
    words = words_of(name)
    spoken = f" {vocabulary.plain(' '.join((*words, *parts_of(words))))} "
    return next((place for place, word in enumerate(vocabulary.VALUE) if f" {word} " in spoken), -1)


def _is_amount(view: LogView, name: str) -> bool:
    texts = sorted(view.names[f"attribute:{name}"].texts())
    looked_at = amounts(texts[:: max(len(texts) // _LOOKED_AT, 1)])[:-1]
    return len(looked_at) > 1 and float(np.mean(looked_at != NO_VALUE)) >= _NUMBERS
