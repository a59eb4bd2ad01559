"""How stale a map has grown: one figure of 0 to 100 with its parts, each with what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np

from clew.archive.model import NO_CODE
from clew.discovery.conformance.alignment_mean import AccountSums
from clew.discovery.conformance.deviations import Kind, places_of
from clew.discovery.conformance.events import Mention
from clew.discovery.conformance.order import DropOut, order_marks, paths_of, runs_with
from clew.discovery.staleness.weights import (
    ASSUMPTIONS,
    EVENTS,
    PATHS,
    REVIEW,
    STALE,
    TOO_LITTLE,
    WEIGHING,
    called,
    scored,
)
from clew.durations import Duration, parse_duration
from clew.engine.model import FoldedBucket
from clew.journeys.elements import assumptions, elements
from clew.journeys.model import Journey
from clew.journeys.reviews import last_review
from clew.questions.collect import each
from clew.questions.figures import LEAST
from clew.questions.ground import Ground
from clew.questions.words import counted, share
from clew.stats.model import Estimate

RECENT = parse_duration("90 days")


@dataclass(frozen=True)
class Part:
    """One part of a staleness.

    value      share 0..1, or periods since the review; None: unknown, and `words` says why
    low, high  its interval, equal to the value where it is counted in full
    n          what it rests on      score  0..100, with its ends; None where unknown
    words      what it says, in words
    """

    name: str
    title: str
    weight: int
    value: float | None
    low: float | None
    high: float | None
    n: int
    score: tuple[float, float, float] | None
    words: str


@dataclass(frozen=True)
class Staleness:
    """How stale one journey's map is.

    figure     0 (fresh) to 100; None where no part is known
    low, high  the figure with every part at the lower, and at the upper, end of its interval
    called     fresh, due for a look, stale, or unknown; where neither paths nor the review are known, nothing is
               called stale: it is too little known for that
    """

    journey: str
    figure: float | None
    low: float | None
    high: float | None
    called: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Reviewed:
    """What is known of reviews besides the journey file.

    published  microseconds UTC at which the journey's present version was published, None where it was not
    at         microseconds UTC of the moment asked about; None: that of the view
    """

    published: int | None = None
    at: int | None = None


def staleness(
    ground: Ground, *, others: Sequence[Journey] = (), reviewed: Reviewed | None = None, recent: Duration = RECENT
) -> Staleness:
    """Say how stale the map of a ground's journey is.

    others  further journeys of the firm: what their maps mention is explained
    recent  how far back from the end of the view events and runs count
    """
    asked = reviewed or Reviewed()
    since = ground.as_of - recent.micros
    unexplained, astray = _looked(ground, others, since)
    parts = (
        _share(EVENTS, unexplained, "event", f"of the last {recent}"),
        _share(PATHS, astray, "run", f"that entered a stage in the last {recent}"),
        _review(ground, asked.at if asked.at is not None else ground.as_of, asked.published),
        _assumptions(ground.journey),
    )
    return _weighed(ground.journey.name, parts)


def _weighed(journey: str, parts: tuple[Part, ...]) -> Staleness:
    known = [(part.weight, part.score) for part in parts if part.score is not None]
    whole = sum(weight for weight, _ in known)
    if not whole:
        return Staleness(journey, None, None, None, "unknown", parts)
    figure, low, high = (sum(weight * score[end] for weight, score in known) / whole for end in range(3))
    name = called(figure)
    if name == STALE and not {PATHS, REVIEW} & {part.name for part in parts if part.score is not None}:
        name = TOO_LITTLE
    return Staleness(journey, figure, low, high, name, parts)


def _part(name: str, estimate: Estimate | None, n: int, words: str) -> Part:
    weighing = next(one for one in WEIGHING if one.part == name)
    if estimate is None:
        return Part(name, weighing.title, weighing.weight, None, None, None, n, None, words)
    ends = (estimate.value, estimate.low, estimate.high)
    score = (scored(weighing, ends[0]), scored(weighing, ends[1]), scored(weighing, ends[2]))
    return Part(name, weighing.title, weighing.weight, *ends, n, score, words)


def _looked(ground: Ground, others: Sequence[Journey], since: int) -> tuple[AccountSums, AccountSums]:
    """Sum up (recent events that no map explains, recent runs that its order does not explain), by account."""
    look = _look(ground, Mention((ground.journey, *others), ground.terms), since)
    found = list(each(ground.buckets, look))
    return reduce(add, [one for one, _ in found]), reduce(add, [one for _, one in found])


def _look(ground: Ground, mentioned: Mention, since: int) -> Callable[[FoldedBucket], tuple[AccountSums, AccountSums]]:
    places, kind = places_of(ground), ground.journey.subject.kind

    def look(folded: FoldedBucket) -> tuple[AccountSums, AccountSums]:
        bucket, visits = folded.bucket, folded.visits
        recent = np.asarray(bucket.at) > since
        if kind != "account":
            recent &= np.asarray(bucket.subject(kind)) != NO_CODE
        row = np.flatnonzero(recent)
        bare = ~mentioned.events(bucket)[row]
        paths = paths_of(folded, ground.journey, DropOut.ANY)
        marks = order_marks(paths, ground.journey, places)
        astray = runs_with(marks, places, len(folded.runs), kinds=(Kind.SKIPPED, Kind.OUT_OF_ORDER))
        moving = np.unique(visits.run[(visits.enter > since) & (visits.stage >= 0)])
        return (
            AccountSums.of(np.asarray(bucket.thread)[row], bare.astype(np.float64)),
            AccountSums.of(folded.runs.thread[moving], astray[moving].astype(np.float64)),
        )

    return look


def _share(name: str, sums: AccountSums, one: str, which: str) -> Part:
    if sums.n < LEAST:
        return _part(name, None, sums.n, f"too few {one}s {which}: {LEAST - sums.n} more needed")
    estimate = sums.mean()
    assert estimate is not None
    told = f"{round(sums.y):,} of {counted(sums.n, one)} {which}"
    return _part(name, estimate, sums.n, told)


def _review(ground: Ground, at: int, published: int | None) -> Part:
    found = last_review(ground.journey, at, ground.firm.time_zone, published)
    if found is None:
        return _part(REVIEW, None, 0, "no review is dated (review: {last: …}), and this version is not published")
    if found.age < 0:
        return _part(REVIEW, None, 0, "it was looked at after the moment that is asked about")
    told = f"{'reviewed' if found.dated else 'published'} {counted(found.days, 'day')} ago, every {found.every}"
    told += "" if found.promised else ", none is promised"
    return _part(REVIEW, Estimate(found.periods, found.periods, found.periods, 1, 0.95), 1, told)


def _assumptions(journey: Journey) -> Part:
    every, left = elements(journey), len(assumptions(journey))
    part = left / len(every)
    return _part(
        ASSUMPTIONS,
        Estimate(part, part, part, len(every), 0.95),
        len(every),
        f"{left} of {counted(len(every), 'element')} of the map",
    )


def in_words(found: Staleness) -> Iterator[str]:
    """Say a staleness and its parts, a line each."""
    if found.figure is None or found.low is None or found.high is None:
        yield f"Staleness of {found.journey}: unknown"
    else:
        span = f" ({found.low:.0f} to {found.high:.0f})" if round(found.high) > round(found.low) else ""
        yield f"Staleness of {found.journey}: {found.figure:.0f} of 100{span}, {found.called}"
    yield from map(_part_in_words, found.parts)


def _part_in_words(part: Part) -> str:
    if part.value is None or part.score is None:
        return f"{part.title}: unknown, {part.words}"
    value = f"{part.value:.1f}" if part.name == REVIEW else f"{share(part.value)}"
    return f"{part.title}: {value} ({part.words}) → {part.score[0]:.0f} points"
