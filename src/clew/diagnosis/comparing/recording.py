"""When events began and ceased to be recorded: those recorded late, and those that dry up before the log ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clew.archive.model import NO_CODE
from clew.conditions.happening import event_names
from clew.diagnosis.comparing.courses import Courses
from clew.engine.stream import conditions_of
from clew.journeys.model import Journey
from clew.questions.blind import late_events
from clew.questions.recording import Ceased, Late, events_ceased
from clew.signals.sight import Sight

LEAST_EARLY = 0.05  # of the runs, for late recording to be worth a word


@dataclass(frozen=True)
class Recording:
    """When the events that a journey listens to began and ceased to be recorded.

    late      events first recorded when runs had begun before      dried  events that all but stop before the end
    """

    late: Sequence[Late]
    dried: Sequence[Ceased]

    @property
    def comparable_from(self) -> int | None:
        """Instant from which on cohorts can be compared; None: all can."""
        return max((late.since for late in self.late), default=None)


def recording_of(sight: Sight, courses: Mapping[str, Courses]) -> dict[str, Recording]:
    """Look at the recording of every journey's events, by journey."""
    heard = {name: _heard(runs.ground.journey) for name, runs in courses.items()}
    events = sorted({event for names in heard.values() for event in names})
    dried = {one.event: one for one in events_ceased(sight.view, events)}
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
