"""Who differs from whom: every property and attribute scanned for values whose runs come further, or less far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clew.diagnosis.comparing.courses import Courses
from clew.diagnosis.comparing.dimensions import SEGMENT, Split, splits_of
from clew.diagnosis.comparing.significance import Table, clustered_p, p_values
from clew.journeys.model import Journey
from clew.questions.stages import titled
from clew.stats.multiplicity import benjamini_hochberg

Values = NDArray[np.int64]
Mask = NDArray[np.bool_]
LEAST_RUNS = 30  # on each side
LEAST_ACCOUNTS = 20  # on each side, where accounts have several runs
LEVEL = 0.05
TOO_FAR = 0.25  # a side that always or never comes to an outcome, so far from the other, follows from it


@dataclass(frozen=True)
class Outcome:
    """What is compared: a stage that runs reach, or an end that they come to."""

    title: str
    is_end: bool
    number: int

    def hit(self, courses: Courses) -> Mask:
        """Which runs came to it."""
        if self.is_end:
            ended: Mask = courses.outcome == self.number
            return ended
        return courses.reached(self.number)

    def open_to(self, courses: Courses) -> Mask:
        """Which runs could come to it: not those that began there, or beyond."""
        if self.is_end:
            return np.ones(len(courses), np.bool_)
        before: Mask = courses.begun < self.number
        return before


@dataclass(frozen=True)
class Compared:
    """One value against all other known ones.

    hits, n, rest_hits, rest_n  runs      p  before, q  after correction over everything scanned
    """

    journey: str
    split: Split
    value: int
    outcome: Outcome
    hits: int
    n: int
    rest_hits: int
    rest_n: int
    p: float
    q: float = 1.0

    @property
    def share(self) -> float:
        return self.hits / self.n

    @property
    def rest(self) -> float:
        return self.rest_hits / self.rest_n

    @property
    def above(self) -> bool:
        """Whether the value's share is the larger one."""
        return self.share > self.rest

    @property
    def follows(self) -> bool:
        """Whether the value rather follows from the outcome: one side always, or never, comes to it, the other not."""
        certain = self.hits in (0, self.n) or self.rest_hits in (0, self.rest_n)
        return certain and abs(self.share - self.rest) >= TOO_FAR


@dataclass(frozen=True)
class Scan:
    """Everything compared, and the splits left out, as (journey, name), because they follow from an outcome."""

    compared: Sequence[Compared]
    left_out: Sequence[tuple[str, str]]

    @property
    def standing(self) -> list[Compared]:
        """Comparisons that stand after correction."""
        return [each for each in self.compared if each.q <= LEVEL]


def scan(courses: Mapping[str, Courses]) -> Scan:
    """Compare every value of every split on every outcome of every journey, corrected for having looked so often."""
    found = [each for name, runs in courses.items() for each in _of_journey(name, runs)]
    left_out = sorted({(each.journey, each.split.name) for each in found if each.follows})
    found = [each for each in found if (each.journey, each.split.name) not in left_out]
    adjusted = benjamini_hochberg([each.p for each in found]).tolist()
    return Scan([replace(each, q=q) for each, q in zip(found, adjusted, strict=True)], left_out)


def outcomes_of(journey: Journey) -> list[Outcome]:
    """Every stage that is not optional, and every end."""
    numbered = enumerate(journey.stages)
    stages = [Outcome(titled(stage), False, number) for number, stage in numbered if not stage.optional]
    return stages + [Outcome(end.name, True, number) for number, end in enumerate(journey.ends)]


@dataclass(frozen=True)
class Cohort:
    """The runs of a journey that could come to one outcome.

    rows     which ones            hit       (k,) who did
    stratum  (k,) month of start   clusters  (k,) account, None where every account has one run; both numbered from 0
    """

    journey: str
    outcome: Outcome
    rows: Values
    hit: Mask
    stratum: Values
    clusters: Values | None


def cohorts_of(name: str, courses: Courses) -> Iterator[Cohort]:
    """Yield those of every outcome that some came to and some did not."""
    for outcome in outcomes_of(courses.ground.journey):
        rows = np.flatnonzero(outcome.open_to(courses))
        hit = outcome.hit(courses)[rows]
        if 0 < int(hit.sum()) < len(rows):
            clusters = courses.account[rows] if courses.several else None
            yield Cohort(name, outcome, rows, hit, courses.month[rows], clusters)


def _of_journey(name: str, courses: Courses) -> Iterator[Compared]:
    cohorts = list(cohorts_of(name, courses))
    for split in splits_of(courses.ground):
        for cohort in cohorts:
            yield from _compared(split, cohort)


def _compared(split: Split, cohort: Cohort) -> Iterator[Compared]:
    code, size = split.code[cohort.rows], len(split.values)
    table = Table.of(cohort.stratum, code, cohort.hit, values=size)
    n, hits = table.n.sum(axis=0).astype(int), table.hits.sum(axis=0).astype(int)
    whole, all_hits = int(n.sum()), int(hits.sum())
    values = _enough(split, cohort, n) if 0 < all_hits < whole else []
    p = p_values(table) if values else np.zeros(0)
    known = np.flatnonzero(code >= 0)
    for value in values:
        chance = float(p[value])
        if cohort.clusters is not None and chance <= LEVEL:
            stratum, hit, account = cohort.stratum[known], cohort.hit[known], cohort.clusters[known]
            chance = max(chance, clustered_p(stratum, code[known] == value, hit, account=account))
        rest_hits, rest_n = all_hits - int(hits[value]), whole - int(n[value])
        yield Compared(
            cohort.journey, split, value, cohort.outcome, int(hits[value]), int(n[value]), rest_hits, rest_n, chance
        )


def _enough(split: Split, cohort: Cohort, n: Values) -> list[int]:
    """Values with enough runs, and accounts, on both sides; of a segment only being in it."""
    wide = (n >= LEAST_RUNS) & (int(n.sum()) - n >= LEAST_RUNS)
    if cohort.clusters is not None:
        code, size = split.code[cohort.rows], len(split.values)
        known = np.flatnonzero(code >= 0)
        seen = np.zeros((int(cohort.clusters.max()) + 1, size), np.bool_)
        seen[cohort.clusters[known], code[known]] = True
        accounts = seen.sum(axis=0)
        wide &= (accounts >= LEAST_ACCOUNTS) & (int(seen.any(axis=1).sum()) - accounts >= LEAST_ACCOUNTS)
    found: list[int] = np.flatnonzero(wide).tolist()
    return [value for value in found if split.kind != SEGMENT or value == 1]
