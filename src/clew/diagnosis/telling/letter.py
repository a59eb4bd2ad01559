"""The diagnosis as a letter: sections of marked sentences and small tables, in the order in which one reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clew.clock import US
from clew.diagnosis.interview.values import said
from clew.diagnosis.model import Finding, RankedJourney, Standing
from clew.diagnosis.result import Diagnosis
from clew.diagnosis.scoring.architecture import Cover, Part
from clew.diagnosis.scoring.levels import Shown
from clew.diagnosis.scoring.model import Element, ElementKind
from clew.diagnosis.scoring.operating_model import leading
from clew.diagnosis.scoring.verdict import WEIGHED, Verdict
from clew.diagnosis.telling.verdict import headline, next_step, reason, rung_next, sureness
from clew.diagnosis.telling.words import (
    difference,
    evidence,
    gap,
    how_to_know,
    level,
    standing_of,
    step,
    threshold,
    unknown,
)
from clew.questions.words import count, counted, listed, time

SHORT = 3  # lines of a section that the letter shows; the rest is counted
FINDINGS = {
    "limit": "What the data cannot say",
    "contrast": "Who differs from whom",
    "loss": "Where runs go",
    "failure": "What detectors found",
}
COVERS = {
    Cover.FULL: "covered",
    Cover.PARTLY: "in part",
    Cover.NOT: "not covered",
    Cover.UNKNOWN: "not known",
}


@dataclass(frozen=True)
class Line:
    """One sentence: its standing ("" where it is a sum of several), and the command that shows the numbers."""

    text: str
    mark: str = ""
    see: str = ""
    below: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading, sentences, and perhaps a table: headings and rows of texts."""

    title: str
    lines: tuple[Line, ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Letter:
    """The whole letter."""

    title: str
    basis: str
    headline: str
    reason: str
    sections: tuple[Section, ...]
    next: str


def letter(diagnosis: Diagnosis, *, whole: bool = False) -> Letter:
    """Put a diagnosis into a letter; whole: with every line, where else the longest lists are cut."""
    firm = diagnosis.about.firm or "This firm"
    return Letter(
        title=f"{firm}: is journey management needed, and against what?",
        basis=_basis(diagnosis),
        headline=headline(diagnosis),
        reason=reason(diagnosis),
        sections=tuple(one for one in _sections(diagnosis, None if whole else SHORT) if one.lines or one.rows),
        next=next_step(diagnosis),
    )


def answer(diagnosis: Diagnosis) -> tuple[Section, ...]:
    """What the verdict leaves open: what kind of firm, the least that prevents it or what is enough, the ladder."""
    sections = (
        Section("What kind of firm", tuple(_models(diagnosis))),
        _architecture(diagnosis),
        Section("The ladder", tuple(_ladder(diagnosis))),
    )
    return tuple(one for one in sections if one.lines or one.rows)


def _sections(diagnosis: Diagnosis, most: int | None) -> Iterator[Section]:
    scoring = diagnosis.scoring
    yield Section("What kind of firm", tuple(_models(diagnosis)))
    yield Section("Four diagnostics", tuple(_elements(diagnosis, scoring.of_kind(ElementKind.DIAGNOSTIC), most)))
    yield Section("Three failures, the strongest first", tuple(_elements(diagnosis, diagnosis.failures, most)))
    yield Section("What must work first", tuple(_prerequisites(diagnosis, most)))
    yield Section(
        "Belief and measurement", _cut(diagnosis, [_gap(diagnosis, one) for one in diagnosis.gaps], most, times=2)
    )
    yield Section(
        "Where leaders differ by more than a step",
        _cut(
            diagnosis,
            [Line(difference(diagnosis, one), Standing.STATED) for one in diagnosis.differences],
            most,
            times=2,
        ),
    )
    yield _architecture(diagnosis)
    yield Section(_journeys_title(diagnosis), tuple(_journeys(diagnosis)))
    yield Section("The ladder", tuple(_ladder(diagnosis)))
    yield Section("Thresholds that would change it", tuple(_thresholds(diagnosis, most)))
    for kind, title in FINDINGS.items():
        if most is None or kind != "failure":  # the letter has told of the failures above
            yield Section(title, tuple(_findings(diagnosis, kind, most)))
    yield Section("How sure this is", tuple(_sure(diagnosis, most)))


def _basis(diagnosis: Diagnosis) -> str:
    about, leaders = diagnosis.about, leaders_of(diagnosis)
    seen = f"the log as of {time(about.as_of / US, about.time_zone, with_zone=True)}" if about.as_of is not None else ""
    seen += ", where it ends" if about.ends_before else ""
    heard = f"the answers of {listed(leaders)}" if leaders else ""
    rests = " and ".join(part for part in (seen, heard) if part)
    lacks = "" if seen and heard else "; nobody was asked" if seen else "; no log was read"
    return f"It rests on {rests}{lacks}."


def leaders_of(diagnosis: Diagnosis) -> list[str]:
    """Who answered; two files of one name are told apart by their files."""
    names = [sheet.leader for sheet in diagnosis.sheets]
    twice = {name for name in names if names.count(name) > 1}
    return [
        f"{sheet.leader} ({sheet.path})" if sheet.leader in twice and sheet.path else sheet.leader
        for sheet in diagnosis.sheets
    ]


def _models(diagnosis: Diagnosis) -> Iterator[Line]:
    best, *_ = diagnosis.models
    known = len(best.speaks_for) + len(best.against)
    if not best.share:
        yield Line("Too little is known to say what kind of firm this is.", Standing.UNKNOWN)
        return
    clear = "" if leading(diagnosis.models) else "No kind of firm stands out. Nearest: "
    title = f"{clear}{_lowered(best.model.title) if clear else best.model.title}"
    said_of = f"{title}, {best.model.words}: {len(best.speaks_for)} of {counted(known, 'known sign')}"
    below = tuple(_line(shown) for shown in best.speaks_for[:SHORT])
    below += tuple(Line(f"Against it: {evidence(shown)}", shown.standing) for shown in best.against[:1])
    yield Line(f"{said_of} {'speaks' if len(best.speaks_for) == 1 else 'speak'} for it.", below=below)


def _elements(diagnosis: Diagnosis, elements: Sequence[Element], most: int | None) -> Iterator[Line]:
    for element in elements:
        shown = [one for one in diagnosis.shown(element) if one.known]
        below = tuple(_line(one) for one in shown[: most and 2])
        yield Line(f"{element.title}: {level(diagnosis, element)}.", "" if below else standing_of(shown), below=below)


def _prerequisites(diagnosis: Diagnosis, most: int | None) -> Iterator[Line]:
    (element,) = diagnosis.scoring.of_kind(ElementKind.PREREQUISITE)
    shown = [diagnosis.levels[one.name] for one in element.indicators]
    weak = sorted((one for one in shown if one.known and one.level < 2), key=lambda one: one.level)
    sound = [one for one in shown if one.known and one.level >= 2]
    for one in weak:
        yield Line(f"{element.words[one.level].capitalize()}. {evidence(one)}", one.standing, _see(one))
    if sound and most:
        titles = listed([f"{one.indicator.title.lower()} ({one.standing})" for one in sound], 9)
        yield Line(f"No trouble with: {titles}.")
    elif sound:
        yield from (Line(f"Sound. {evidence(one)}", one.standing, _see(one)) for one in sound)
    if unknown_ones := [one.indicator.title.lower() for one in shown if not one.known]:
        yield Line(f"Not known: {listed(unknown_ones, 9)}.", Standing.UNKNOWN)


def _gap(diagnosis: Diagnosis, shown: Shown) -> Line:
    return Line(gap(shown, diagnosis.scoring.element_of(shown.indicator.name)), "", _see(shown))


def _architecture(diagnosis: Diagnosis) -> Section:
    title = "The least that prevents it" if diagnosis.judgement.evident else "What is enough"
    rows = tuple((part.capability.title, _covered(part), *_still_to_do(part)) for part in diagnosis.parts)
    later = "Whether a platform or better links between what there is comes later, and apart from this."
    lines: tuple[Line, ...] = (Line(later),) if diagnosis.verdict in (Verdict.START, Verdict.ORCHESTRATE) else ()
    commands = [diagnosis.about.dated(command) for part in diagnosis.parts for command in part.capability.clew]
    if commands:
        lines += (Line(f"Clew shows the figures behind this: {', '.join(dict.fromkeys(commands))}."),)
    return Section(title, lines if rows else (), ("What must be possible", "Covered", "Missing", "Next"), rows)


def _covered(part: Part) -> str:
    tools = [f"{one.question.title}: {said(one.question, one.value)}" for one, _ in part.tools]
    return f"{COVERS[part.cover]} ({'; '.join(tools)})" if tools else COVERS[part.cover]


def _still_to_do(part: Part) -> tuple[str, str]:
    """What is missing, and the next thing."""
    return ("nothing", "keep it") if part.cover is Cover.FULL else (part.capability.missing, part.capability.next)


def _journeys_title(diagnosis: Diagnosis) -> str:
    return "Begin with" if diagnosis.verdict >= Verdict.START else "The journeys that carry most"


def _journeys(diagnosis: Diagnosis) -> Iterator[Line]:
    for place, journey in enumerate(diagnosis.first, start=1):
        below = tuple(Line(reason, Standing.MEASURED) for reason in journey.reasons)
        below += tuple(Line(reason, Standing.UNKNOWN) for reason in journey.unknown)
        yield Line(
            f"{place}. {journey.name}, {_lowered(journey.title)}: {_stake(journey, diagnosis.about.currency)}.",
            Standing.MEASURED,
            "",
            below,
        )
    if not diagnosis.first and diagnosis.verdict >= Verdict.START:
        yield Line("No journey is measured yet. Usual first ones: onboarding, escalation, renewal.", Standing.UNKNOWN)


def _stake(journey: RankedJourney, currency: str) -> str:
    text = counted(journey.open_runs, "open run")
    if journey.revenue is None:
        return f"{text}, revenue not known"
    text += f", {count(journey.revenue)} {currency} a year"
    if journey.at_risk is None:
        return text
    return f"{text}, {count(journey.at_risk)} of it of accounts with a stall or a signal in the last 90 days"


def _ladder(diagnosis: Diagnosis) -> Iterator[Line]:
    for place, one in enumerate(diagnosis.ladder.rungs):
        is_next = place == diagnosis.ladder.standing
        following = "next" if diagnosis.verdict >= Verdict.START else "where the firm would go on"
        state = "stands" if one.stands else following if is_next else "later"
        below = tuple(_line(shown) for shown in one.evidence) if one.stands or is_next else ()
        yield Line(f"{place + 1}. {one.rung.title}: {state}.", "", "", below)
    if diagnosis.verdict >= Verdict.START:
        yield Line(rung_next(diagnosis))
    else:
        yield Line("Nothing asks for a further rung now.")


def _thresholds(diagnosis: Diagnosis, most: int | None) -> Iterator[Line]:
    lines = [
        Line(threshold(diagnosis, one), Standing.MEASURED, diagnosis.evidence.facts[one.fact].see)
        for one in diagnosis.thresholds
    ]
    yield from _cut(diagnosis, lines, most)
    if lines:
        yield Line("'clew diagnose --watch' looks at them again.")


def _sure(diagnosis: Diagnosis, most: int | None) -> Iterator[Line]:
    yield Line(sureness(diagnosis))
    steps = [Line(step(diagnosis, one), one.standing) for one in diagnosis.steps]
    if not steps:
        yield Line("No single answer or fact, changed by one step, would change the verdict.")
    yield from _cut(diagnosis, steps, most)
    yield from _cut(diagnosis, [Line(unknown(diagnosis, one), Standing.UNKNOWN) for one in diagnosis.unknowns], most)
    if diagnosis.judgement.known < diagnosis.scoring.rule.known:
        yield from _cut(diagnosis, _to_know(diagnosis), most, times=2)


def _to_know(diagnosis: Diagnosis) -> list[Line]:
    """What would have to be known, the heaviest first."""
    weighed = [one for element in diagnosis.scoring.of_kind(*WEIGHED) for one in diagnosis.shown(element)]
    told = {one.indicator for one in diagnosis.unknowns}
    lacking = [one for one in weighed if not one.known and one.indicator.name not in told]
    ranked = sorted(lacking, key=lambda one: -one.indicator.weight)
    return [Line(f"{one.indicator.title}: {how_to_know(one)}", Standing.UNKNOWN) for one in ranked]


def _findings(diagnosis: Diagnosis, kind: str, most: int | None) -> Iterator[Line]:
    found = sorted((one for one in diagnosis.evidence.findings if one.kind == kind), key=lambda one: -one.weight)
    yield from _cut(diagnosis, [_finding(one) for one in found], most and most + 1)


def _finding(one: Finding) -> Line:
    whole = f"{one.claim} {one.meaning}"
    if not one.brief:
        return Line(whole, Standing.MEASURED, one.see)
    return Line(one.brief, Standing.MEASURED, "", (Line(whole, Standing.MEASURED, one.see),))


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _line(shown: Shown) -> Line:
    return Line(evidence(shown), shown.standing, _see(shown))


def _see(shown: Shown) -> str:
    return shown.fact.see if shown.fact is not None and shown.measured is not None else ""


def _cut(diagnosis: Diagnosis, lines: Sequence[Line], most: int | None, *, times: int = 1) -> tuple[Line, ...]:
    """The first lines, and how many more there are; `times` as many as the letter usually shows."""
    if most is None or len(lines) <= most * times:
        return tuple(lines)
    command = diagnosis.about.dated("clew diagnose --evidence")
    return (*lines[: most * times], Line(f"{len(lines) - most * times} more: {command}."))
