"""The words of a diagnosis: one sentence for each thing it holds, shared by terminal and page."""

from __future__ import annotations

from collections.abc import Iterable

from clew.diagnosis.interview.values import Value, said
from clew.diagnosis.model import Measure, Standing
from clew.diagnosis.result import Diagnosis
from clew.diagnosis.scoring.combined import Difference, Stated
from clew.diagnosis.scoring.levels import Shown
from clew.diagnosis.scoring.model import HIGHEST, Element, ElementKind
from clew.diagnosis.scoring.sensitivity import Step, Unknown, falling, rising
from clew.diagnosis.scoring.thresholds import Threshold
from clew.diagnosis.scoring.verdict import Verdict
from clew.questions.words import count, listed, number, share

VERDICTS = {
    Verdict.NO: "no",
    Verdict.NOT_YET: "not yet",
    Verdict.START: "start with a few journeys",
    Verdict.ORCHESTRATE: "orchestrate",
}
BY_ID = {verdict.id: words for verdict, words in VERDICTS.items()}


def figure(value: float, measure: Measure) -> str:
    """A figure with its unit: 34.2 %, 12 days, 1,204."""
    match measure:
        case Measure.SHARE:
            return str(share(value))
        case Measure.DAYS:
            days = round(value, 1)
            return f"{number(days)} {'day' if days == 1 else 'days'}"
        case Measure.MONEY:
            return count(value)
        case _:
            return number(round(value, 2))


def evidence(shown: Shown) -> str:
    """What one indicator shows, as one sentence with its figures."""
    if shown.measured is not None and shown.fact is not None:
        return shown.fact.sentence
    if shown.stated is not None:
        return f"{shown.stated.question.title}: {stated_words(shown.stated)}."
    if shown.fact is not None:
        return f"{shown.indicator.title}: {_lowered(shown.fact.sentence)}"
    return f"{shown.indicator.title}: not known."


def stated_words(stated: Stated) -> str:
    """An answer and who gives it: '30.0 % (says Anna Berg)', '30.0 % (median of 3 leaders, 20.0 % to 50.0 %)'."""
    value, answers = said(stated.question, stated.value), list(stated.by.values())
    if len(answers) == 1:
        return f"{value} (says {next(iter(stated.by))})"
    if len(set(answers)) == 1:
        return f"{value} ({'both leaders say so' if len(answers) == 2 else f'all {len(answers)} leaders say so'})"
    if stated.question.values:
        whose = listed([leader for leader, answer in stated.by.items() if answer == stated.value])
        if has_middle(stated):
            return f"{value} (middle answer of {len(answers)} leaders)"
        return f"{value} (so {whose}; leaders differ)"
    low, high = (said(stated.question, end) for end in (min(answers, key=float), max(answers, key=float)))
    of = "mean of both leaders" if len(answers) == 2 else f"median of {len(answers)} leaders"
    return f"{value} ({of}, {low} to {high})"


def has_middle(stated: Stated) -> bool:
    """Whether one answer of a choice stands in the middle: as many leaders on either side of it, or most behind it."""
    answers = list(stated.by.values())
    return len(answers) % 2 == 1 or 2 * answers.count(stated.value) > len(answers)


def level(diagnosis: Diagnosis, element: Element) -> str:
    """Where an element stands: '2 of 3, several teams with gaps between them'; nothing is said of what is not known."""
    at = diagnosis.judgement.elements[element.name]
    if not at.known:
        return "not known"
    strong = [one for one in diagnosis.shown(element) if one.known and one.level >= diagnosis.scoring.rule.evident]
    lone = element.kind is ElementKind.FAILURE and strong and at.level < diagnosis.scoring.rule.evident
    if lone and len(strong) == 1:
        return "one sign only; a second is needed"
    if lone:
        return f"{len(strong)} signs of little weight; a further one is needed"
    if not at.told:
        return f"too little known to say, {share(at.known)} of its weight"
    if level_shown(diagnosis, element) < at.level:
        nothing = "no sign in what is known" if element.kind is ElementKind.FAILURE else element.words[0]
        return f"{nothing} ({share(at.known)} of its weight)"
    return f"{at.level} of {HIGHEST}, {element.words[at.level]}"


def level_shown(diagnosis: Diagnosis, element: Element) -> int:
    """The level of an element; 0 where all that is known of it stands there, and only what is not known lifts it."""
    known = [one.level for one in diagnosis.shown(element) if one.known]
    return diagnosis.judgement.elements[element.name].level if any(known) else 0


def standing_of(shown: Iterable[Shown]) -> Standing:
    """The best standing among some indicators."""
    found = {one.standing for one in shown}
    return next((each for each in (Standing.MEASURED, Standing.STATED) if each in found), Standing.UNKNOWN)


def gap(shown: Shown, element: Element) -> str:
    """Belief beside measurement."""
    assert shown.stated is not None
    assert shown.fact is not None
    heading = shown.stated.question.title
    return (
        f"{heading}: {_gap_words(shown.gap, element.kind)}. Believed: {stated_words(shown.stated)}. "
        f"Measured: {shown.fact.sentence}"
    )


def _gap_words(gap: int, kind: ElementKind) -> str:
    if kind is ElementKind.DIAGNOSTIC:
        return "presses more than believed" if gap > 0 else "presses less than believed"
    worse = (gap > 0) is (kind is ElementKind.FAILURE)
    return "worse than believed" if worse else "better than believed"


def difference(diagnosis: Diagnosis, one: Difference) -> str:
    """What each leader says where they differ, and what is measured."""
    each = "; ".join(f"{leader}: {said(one.question, value)}" for leader, value in one.by.items())
    fact = diagnosis.evidence.facts.get(one.question.compared)
    beside = f" Measured: {fact.sentence}" if fact is not None and fact.value is not None else ""
    return f"{one.question.title}. {each}.{beside}"


def threshold(diagnosis: Diagnosis, one: Threshold) -> str:
    """A threshold with the present value, and what crossing it does."""
    measure = diagnosis.evidence.facts[one.fact].measure
    element = diagnosis.scoring.element(one.element)
    text = f"{diagnosis.indicator(one.indicator).title} {one.comparison} {figure(one.value, measure)}"
    text += f", now {figure(one.now, measure)}: "
    if one.alone:
        return f"{text}by itself it makes it '{BY_ID[one.alone]}'."
    return f"{text}counts {'towards' if one.raises else 'against'} {_lowered(element.title)}, with others."


def step(diagnosis: Diagnosis, one: Step) -> str:
    """A single step and the verdict it would bring."""
    shown = diagnosis.levels[one.indicator]
    now, then = (_value(shown, value) for value in (one.now, one.then))
    if not isinstance(one.then, str):
        counts = shown.indicator.counts
        then = f"{rising(counts) if one.level > shown.level else falling(counts)} {then}"
    reach = "; its interval reaches there" if one.within else ""
    asked = shown.stated is not None and shown.measured is None
    title = shown.stated.question.title if asked and shown.stated is not None else shown.indicator.title
    return f"{title}: {then} instead of {now} makes it '{VERDICTS[one.verdict]}'{reach}."


def unknown(diagnosis: Diagnosis, one: Unknown) -> str:
    """What is not known, what it could change, and how one would know."""
    shown, present = diagnosis.levels[one.indicator], diagnosis.verdict
    could = " or ".join(
        f"'{VERDICTS[each]}'" for each in dict.fromkeys((one.lowest, one.highest)) if each is not present
    )
    return f"{shown.indicator.title} could make it {could}. {how_to_know(shown)}"


def how_to_know(shown: Shown) -> str:
    """What would have to be known."""
    ways = []
    if shown.fact is not None and shown.fact.sentence:
        ways.append(shown.fact.sentence)
    elif shown.indicator.fact:
        ways.append("Load the exports: the log would show it.")
    if shown.indicator.answer:
        ways.append(f"Or answer the question '{shown.indicator.answer}'." if ways else _ask(shown.indicator.answer))
    return " ".join(ways)


def _ask(question: str) -> str:
    return f"Answer the question '{question}'."


def _value(shown: Shown, value: Value) -> str:
    if shown.measured is not None and shown.fact is not None:
        return figure(float(value), shown.fact.measure)
    assert shown.stated is not None
    words = said(shown.stated.question, value)
    return f"'{words}'" if isinstance(value, str) else words


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
