"""Small sights for the detectors of messages, and what they find, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clew.clock import to_datetime
from clew.firm.model import Firm
from clew.meanings.model import Meanings
from clew.signals.model import Detector
from clew.signals.sight import Sight
from clew.testing import memory_log

FIRM = Firm("Thread & Co", "EUR", "Europe/Berlin")


def looking(events: Sequence[Any], meanings: Meanings, *, firm: Firm = FIRM, **options: Any) -> Sight:
    """Look at a small log; times without a zone are UTC."""
    return Sight(memory_log(events, subjects=("ticket",), **options), firm, meanings)


def found(detector: Detector, sight: Sight) -> list[str]:
    """What a detector finds, as 'account instant'."""
    text, signals = sight.view.names["entity"].text, []
    for number in range(len(sight.buckets)):
        part = detector.detect(sight, number).found
        signals += [f"{text(thread)} {instant(at)}" for thread, at in zip(part.thread, part.at, strict=True)]
    return sorted(signals)


def occasions(detector: Detector, sight: Sight) -> int:
    """How many occasions there were."""
    return sum(len(detector.detect(sight, number).exposed) for number in range(len(sight.buckets)))


def sentences(detector: Detector, sight: Sight) -> list[str]:
    """The sentence of every signal, in order."""
    told = []
    for number in range(len(sight.buckets)):
        part = detector.detect(sight, number).found
        told += [detector.sentence(sight, number, part, place) for place in range(len(part))]
    return told


def measures(detector: Detector, sight: Sight) -> list[float]:
    """The measure of every signal, in order."""
    return [float(each) for n in range(len(sight.buckets)) for each in detector.detect(sight, n).found.measure]


def instant(at: int) -> str:
    """An instant in UTC: 2026-03-02T14:00."""
    return f"{to_datetime(int(at)):%Y-%m-%dT%H:%M}"


def way(*teams: str | None, ticket: str = "T-1", account: str | None = "A-1") -> list[tuple[object, ...]]:
    """Events of a request, day by day from 2 March 2026, each by a team."""
    return [
        (account, f"2026-03-{2 + day:02d}T09:00", "ticket assigned", {"ticket": ticket, "team": team})
        for day, team in enumerate(teams)
    ]
