"""What discovery hands over: a journey, why each element is in it, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clew.durations import Duration
from clew.journeys.model import Journey


@dataclass(frozen=True)
class Usual:
    """By when nine of ten stays, or waits, are over: Kaplan-Meier's P90.

    span_us    microseconds; low_us, high_us its interval, None where not reached
    n, ended   stays, and those that were seen to end        limit  the span as a person would write it, never less
    """

    span_us: int
    low_us: int | None
    high_us: int | None
    n: int
    ended: int
    limit: Duration


@dataclass(frozen=True)
class Dropped:
    """An event that is neither stage nor end, and why."""

    event: str
    occurrences: int
    subjects: int
    reason: str


@dataclass
class Findings:
    """What stands beside the journey.

    marks     path of an element -> what shows it           remarks  path -> a comment behind its line
    limits    stage, (stage, segment) or handoff 'from-to' -> the figure behind the limit
    notes     what could not be drafted and why              dropped  events left out
    """

    marks: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    limits: dict[str | tuple[str, str], Usual] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


@dataclass(frozen=True)
class Draft:
    """A drafted journey.

    text      the file            journey  what it says (without a version)
    subjects  how many there are  events   of theirs, looked at
    """

    journey: Journey
    text: str
    subjects: int
    events: int
    marks: Mapping[str, str]
    limits: Mapping[str | tuple[str, str], Usual]
    dropped: Sequence[Dropped]
    notes: Sequence[str]

    @property
    def ends(self) -> tuple[str, ...]:
        """Names of its ends."""
        return tuple(end.name for end in self.journey.ends)
