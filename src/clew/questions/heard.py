"""Events that a journey listens to, and how often each of them is in the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clew.archive.model import LogView
from clew.conditions.happening import event_names
from clew.engine.stream import conditions_of
from clew.errors import nearest_name
from clew.journeys.model import Journey


@dataclass(frozen=True)
class Heard:
    """One event.

    count    how often it is in the log
    nearest  the event of the log that reads most like it, where it is not there itself
    """

    event: str
    count: int
    nearest: str = ""


def event_counts(view: LogView) -> Mapping[str, int]:
    """Count the events of a view by name."""
    texts = view.names["event"].texts()
    counts = np.zeros(len(texts), np.int64)
    for bucket in view.buckets():
        counts += np.bincount(bucket.event, minlength=len(texts))
    return {text: int(count) for text, count in zip(texts, counts.tolist(), strict=True) if count}


def listens_to(journey: Journey) -> tuple[str, ...]:
    """The events that a journey listens to, each once, in the order of the file."""
    return tuple(dict.fromkeys(event for each in conditions_of(journey) for event in event_names(each)))


def heard(events: Sequence[str], counts: Mapping[str, int]) -> list[Heard]:
    """Say of events how often each is in the log."""
    return [Heard(one, counts.get(one, 0), "" if one in counts else nearest_name(one, counts)) for one in events]
