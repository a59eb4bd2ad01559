"""How long stages usually last: a limit for each, and another for a segment that clearly differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from clew.clock import MINUTE_US, NEVER, US
from clew.conditions.model import Segment
from clew.discovery.drafting.model import Findings, Usual
from clew.discovery.drafting.rounding import readable
from clew.engine.model import Folded
from clew.engine.norms import FEWEST, RANK, looks_like_timer, stage_counts, stage_stays, usual_quantile
from clew.firm.model import Firm
from clew.journeys.model import Journey, Stage, Variant, WaitingOn
from clew.periods import period_label, period_of
from clew.questions.ground import Ground
from clew.questions.norms import segment_of_runs
from clew.questions.segments import attributes_of
from clew.questions.words import span, span_scale
from clew.stats.logrank import compare_times
from clew.stats.multiplicity import holm
from clew.stats.survival import SurvivalCounts

_FEWEST_EACH, _FEWEST_ENDED = 30, 20  # stays on each side of a comparison, and ends seen among them
_MOSTLY_ENDED = 0.8  # share of stays from which one may take what ends them for a timer
_DIFFERS = 0.25  # by what share the P90 of a segment must differ at least
_LEVEL = 0.05  # of all comparisons of one draft together


def with_limits(folded: Folded, journey: Journey, firm: Firm, *, findings: Findings) -> Journey:
    """Give each stage the P90 of its stays, and segments that differ a variant.

    folded   the journey without limits      journey  the same, with further details
    """
    counts, stages = _counts(folded, firm), len(journey.stages)
    found = [
        _limited(journey, number, counts.get(number), _period(folded, number, firm.time_zone), findings)
        for number in range(stages)
    ]
    segments = tuple(firm.segments)
    variants = _variants(journey, segments, counts, findings=findings) if segments else ()
    variants = tuple(one for one in variants if _is_dated(one, folded, firm, findings))
    return replace(journey, stages=tuple(found), variants=variants)


def _counts(folded: Folded, firm: Firm) -> Mapping[int, SurvivalCounts]:
    """Stays by (segment + 1) * stages + stage as norms count them; the last segment is none of them."""
    ground, none = Ground(folded, firm), len(firm.segments)

    def codes(number: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        found = segment_of_runs(ground, folded.buckets[number])
        return np.where(found < 0, none, found)

    return stage_counts(
        stage_stays(part, folded.journey, folded.view.as_of, segment=codes(number))
        for number, part in enumerate(folded.buckets)
    )


def usual(counts: SurvivalCounts) -> Usual | None:
    """The P90 of stays as norms take it, with its interval and a round limit."""
    p90 = usual_quantile(counts)
    if p90 is None or p90.value is None:
        return None
    low, high = (None if limit is None else int(limit) for limit in (p90.low, p90.high))
    return Usual(int(p90.value), low, high, counts.n, counts.ended, readable(int(p90.value)))


def in_words(found: Usual, what: str) -> str:
    """Say what a limit rests on, as P90 11.2 days (9.8 to 14.1) of 142 visits, 118 ended."""
    scale = span_scale(found.span_us / US)
    low = found.span_us if found.low_us is None else found.low_us
    upper = "or more" if found.high_us is None else f"to {span(found.high_us / US, scale).number}"
    interval = f"{span(low / US, scale).number} {upper}"
    return f"P90 {span(found.span_us / US, scale)} ({interval}) of {found.n:,} {what}, {found.ended:,} ended"


def _limited(journey: Journey, number: int, counts: SurvivalCounts | None, period: str, findings: Findings) -> Stage:
    stage = journey.stages[number]
    found = usual(counts) if counts is not None else None
    if counts is not None and counts.ended >= _MOSTLY_ENDED * counts.n and looks_like_timer(counts):
        stage = replace(stage, waiting_on=WaitingOn.TIMER)
        findings.marks[f"{stage.name}.waiting_on"] = "stays last so alike that no person can be what ends them"
    if found is None or found.span_us < MINUTE_US:
        findings.notes.append(f"{stage.name}.limit: {_why_none(counts, found)}")
        return stage
    findings.limits[stage.name] = found
    findings.marks[f"{stage.name}.limit"] = f"{in_words(found, 'visits')}, {period}"
    return replace(stage, limit=found.limit)


def _why_none(counts: SurvivalCounts | None, found: Usual | None) -> str:
    n = counts.n if counts is not None else 0
    if n < FEWEST:
        return f"too few: {FEWEST - n} more visits needed"
    if found is None:
        return f"of {n:,} visits not even nine of ten are over, so there is no P90 yet"
    return "over within a minute"


def _period(folded: Folded, stage: int, zone: str) -> str:
    """The months of the first and the last entry, as 2025-01..2026-09."""
    first, last = NEVER, 0
    for part in folded.buckets:
        enter = part.visits.enter[part.visits.stage == stage]
        if len(enter):
            first, last = min(first, int(enter.min())), max(last, int(enter.max()))
    months = period_of([first, last], "month", zone).tolist()
    return "..".join(period_label(month, "month") for month in months)


def _variants(
    journey: Journey, segments: Sequence[str], counts: Mapping[int, SurvivalCounts], *, findings: Findings
) -> tuple[Variant, ...]:
    stages = len(journey.stages)
    tested: list[tuple[str, int, Usual, float]] = []
    for place, segment in enumerate(segments):
        for number in range(stages):
            compared = _compared(counts, place, number, stages, len(segments) + 1)
            if compared is not None:
                tested.append((segment, number, *compared))
    clear = [p <= _LEVEL for p in holm([row[3] for row in tested])] if tested else []
    changes: dict[str, dict[str, Usual]] = {}
    for (segment, number, found, _), is_clear in zip(tested, clear, strict=True):
        stage = journey.stages[number]
        overall = findings.limits.get(stage.name)
        if is_clear and overall and abs(found.span_us - overall.span_us) >= _DIFFERS * overall.span_us:
            changes.setdefault(segment, {})[stage.name] = found
    return tuple(_variant(segment, stages_of, findings) for segment, stages_of in changes.items())


def _compared(
    counts: Mapping[int, SurvivalCounts], place: int, number: int, stages: int, places: int
) -> tuple[Usual, float] | None:
    """The usual stay of a segment and the p of its difference from all others; None where either is too little."""
    own = counts.get((place + 1) * stages + number)
    others = [counts.get((other + 1) * stages + number) for other in range(places) if other != place]
    rest = SurvivalCounts.merged(each for each in others if each is not None)
    if own is None or min(own.n, rest.n) < _FEWEST_EACH or min(own.ended, rest.ended) < _FEWEST_ENDED:
        return None
    found = usual(own)
    compared = compare_times(own, rest, RANK)
    difference = compared.difference
    longer = difference.low is not None and difference.low > 0
    shorter = difference.high is not None and difference.high < 0
    if found is None or found.span_us < MINUTE_US or not (longer or shorter):
        return None
    return found, compared.test.p_value


def _is_dated(variant: Variant, folded: Folded, firm: Firm, findings: Findings) -> bool:
    """Whether the segment of a variant rests on dated attributes; else it may know the future of a run."""
    undated = sorted(attributes_of(firm.segments[variant.name], firm.segments) & folded.view.undated)
    if undated:
        findings.notes.append(
            f"variants.{variant.name}: its limits differ, but {', '.join(undated)} carries no date, "
            "so it may say what came later"
        )
    return not undated


def _variant(segment: str, stages: Mapping[str, Usual], findings: Findings) -> Variant:
    for stage, found in stages.items():
        findings.limits[segment, stage] = found
        findings.marks[f"variants.{segment}.{stage}"] = in_words(found, f"visits of {segment}")
    return Variant(segment, Segment(segment), {stage: {"limit": found.limit} for stage, found in stages.items()})
