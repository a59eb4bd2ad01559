"""When events began and ceased to be recorded: those recorded late, and those that dry up before the log ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE
from clew.clock import DAY_US
from clew.conditions.happening import event_names
from clew.diagnosis.comparing.courses import Courses
from clew.engine.stream import conditions_of
from clew.journeys.model import Journey
from clew.questions.blind import Late, late_events
from clew.questions.collect import each
from clew.signals.sight import Sight

Values = NDArray[np.int64]
LEFT = 0.1  # of the records that the time before lets expect, at most so many come after
FEWEST_EXPECTED = 30  # so that none of this is chance: P(at most 3 | 30 expected) is below one in a hundred million
SHORTEST = 14  # days
LEAST_EARLY = 0.05  # of the runs, for late recording to be worth a word


@dataclass(frozen=True)
class DriedUp:
    """An event that hardly occurs after a day.

    until   instant at which that day begins       after  records from then on
    before  records in an equally long time before
    """

    event: str
    until: int
    after: int
    before: int


def dried_up(sight: Sight, events: Collection[str]) -> list[DriedUp]:
    """Find those of the events asked about that all but stop at least two weeks before the log ends."""
    codes = {sight.view.names["event"].code(event): event for event in events}
    days = _by_day(sight, [code for code in codes if code >= 0])
    found = [_judged(codes[code], counts, sight.as_of) for code, counts in days.items()]
    return [one for one in found if one is not None]


def _by_day(sight: Sight, codes: list[int]) -> dict[int, Values]:
    """Records of each event by whole days back from the log's end: place 0 is the last day."""

    def of_bucket(number: int) -> list[Values]:
        bucket = sight.buckets[number]
        back = (sight.as_of - np.asarray(bucket.at)) // DAY_US
        return [np.bincount(back[bucket.event == code]) for code in codes]

    parts = list(each(range(len(sight.buckets)), of_bucket))
    return {code: _added([part[place] for part in parts]) for place, code in enumerate(codes)}


def _added(parts: list[Values]) -> Values:
    total = np.zeros(max((len(part) for part in parts), default=0), np.int64)
    for part in parts:
        total[: len(part)] += part
    return total


def _judged(event: str, counts: Values, as_of: int) -> DriedUp | None:
    """Find the longest stretch at the end that holds hardly any of what the stretch before it held."""
    total = np.cumsum(counts)
    stretch = np.arange(SHORTEST, len(counts))
    if not len(stretch):
        return None
    after = total[stretch - 1]
    before = total[np.minimum(2 * stretch, len(counts)) - 1] - after
    dry = np.flatnonzero((before >= FEWEST_EXPECTED) & (after <= LEFT * before))
    if not len(dry):
        return None
    days = int(stretch[dry[_clearest(after[dry], before[dry])]])
    place = days - SHORTEST
    return DriedUp(event, as_of - days * DAY_US, int(after[place]), int(before[place]))


def _clearest(after: Values, before: Values) -> int:
    """The stretch least likely to be chance: the largest Poisson log-likelihood ratio against one rate; of equal ones
    the longest, which begins where the records cease.
    """
    whole = after + before
    parts = [count * np.log(np.maximum(2 * count / whole, 1e-300)) for count in (after, before)]
    return len(whole) - 1 - int(np.argmax((parts[0] + parts[1])[::-1]))


@dataclass(frozen=True)
class Recording:
    """When the events that a journey listens to began and ceased to be recorded.

    late      events first recorded when runs had begun before      dried  events that all but stop before the end
    """

    late: Sequence[Late]
    dried: Sequence[DriedUp]

    @property
    def comparable_from(self) -> int | None:
        """Instant from which on cohorts can be compared; None: all can."""
        return max((late.since for late in self.late), default=None)


def recording_of(sight: Sight, courses: Mapping[str, Courses]) -> dict[str, Recording]:
    """Look at the recording of every journey's events, by journey."""
    heard = {name: _heard(runs.ground.journey) for name, runs in courses.items()}
    events = sorted({event for names in heard.values() for event in names})
    dried = {one.event: one for one in dried_up(sight, events)}
    return {
        name: Recording(_late(courses[name], names), [dried[event] for event in names if event in dried])
        for name, names in heard.items()
    }


def _heard(journey: Journey) -> list[str]:
    """Events that decide about runs, in the order of the file."""
    return list(dict.fromkeys(name for condition in conditions_of(journey) for name in event_names(condition)))


def _late(courses: Courses, heard: Sequence[str]) -> list[Late]:
    least = LEAST_EARLY * len(courses)
    return [late for late in late_events(courses.ground) if late.event in heard and late.before >= least]


def watched_until(courses: Courses, stage: int, recording: Recording) -> int:
    """Until when one could see runs go on to a later stage: while any of the events that enter one is recorded."""
    ground, ends = courses.ground, {one.event: one.until for one in recording.dried}
    entering = {event for later in ground.journey.stages[stage + 1 :] for event in event_names(later.enter)}
    recorded = [event for event in entering if ground.view.names["event"].code(event) != NO_CODE]
    return max((ends.get(event, ground.as_of) for event in recorded), default=ground.as_of)
