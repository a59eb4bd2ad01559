"""Late starters: runs that entered a stage so late that nobody can say yet whether they go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clew.clock import NEVER, US
from clew.diagnosis.comparing.courses import Courses
from clew.diagnosis.comparing.recording import Recording, watched_until
from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.words import share_words, shown
from clew.diagnosis.model import Finding
from clew.journeys.model import Stage
from clew.periods import period_of, period_start
from clew.questions.onward import usual_time_on
from clew.questions.stages import titled
from clew.questions.words import counted, date, span
from clew.stats.shares import MINIMUM_FOR_SHARE, wilson

LEAST_LATE = 0.05  # of the runs of a stage, to be worth a word
MOST_STAGES = 3


@dataclass(frozen=True)
class Starters:
    """Runs that entered a stage too late to tell whether they go on.

    usual    microseconds by which nine in ten of those that went on did
    watched  instant until which one could see it
    since    first instant of the first whole day from which on runs had less than the usual time
    late, late_moved    runs that entered since, and those of them that went on
    early, early_moved  the others
    """

    stage: Stage
    usual: int
    watched: int
    since: int
    late: int
    late_moved: int
    early: int
    early_moved: int

    @property
    def matter(self) -> bool:
        """Whether there are enough of them, and they went on less often than the others beyond chance."""
        if min(self.late, self.early) < MINIMUM_FOR_SHARE or self.late < LEAST_LATE * (self.late + self.early):
            return False
        return wilson(self.late_moved, self.late).high < wilson(self.early_moved, self.early).low


def late_starters(base: Base, courses: Courses, recording: Recording) -> Iterator[Finding]:
    """The stages at which late runs matter most."""
    stages = range(len(courses.ground.journey.stages) - 1)
    found = [starters_of(courses, stage, recording) for stage in stages]
    told = [_censored(base, courses, each) for each in found if each is not None and each.matter]
    yield from sorted(told, key=lambda finding: -finding.weight)[:MOST_STAGES]


def _censored(base: Base, courses: Courses, found: Starters) -> Finding:
    name, zone, n = courses.ground.journey.name, base.sight.firm.time_zone, found.late + found.early
    before, until = (date(at / US, zone) for at in (found.since - 1, found.watched))
    late, early = (wilson(*pair) for pair in ((found.late_moved, found.late), (found.early_moved, found.early)))
    claim = (
        f"{found.late:,} of {n:,} runs of '{name}' that entered '{titled(found.stage)}' did so after {before}, "
        f"{share_words(wilson(found.late, n), n)}: until {until}, the last day on which going on is recorded as usual, "
        f"they had less than the {span(found.usual / US)} that nine in ten took. {share_words(late, found.late)} of "
        f"them went on, of those before {share_words(early, found.early)}."
    )
    meaning = "Late ones are censored: that they have not gone on yet is not 'never'. Leave them out of shares."
    are = "is" if found.late == 1 else "are"
    brief = (
        f"{counted(found.late, 'run')} of '{name}' {are} too young to judge whether they go on from "
        f"'{titled(found.stage)}' (after {before}): leave them out."
    )
    see, weight = shown(base.sight, "coverage", name), min(0.9, 0.3 + found.late / n)
    return Finding("limit", claim, meaning, see, weight, brief)


def starters_of(courses: Courses, stage: int, recording: Recording) -> Starters | None:
    """Tell late from early starters of a stage; None where too few went on to know the usual time."""
    rows = np.flatnonzero(courses.entered[:, stage] != NEVER)
    entered, later = courses.entered[rows, stage], courses.later[rows, stage]
    moved = later != NEVER
    usual = usual_time_on(entered, later)
    if usual is None:
        return None
    watched = watched_until(courses, stage, recording)
    zone = courses.ground.firm.time_zone
    since = int(period_start(period_of([watched - usual], "day", zone) + 1, "day", zone)[0])
    late = entered >= since
    return Starters(
        courses.ground.journey.stages[stage], usual, watched, since, int(late.sum()), int((late & moved).sum()),
        int((~late).sum()), int((~late & moved).sum()),
    )  # fmt: skip
