"""The verdict in words: the headline, its reason, and the one next step."""

from __future__ import annotations

from collections.abc import Sequence

from clew.diagnosis.model import Standing
from clew.diagnosis.result import Diagnosis
from clew.diagnosis.scoring.operating_model import leading
from clew.diagnosis.scoring.verdict import Verdict
from clew.questions.words import listed, share

LIGHT = "So far people hold it together; a heavy process would only slow them."
LOAD = "The load is there, the damage is not seen: measure it before building anything."
COUNTS = ("none of the", "one of the", "two of the", "three of the", "all")


def headline(diagnosis: Diagnosis) -> str:
    """The verdict as one sentence."""
    against = _titles(diagnosis, diagnosis.judgement.evident[:1])
    first = listed([journey.name for journey in diagnosis.first]) or "the one journey that carries most revenue"
    match diagnosis.verdict:
        case Verdict.NO:
            return "No. This firm does not need journey management now."
        case Verdict.NOT_YET:
            return "Not yet."
        case Verdict.START:
            return f"Start with {first}, against {against}."
        case _:
            return f"Orchestrate, beginning with {first}, against {_titles(diagnosis, diagnosis.judgement.evident)}."


def reason(diagnosis: Diagnosis) -> str:
    """Why, in a few sentences."""
    judgement = diagnosis.judgement
    evident, pressing = _titles(diagnosis, judgement.evident), _titles(diagnosis, judgement.pressing)
    match diagnosis.verdict:
        case Verdict.NO:
            return _no(diagnosis)
        case Verdict.NOT_YET:
            return " ".join(filter(None, _not_yet(diagnosis, evident, pressing)))
        case Verdict.START:
            return (
                f"{_upper(evident)} {_is(judgement.evident)} evident, and {COUNTS[len(judgement.pressing)]} four "
                f"diagnostics press: {pressing}. That is more than people coordinate by talking, and less than a "
                "reason for a platform."
            )
        case _:
            return (
                f"All four diagnostics press, {evident} are evident, and the light means stand already: owners, a "
                "shared view, a closed loop. They do not suffice."
            )


def sureness(diagnosis: Diagnosis) -> str:
    """How much is known, and whether what is not known could turn the verdict."""
    counts = {each: diagnosis.count(each) for each in Standing}
    text = (
        f"Of {sum(counts.values())} indicators {counts[Standing.MEASURED]} are measured, {counts[Standing.STATED]} "
        f"stated, {counts[Standing.UNKNOWN]} unknown; {share(diagnosis.judgement.known)} of the weight is known. "
    )
    shaky = [step for step in diagnosis.steps if step.within]
    if diagnosis.judgement.too_little_known:
        return f"{text}That is too little for a verdict; this one only says so."
    if not diagnosis.unknowns and not shaky:
        return f"{text}No single unknown, and no interval of a single figure, could turn the verdict: it is firm."
    reasons = []
    if diagnosis.unknowns:
        reasons.append(f"{len(diagnosis.unknowns)} of the unknown ones could turn it")
    if shaky:
        reasons.append(f"the intervals of {len(shaky)} measured ones reach a threshold that would")
    return f"{text}The verdict is open: {' and '.join(reasons)}, each by itself."


def next_step(diagnosis: Diagnosis) -> str:
    """The one thing to do next."""
    match diagnosis.verdict:
        case Verdict.NO:
            return "Leave it as it is; 'clew diagnose --watch' says when a threshold is crossed."
        case Verdict.NOT_YET if diagnosis.judgement.broken:
            return f"First mend: {_broken(diagnosis)}."
        case Verdict.NOT_YET if diagnosis.about.as_of is not None and _untold(diagnosis):
            return "Answer the interview (clew diagnose --ask), and say in meanings.yaml what events mean."
        case Verdict.NOT_YET if diagnosis.about.as_of is None:
            load = "clew load" if diagnosis.about.firm else "clew start FILE.csv"
            return f"Load the exports ({load}): what is believed here can then be measured."
        case Verdict.NOT_YET:
            return "Change nothing heavy; 'clew diagnose --watch' says when a threshold is crossed."
        case _:
            return diagnosis.ladder.next.next


def _no(diagnosis: Diagnosis) -> str:
    text = "None of the four diagnostics presses and none of the three failures is evident. "
    model = leading(diagnosis.models)
    if model is not None:
        text += f"The firm is {model.model.title.lower()}: {model.model.words}. "
    text += "More process would add work and delay, and prevent nothing."
    return f"{text} Apart from that, mend: {_broken(diagnosis)}." if diagnosis.judgement.broken else text


def _not_yet(diagnosis: Diagnosis, evident: str, pressing: str) -> list[str]:
    judgement, rule = diagnosis.judgement, diagnosis.scoring.rule
    if judgement.broken:
        basic = f"something more basic is broken: {_broken(diagnosis)}. Mend that first; a map does not mend it."
        return [f"{_upper(evident)} {_is(judgement.evident)} evident, but {basic}" if evident else _upper(basic)]
    if judgement.too_little_known:
        return [
            f"Nothing presses and no failure is evident, but only {share(judgement.known)} of what is weighed is "
            f"known; below {share(rule.known)} nobody can say no."
        ]
    model = leading(diagnosis.models)
    firm = f"The firm is {model.model.title.lower()}: {model.model.words}." if model else ""
    if not judgement.evident:
        press = f"{_upper(pressing)} {'presses' if len(judgement.pressing) == 1 else 'press'}"
        untold = _untold(diagnosis)
        if len(untold) == len(diagnosis.failures):
            return [f"{press}, but too little is known of the three failures to call any of them evident.", firm]
        light = LOAD if model and model.model.name == "coordinated" else LIGHT
        doubt = f"Too little is known of {_titles(diagnosis, untold)}." if untold else ""
        return [f"{press}, but none of the three failures is evident.", firm, light, doubt]
    press = (
        f"{COUNTS[len(judgement.pressing)]} four diagnostics {'presses' if len(judgement.pressing) == 1 else 'press'}"
    )
    lack = f"but {press}; {rule.start_diagnostics} are needed."
    return [f"{_upper(evident)} {_is(judgement.evident)} evident, {lack}", "Repair it where it happens.", firm]


def _untold(diagnosis: Diagnosis) -> list[str]:
    """Failures of which too little is known to tell whether they happen."""
    return [each.name for each in diagnosis.failures if not diagnosis.judgement.elements[each.name].told]


def _titles(diagnosis: Diagnosis, names: Sequence[str]) -> str:
    return listed([_lower(diagnosis.scoring.element(name).title) for name in names])


def _broken(diagnosis: Diagnosis) -> str:
    return listed([_lower(diagnosis.indicator(name).title) for name in diagnosis.judgement.broken])


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
