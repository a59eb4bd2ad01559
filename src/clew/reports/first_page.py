"""From a diagnosis to the first page: the verdict, one next thing, as much of the evidence as A4 holds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from clew.diagnosis.model import Finding, RankedJourney, Standing
from clew.diagnosis.result import Diagnosis
from clew.diagnosis.scoring.model import HIGHEST, Element, ElementKind
from clew.diagnosis.scoring.verdict import Verdict
from clew.diagnosis.telling.as_json import as_json
from clew.diagnosis.telling.letter import FINDINGS, Line, answer, letter
from clew.diagnosis.telling.verdict import headline, next_step, reason, sureness
from clew.diagnosis.telling.words import evidence, gap, how_to_know, level, level_shown
from clew.reports.diagnosed import Answered, Diagnosed, Group, Level, Next, Said, Start
from clew.reports.thresholds import MOST as MOST_RULERS
from clew.reports.thresholds import rulers
from clew.reports.words import many, money

MOST_GAPS, MOST_LIMITS, MOST_OF_GROUP = 2, 3, 6
COLUMN = 1700  # letters that a column under the levels holds in print, with its headings
LINE = 60  # letters of one of its lines; each sentence begins a new one
RULER = 240  # a threshold with its ruler takes as much as so many letters
ALIKE = 0.6  # part of their words that two sentences share which say the same
_WORD = re.compile(r"\b[a-z]{2,}\b")
FAILURES = "failures"  # the part of the page with the three failures


def first_page(diagnosis: Diagnosis, shown: Collection[str], *, former: str = "") -> Diagnosed:
    """Put the first page together.

    shown   journeys that the report shows
    former  a sentence on the last diagnosis that was stored, where it rests on answers that are not here
    """
    found = sorted(diagnosis.evidence.findings, key=lambda one: -one.weight)
    limits = [Said(one.brief or one.claim, Standing.MEASURED, one.see) for one in found if one.kind == "limit"]
    gaps = [
        Said(gap(one, diagnosis.scoring.element_of(one.indicator.name)), "", _see(diagnosis, one.indicator.fact))
        for one in diagnosis.gaps
    ]
    starts, besides = tuple(_start(diagnosis, one, shown) for one in diagnosis.first), tuple(_found(found))
    left = COLUMN - sum(LINE + _room(one.stake) + _room(one.reason.text) for one in starts)
    kept_limits = _fitting(_varied(limits), MOST_LIMITS, left - sum(_room(one.text) for one in besides))
    drawn = tuple(rulers(diagnosis))
    kept_gaps = _fitting(gaps, MOST_GAPS, COLUMN - RULER * len(drawn))
    return Diagnosed(
        verdict=diagnosis.verdict.id,
        headline=headline(diagnosis),
        reason=reason(diagnosis),
        basis=letter(diagnosis).basis,
        next=_next(diagnosis, shown),
        levels=tuple(_levels(diagnosis)),
        found=besides,
        gaps=kept_gaps,
        starts_title="Begin with" if diagnosis.verdict >= Verdict.START else "The journeys that carry most",
        starts=starts,
        rulers=drawn,
        limits=kept_limits,
        sureness=sureness(diagnosis),
        further_gaps=len(gaps) - len(kept_gaps),
        further_rulers=max(0, len(diagnosis.thresholds) - MOST_RULERS),
        further_limits=len(limits) - len(kept_limits),
        former=former,
        groups=tuple(_groups(found)),
        answer=tuple(_answer(diagnosis)),
        told=as_json(diagnosis),
    )


def _levels(diagnosis: Diagnosis) -> Iterator[Level]:
    at = diagnosis.judgement.elements
    for element in (*diagnosis.scoring.of_kind(ElementKind.DIAGNOSTIC), *diagnosis.failures):
        yield Level(
            title=element.title,
            level=level_shown(diagnosis, element) if at[element.name].told else None,
            words=level(diagnosis, element),
            failure=element.kind is ElementKind.FAILURE,
            evidence=_evidence(diagnosis, element),
            highest=HIGHEST,
        )


def _evidence(diagnosis: Diagnosis, element: Element) -> Said:
    """The strongest sentence that is known; where nothing is, what would have to be known first."""
    shown = diagnosis.shown(element)
    known = next((one for one in shown if one.known), None)
    if known is not None:
        see = _see(diagnosis, known.indicator.fact) if known.measured is not None else ""
        return Said(evidence(known), known.standing, see)
    heaviest = max(shown, key=lambda one: one.indicator.weight)
    return Said(how_to_know(heaviest), Standing.UNKNOWN)


def _see(diagnosis: Diagnosis, fact: str) -> str:
    found = diagnosis.evidence.facts.get(fact)
    return found.see if found is not None else ""


def _next(diagnosis: Diagnosis, shown: Collection[str]) -> Next:
    do, first = next_step(diagnosis), next((one for one in diagnosis.first if one.name in shown), None)
    if diagnosis.verdict >= Verdict.START and first is not None:
        return Next(do, f"journey-{first.name}", f"See where to begin: {first.name}")
    if diagnosis.about.as_of is None:
        return Next(do)
    return Next(do, FAILURES, "See what was measured, and what was not")


def _start(diagnosis: Diagnosis, journey: RankedJourney, shown: Collection[str]) -> Start:
    stake = many(journey.open_runs, "open run")
    if journey.revenue is None:
        stake += ", revenue not known"
    else:
        currency = diagnosis.about.currency
        stake += f", {money(journey.revenue, currency)} a year"
        if journey.at_risk is not None:
            stake += (
                f", {money(journey.at_risk, currency)} of it of accounts with a stall or a signal in the last 90 days"
            )
    said = Said(journey.reasons[0], Standing.MEASURED) if journey.reasons else Said("")
    if journey.unknown and not journey.reasons:
        said = Said(journey.unknown[0], Standing.UNKNOWN)
    return Start(journey.name, journey.title, stake, said, f"journey-{journey.name}" if journey.name in shown else "")


def _found(found: Sequence[Finding]) -> Iterator[Said]:
    """The weightiest of where runs go and of who differs."""
    for kind in ("loss", "contrast"):
        one = next((each for each in found if each.kind == kind), None)
        if one is not None:
            yield Said(one.claim, Standing.MEASURED, one.see)


def _groups(found: Sequence[Finding]) -> Iterator[Group]:
    for kind, title in FINDINGS.items():
        told = [(Said(one.claim, Standing.MEASURED, one.see), one.meaning) for one in found if one.kind == kind]
        if told and kind != "failure":
            yield Group(title, tuple(told[:MOST_OF_GROUP]))


def _answer(diagnosis: Diagnosis) -> Iterator[Answered]:
    for one in answer(diagnosis):
        lines = tuple((_said(line), tuple(map(_said, line.below))) for line in one.lines)
        items = tuple((first, tuple(zip(one.headings[1:], others, strict=True))) for first, *others in one.rows)
        yield Answered(one.title, lines, items)


def _said(line: Line) -> Said:
    return Said(line.text, line.mark, line.see)


def _varied(said: Sequence[Said]) -> list[Said]:
    """Let what says the same as an earlier sentence, of another stage or day, come after what says something else."""
    first: list[Said] = []
    for one in said:
        if not any(_alike(one.text, other.text) for other in first):
            first.append(one)
    return [*first, *(one for one in said if one not in first)]


def _alike(one: str, other: str) -> bool:
    """Whether two sentences share most of their words, names and figures aside."""
    left, right = (set(_WORD.findall(text)) for text in (one, other))
    return len(left & right) > ALIKE * len(left | right)


def _fitting(said: Iterable[Said], most: int, room: float) -> tuple[Said, ...]:
    """The first sentences, as many as there is room for; at least one."""
    kept: list[Said] = []
    for one in said:
        room -= _room(one.text)
        if len(kept) == most or (kept and room < 0):
            break
        kept.append(one)
    return tuple(kept)


def _room(text: str) -> int:
    """Letters of the lines that a sentence takes, with its mark and the space around it."""
    return LINE * (2 + len(text) // LINE)
