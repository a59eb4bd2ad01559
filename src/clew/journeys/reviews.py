"""How long ago a map was last looked at, against the rhythm that its file promises."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.clock import DAY_US, days_of
from clew.durations import Duration, parse_duration
from clew.journeys.model import Journey
from clew.zones import day_start

# Without `review.every` an age is held against a quarter: the rhythm in which most firms plan. Judgement.
USUAL_REVIEW = parse_duration("13 weeks")


@dataclass(frozen=True)
class Review:
    """The last review at a moment.

    age       microseconds since the beginning of its day in the firm's zone, since publication where none is dated;
              below 0 where it lies ahead
    every     between two reviews      promised  the file says so      dated  the file dates it
    """

    age: int
    every: Duration
    promised: bool
    dated: bool

    @property
    def days(self) -> int:
        """Whole days."""
        return self.age // DAY_US

    @property
    def periods(self) -> float:
        """Its age in rhythms."""
        return self.age / self.every.micros if self.every.micros else 0.0

    @property
    def in_time(self) -> bool:
        """Whether the next one is not overdue: it may be held on the day on which the rhythm has passed."""
        return 0 <= self.days * DAY_US <= self.every.micros


def last_review(journey: Journey, at: int, zone: str, published: int | None = None) -> Review | None:
    """Look at the last review; None where none is dated, nor the version published.

    at  the moment that is asked about      published  instant of publication, where known
    """
    last, dated = published, journey.review_last is not None
    if journey.review_last is not None:
        last = int(day_start(np.array([days_of(journey.review_last)], np.int64), zone)[0])
    if last is None:
        return None
    return Review(at - last, journey.review_every or USUAL_REVIEW, journey.review_every is not None, dated)
