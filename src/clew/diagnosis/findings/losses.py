"""Where runs go: the stage at which most of them stop, with those that may still go on told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.clock import NEVER, US
from clew.diagnosis.comparing.courses import Courses
from clew.diagnosis.comparing.recording import Recording, watched_until
from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.words import bounds, share_words, shown
from clew.diagnosis.findings.losses_beside import Witness, witness_of
from clew.diagnosis.model import Finding
from clew.journeys.model import Stage
from clew.questions.stages import titled
from clew.questions.words import date, listed, share, span
from clew.stats.model import Estimate
from clew.stats.shares import wilson
from clew.stats.survival import SurvivalCounts, kaplan_meier

Values = NDArray[np.int64]
Mask = NDArray[np.bool_]
LEAST_RUNS = 20  # that reached a stage, to speak of where they stopped
LEAST_LOST = 0.2  # of these, to be worth a word
AT_RISK = 0.05  # of them must have been watched so long that a Kaplan-Meier share is read there
MATTERS = 0.01  # the Kaplan-Meier share is told where it differs by so much


@dataclass(frozen=True)
class Stop:
    """Runs that reached one stage and whether they ever reached a later one.

    rows      which runs reached it       moved    of these, which went on
    entered   when each reached it        left     when it went on, NEVER where not
    settled   ended for good without      watched  until when one could see it
    """

    stage: Stage
    following: Stage
    rows: Values
    entered: Values
    left: Values
    settled: Mask
    watched: int

    @property
    def moved(self) -> Mask:
        return np.asarray(self.left != NEVER)

    @property
    def lost(self) -> int:
        return len(self.rows) - int(self.moved.sum())


def loss_findings(base: Base, courses: Mapping[str, Courses], recording: Mapping[str, Recording]) -> Iterator[Finding]:
    """Tell of every stage at which many runs stop, and of the bad end that most of them come to."""
    for name, runs in courses.items():
        for number in range(len(runs.ground.journey.stages) - 1):
            stop = stop_at(runs, number, recording[name])
            if stop is not None and len(stop.rows) >= LEAST_RUNS and stop.lost >= LEAST_LOST * len(stop.rows):
                yield _finding(base, runs, stop, recording[name].comparable_from)
        yield from _bad_ends(base, runs)


def stop_at(courses: Courses, stage: int, recording: Recording) -> Stop | None:
    """Look at the runs that entered a stage; None for an optional one, or where no further one must follow."""
    stages = courses.ground.journey.stages
    following = next((each for each in stages[stage + 1 :] if not each.optional), None)
    if stages[stage].optional or following is None:
        return None
    rows = np.flatnonzero(courses.entered[:, stage] != NEVER)
    entered, left = courses.entered[rows, stage], courses.later[rows, stage]
    watched = watched_until(courses, stage, recording)
    return Stop(stages[stage], following, rows, entered, left, courses.settled[rows], watched)


def beyond_censoring(stop: Stop) -> tuple[Estimate, int] | None:
    """Estimate the share that does not go on, were all watched as long as the longest; and how long that is.

    A run that ended for good never goes on: it counts as watched for ever. Returns None where that differs little from
    the raw share
    """
    waited = np.where(stop.moved, stop.left, np.maximum(stop.watched, stop.entered)) - stop.entered
    waited = np.maximum(waited, 0)
    longest = int(waited.max(initial=0))
    waited = np.where(stop.settled & ~stop.moved, longest, waited)
    curve = kaplan_meier(SurvivalCounts.of(waited, stop.moved))
    enough = np.flatnonzero(curve.at_risk >= max(LEAST_RUNS, AT_RISK * curve.n))
    if not len(enough):
        return None
    place = int(enough[-1])
    found = Estimate(float(curve.share[place]), float(curve.low[place]), float(curve.high[place]), curve.n, curve.level)
    return (found, int(curve.durations[place])) if abs(found.value - stop.lost / len(stop.rows)) >= MATTERS else None


def _finding(base: Base, courses: Courses, stop: Stop, since: int | None) -> Finding:
    name, n = courses.ground.journey.name, len(stop.rows)
    here, there = titled(stop.stage), titled(stop.following)
    witness = witness_of(courses, stop.rows, stop.moved)
    lost = stop.lost - (witness.more if witness else 0)
    raw = wilson(lost, n)
    over = "Over half" if raw.low > 0.5 else f"{lost:,}"
    claim = f"{over} of {n:,} runs of '{name}' that reached '{here}' never reached '{there}': {share_words(raw, n)}."
    claim += _beside(witness, stop, there)
    meaning = " ".join(filter(None, (_meaning(stop, witness), _comparable(courses, stop, since))))
    weight = min(1.0, lost / n * min(1.0, 0.5 + n / max(len(courses), 1)))
    return Finding("loss", claim, meaning, shown(base.sight, "funnel", name), weight=weight)


def _beside(witness: Witness | None, stop: Stop, there: str) -> str:
    if witness is None:
        return ""
    raw = wilson(stop.lost, len(stop.rows))
    return (
        f" {int(stop.moved.sum()):,} show '{there}' in the log, and {witness.words} for all of them and for "
        f"{witness.more:,} more; by the log alone {share(raw.value)} {bounds(raw)} never did, so it does not hold all."
    )


def _meaning(stop: Stop, witness: Witness | None) -> str:
    still = int((~stop.moved & ~stop.settled).sum())
    found = beyond_censoring(stop)
    if found is None or witness is not None:
        words = f"{still:,} of them have not ended for good" if still else "All of them have ended for good"
        return f"{words}; this says where runs stop, not why."
    estimate, longest = found
    return (
        f"{still:,} of them have not ended for good; with that taken into account (Kaplan-Meier) "
        f"{share(estimate.value)} {bounds(estimate)} do not within {span(longest / US)}. "
        "This says where runs stop, not why."
    )


def _comparable(courses: Courses, stop: Stop, since: int | None) -> str:
    """The same share among the cohorts that can be compared."""
    if since is None:
        return ""
    young = courses.start[stop.rows] >= since
    n, lost = int(young.sum()), int((young & ~stop.moved).sum())
    if n < LEAST_RUNS or n == len(young):
        return ""
    day = date(since / US, courses.ground.firm.time_zone)
    return f"Among runs begun from {day} on, which can be compared, by the log {share_words(wilson(lost, n), n)}."


def _bad_ends(base: Base, courses: Courses) -> Iterator[Finding]:
    """The end, not a good one, that most runs come to, and the stage they stood in."""
    journey, runs = courses.ground.journey, len(courses)
    bad = {number: int((courses.outcome == number).sum()) for number, end in enumerate(journey.ends) if not end.good}
    worst = max(bad, key=lambda number: (bad[number], -number), default=None)
    if worst is None or bad[worst] < LEAST_RUNS or bad[worst] < LEAST_LOST * runs:
        return
    rows = courses.outcome == worst
    stages = np.bincount(courses.furthest[rows] + 1, minlength=len(journey.stages) + 1)[1:]
    most = sorted(zip(stages.tolist(), [titled(stage) for stage in journey.stages], strict=True), reverse=True)
    told = [f"'{title}' {n:,}" for n, title in most if n]
    claim = (
        f"{share_words(wilson(bad[worst], runs), runs)} of the runs of '{journey.name}' end as "
        f"'{journey.ends[worst].name}'; the furthest they came: {listed(told, 3)}."
    )
    meaning = "An end that is not marked good; open runs may still come to it or to another."
    weight = min(1.0, bad[worst] / runs) * 0.8
    yield Finding("loss", claim, meaning, shown(base.sight, "runs", journey.name), weight=weight)
