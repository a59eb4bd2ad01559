"""The clearest contrasts of a scan as findings: both sides with intervals, and how many comparisons stand beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt

import numpy as np

from clew.diagnosis.comparing.contrasts import Compared, Scan
from clew.diagnosis.comparing.courses import Courses
from clew.diagnosis.comparing.dimensions import BEGUN, SEGMENT
from clew.diagnosis.facts.words import bounds
from clew.diagnosis.model import Finding
from clew.questions.words import counted, date, listed, share
from clew.stats.model import Estimate
from clew.stats.resampling import share_of_sums
from clew.stats.shares import MINIMUM_FOR_SHARE, wilson

LEAST_GAP = 0.03  # between the near ends of the two intervals: what is smaller is true but matters little
MOST = 6  # contrasts of one journey


@dataclass(frozen=True)
class Side:
    """One side of a contrast: what its runs are called, which value they have (None: any other), its share."""

    name: str
    value: int | None
    share: Estimate
    n: int

    def words(self) -> str:
        """12.3 % [10.8, 14.0] (n 1,586)."""
        return f"{share(self.share.value)} {bounds(self.share)} (n {self.n:,})"


@dataclass(frozen=True)
class Contrast:
    """Two sides of one split at one outcome, the side that comes to it more often first."""

    of: Compared
    high: Side
    low: Side

    @property
    def gap(self) -> float:
        """The distance between the near ends of the intervals."""
        return self.high.share.low - self.low.share.high

    @property
    def runs(self) -> float:
        """What the gap comes to in runs of the smaller side."""
        return max(0.0, self.gap) * min(self.high.n, self.low.n)


def contrast_findings(found: Scan, courses: Mapping[str, Courses], late: Mapping[str, int]) -> Iterator[Finding]:
    """Tell the clearest ones of each journey.

    late  journey -> instant from which on its cohorts can be compared
    """
    for name, rows in groupby(sorted(found.standing, key=lambda row: row.journey), key=lambda row: row.journey):
        clear = sorted(_contrasts(list(rows), courses[name]), key=lambda each: (-each.runs, each.of.split.name))
        for contrast in _one_each(clear)[:MOST]:
            yield _finding(contrast, found, courses[name], since=late.get(name))


def _contrasts(rows: Sequence[Compared], courses: Courses) -> Iterator[Contrast]:
    """One contrast for each split and outcome."""
    ordered = sorted(rows, key=_split_and_outcome)
    for _, several in groupby(ordered, key=_split_and_outcome):
        contrast = _of_values(list(several), courses)
        if contrast.gap >= LEAST_GAP:
            yield contrast


def _split_and_outcome(row: Compared) -> tuple[str, str, bool, int]:
    return row.split.kind, row.split.name, row.outcome.is_end, row.outcome.number


def _of_values(rows: Sequence[Compared], courses: Courses) -> Contrast:
    """The value that stands clearest above the rest against the one clearest below; else the one against the rest."""
    above = [(row, _side(row, courses)) for row in rows if row.above]
    below = [(row, _side(row, courses)) for row in rows if not row.above]
    high = max(above, key=lambda pair: (pair[1].share.low, pair[1].name), default=None)
    low = min(below, key=lambda pair: (pair[1].share.high, pair[1].name), default=None)
    if high and low:
        return Contrast(high[0], high[1], low[1])
    if high:
        return Contrast(high[0], high[1], _rest(high[0], courses))
    assert low is not None
    return Contrast(low[0], _rest(low[0], courses), low[1])


def _side(row: Compared, courses: Courses) -> Side:
    name = row.split.values[row.value]
    return Side(name, row.value, _share(row, courses, row.value, row.hits, n=row.n), row.n)


def _rest(row: Compared, courses: Courses) -> Side:
    return Side("", None, _share(row, courses, None, row.rest_hits, n=row.rest_n), row.rest_n)


def _share(row: Compared, courses: Courses, value: int | None, hits: int, *, n: int) -> Estimate:
    """Wilson's interval; where accounts have several runs, that of resampled accounts."""
    if not courses.several:
        return wilson(hits, n)
    code = row.split.code
    chosen = (code == row.value) if value is not None else (code >= 0) & (code != row.value)
    rows = np.flatnonzero(chosen & row.outcome.open_to(courses))
    accounts, account = np.unique(courses.thread[rows], return_inverse=True)
    hit = row.outcome.hit(courses)[rows]
    part, whole = (np.bincount(each, minlength=len(accounts)).astype(np.float64) for each in (account[hit], account))
    return share_of_sums(part, whole)


def _one_each(contrasts: Sequence[Contrast]) -> list[Contrast]:
    """The clearest contrast of each split: outcomes that follow each other tell the same story.

    A segment is left out where what it rests on is told itself, and the other way round
    """
    kept: list[Contrast] = []
    told: set[str] = set()
    for contrast in contrasts:
        if not told & {contrast.of.split.name, *contrast.of.split.rests_on}:
            kept.append(contrast)
            told |= {contrast.of.split.name, *contrast.of.split.rests_on}
    return kept


def _finding(contrast: Contrast, found: Scan, courses: Courses, *, since: int | None) -> Finding:
    row, high, low = contrast.of, contrast.high, contrast.low
    verb = f"end as '{row.outcome.title}'" if row.outcome.is_end else f"reach '{row.outcome.title}'"
    claim = (
        f"In '{row.journey}' runs {_with(row, high)} {verb} at {high.words()}, "
        f"those {_with(row, low)} at {low.words()}."
    )
    meaning = " ".join(filter(None, (*_cautions(row, found), _since(contrast, courses, since))))
    ground = courses.ground
    where = f"--by {row.split.name if ' ' not in row.split.name else repr(row.split.name)}"
    if row.split.kind == SEGMENT:
        where = "--by segment"
    question = "runs" if row.outcome.is_end else "funnel"
    see = f"clew show {question} --journey {ground.journey.name} {where}"
    return Finding("contrast", claim, meaning, see, weight=min(1.0, sqrt(contrast.runs / len(courses))))


def _with(row: Compared, side: Side) -> str:
    split = row.split
    if split.kind == SEGMENT:
        return f"{'of' if side.value is not None else 'outside'} segment '{split.name}'"
    value = f"'{side.name}'" if side.value is not None else f"other than '{row.split.values[row.value]}'"
    if split.kind == BEGUN:
        return f"begun by {'' if split.name == 'team' else split.name + ' '}{value}"
    return f"of {split.name} {value}"


def _cautions(row: Compared, found: Scan) -> Iterator[str]:
    split, n = row.split, len(found.compared)
    yield f"{len(found.standing):,} of {counted(n, 'comparison')} stand after correction (Benjamini-Hochberg, 5 %)."
    yield "The difference holds among runs begun in the same month too."
    written = {
        BEGUN: f"The {split.name} is that of the event that began the run",
        SEGMENT: f"'{split.name}' is how clew.yaml sorts accounts",
    }
    told = written.get(split.kind, f"'{split.name}' is what the source wrote")
    yield f"{told}: an association, not a cause."
    if split.undated:
        yield f"'{split.name}' carries no date: it may have been written after the outcome."


def _since(contrast: Contrast, courses: Courses, since: int | None) -> str:
    """The same two shares among the cohorts that can be compared."""
    if since is None:
        return ""
    row = contrast.of
    young = (courses.start >= since) & row.outcome.open_to(courses)
    hit, told = row.outcome.hit(courses), []
    for side in (contrast.high, contrast.low):
        code = row.split.code
        rows = young & ((code == side.value) if side.value is not None else (code >= 0) & (code != row.value))
        n = int(rows.sum())
        if n < MINIMUM_FOR_SHARE:
            return ""
        estimate = wilson(int((rows & hit).sum()), n)
        told.append(f"{share(estimate.value)} {bounds(estimate)} (n {n:,})")
    day = date(since / 1_000_000, courses.ground.firm.time_zone)
    return f"Among runs begun from {day} on, which can be compared: {told[0]} against {told[1]}."


def left_out_note(found: Scan) -> str:
    """Say which splits were left out because they follow from an outcome, "" where none were."""
    names = [f"'{name}'" for _, name in found.left_out]
    if not names:
        return ""
    return (
        f"Left out, because one value always or never comes to an outcome, so it may follow from it: {listed(names)}."
    )
