"""Norms: how long a stage usually takes, as dated numbers that live and bulk comparisons share."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np

from clew.archive.model import Codes
from clew.clock import ALWAYS, DAY_US, NEVER
from clew.engine.kernels.stays import Stays, joined, survival_by, visit_stays
from clew.engine.model import Folded, FoldedBucket, Visits
from clew.engine.ordered import Mask
from clew.engine.symbols import clauses_of
from clew.errors import BrokenStore
from clew.journeys.model import Journey
from clew.stats.model import OpenEstimate
from clew.stats.survival import SurvivalCounts, kaplan_meier

RANK = 0.9  # a norm is the age by which nine of ten stays are over
FEWEST = 10  # stays below which one long stay moves a P90 by a tenth of all, so there is no norm

# A timer (an automatic close after a week) lets everyone go at one age: half and nine tenths are nearly the same.
# People spread far wider: a waiting customer's P90 is a multiple of the median. Below a day a narrow spread is mere
# speed, and below 30 stays a narrow sample of a wide distribution is no rarity.
TIMER_SPREAD = 0.1  # (P90 - P50) / P50 at most
TIMER_LEAST = DAY_US  # P50 at least
TIMER_FEWEST = 30  # finished stays at least


@dataclass(frozen=True)
class Norm:
    """How long a stage usually takes.

    journey, version  of the map      stage  its name      segment  None for all runs
    span_us  microseconds by which a share `rank` of stays is over (Kaplan-Meier, open stays included)
    n        stays it rests on, open ones included      ended  of them over
    dated    when it was computed: a comparison at an earlier moment does not know it
    through  as_of of the view it was taken from: a view that ends earlier must not use it
    timer    stays of the stage had the shape of a timer: without a limit of its owner nobody waits there
    """

    journey: str
    version: str
    stage: str
    segment: str | None
    span_us: int
    n: int
    ended: int
    dated: int
    rank: float = RANK
    through: int = ALWAYS
    timer: bool = False


def norms_of(
    folded: Folded, *, dated: int, segments: tuple[str, ...] = (), segment: Iterable[Codes] | None = None
) -> list[Norm]:
    """Compute the norms of every stage, for all runs and by segment; where stays are too few there is none.

    segments  names      segment  for each bucket (r,) place in `segments` of each run, -1 for none
    """
    codes = list(segment) if segment is not None else [np.full(len(part.runs), -1) for part in folded.buckets]
    staged = (
        stage_stays(part, folded.journey, folded.view.as_of, segment=of_run)
        for part, of_run in zip(folded.buckets, codes, strict=True)
    )
    counts = stage_counts(staged)
    names: tuple[str | None, ...] = (None, *segments)
    stages = folded.journey.stage_names
    found = []
    for cell, each in counts.items():
        span = usual_span(each)
        if span is not None:
            place, stage = divmod(cell, len(stages))
            found.append(
                Norm(
                    journey=folded.journey.name,
                    version=folded.journey.version,
                    stage=stages[stage],
                    segment=names[place],
                    span_us=span,
                    n=each.n,
                    ended=each.ended,
                    dated=dated,
                    through=folded.view.as_of,
                    timer=looks_like_timer(counts[stage]),
                )
            )
    return found


@dataclass(frozen=True)
class StageStays:
    """Stays with two cells each: its stage, and (segment + 1) * stages + stage; -1 where there is none."""

    stays: Stays
    stage: Codes
    by_segment: Codes


def stage_stays(part: FoldedBucket, journey: Journey, as_of: int, *, segment: Codes) -> StageStays:
    """Measure the stays of one bucket.

    segment  (r,) segment of each run, -1 for none
    """
    visits, stages = part.visits, len(journey.stages)
    stage = np.where(visits.stage >= 0, visits.stage, -1).astype(np.int64)
    of_visit = np.asarray(segment)[visits.run].astype(np.int64)
    by_segment = np.where((stage >= 0) & (of_visit >= 0), (of_visit + 1) * stages + stage, -1)
    return StageStays(visit_stays(visits, as_of, ends_by_time(journey)), stage, by_segment)


def stage_counts(parts: Iterable[StageStays]) -> dict[int, SurvivalCounts]:
    """Count stays by (segment + 1) * stages + stage, those of all runs under segment -1."""
    listed = list(parts)
    stays, none = joined(each.stays for each in listed), np.zeros(0, np.int64)
    stage = np.concatenate([none, *(each.stage for each in listed)])
    by_segment = np.concatenate([none, *(each.by_segment for each in listed)])
    return {**survival_by(stays, stage), **survival_by(stays, by_segment)}


def ends_by_time(journey: Journey) -> list[int]:
    """Return the ends that come by silence or by a stay that lasts too long."""
    return sorted({clause.end for clause in clauses_of(journey)})


def usual_span(counts: SurvivalCounts) -> int | None:
    """Return the P90 of stays in microseconds, None where they are too few or too many of them are still open."""
    found = usual_quantile(counts)
    return None if found is None or found.value is None else int(found.value)


def usual_quantile(counts: SurvivalCounts) -> OpenEstimate | None:
    """Estimate the P90 of stays with its interval, None where they are too few."""
    return None if counts.n < FEWEST else kaplan_meier(counts).quantile(RANK)


def norm_of(norms: Iterable[Norm], *, version: str, stage: str, segment: str | None, known_at: int) -> Norm | None:
    """Pick the norm that was known at a moment: of this version and stage, the segment's own before that of all runs.

    Of several the latest dated at or before known_at counts.
    """
    known = [each for each in norms if each.version == version and each.stage == stage and each.dated <= known_at]
    for wanted in dict.fromkeys((segment, None)):
        own = [each for each in known if each.segment == wanted]
        if own:
            return max(own, key=lambda norm: norm.dated)
    return None


def beyond(visits: Visits, span_us: Codes, as_of: int) -> Mask:
    """Say of each visit whether it is open and lasts longer than its limit, else than its norm.

    span_us  (v,) norm of each visit in microseconds, -1 where there is none; the owner's limit comes before it
    """
    is_open = visits.leave == NEVER
    spans = np.asarray(span_us, np.int64)
    over_norm = (spans >= 0) & (as_of - visits.enter > spans)
    beyond_it: Mask = is_open & np.where(visits.deadline != NEVER, as_of > visits.deadline, over_norm)
    return beyond_it


def looks_like_timer(counts: SurvivalCounts) -> bool:
    """Say whether finished stays last so alike that a timer, no person, must end them."""
    finished = counts.finished()
    if len(finished) < TIMER_FEWEST:
        return False
    median, high = (int(finished[int(np.ceil(share * len(finished))) - 1]) for share in (0.5, RANK))
    return median >= TIMER_LEAST and high - median <= TIMER_SPREAD * median


def to_line(norm: Norm) -> str:
    """Write a norm as one line of norms.jsonl."""
    return json.dumps(asdict(norm), ensure_ascii=False)


def from_line(line: str) -> Norm:
    """Read one line of norms.jsonl. Raises BrokenStore."""
    try:
        return Norm(**json.loads(line))
    except (TypeError, ValueError) as fault:
        raise BrokenStore(f"norms.jsonl holds a line that is no norm: {line[:80]!r}; delete the line") from fault
