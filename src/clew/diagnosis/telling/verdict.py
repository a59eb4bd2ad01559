"""The verdict in words: the headline, its reason, and the one next step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clew.diagnosis.model import Standing
from clew.diagnosis.result import Diagnosis
from clew.diagnosis.scoring.levels import Shown
from clew.diagnosis.scoring.operating_model import leading
from clew.diagnosis.scoring.verdict import WEIGHED, Verdict
from clew.questions.words import counted, listed, share

LIGHT = "So far people hold it together; a heavy process would only slow them."
LOAD = "The load is there, the damage is not seen: measure it before building anything."
OWNED = "few-journeys"  # the rung that asks for owners
MOST_ASKED = 3
COUNTS = ("none of the", "one of the", "two of the", "three of the", "all")


def headline(diagnosis: Diagnosis) -> str:
    """The verdict as one sentence."""
    against = _titles(diagnosis, diagnosis.judgement.evident[:1])
    first = listed([journey.name for journey in diagnosis.first]) or "the one journey that carries most revenue"
    match diagnosis.verdict:
        case Verdict.NO:
            return "No. This firm does not need journey management now."
        case Verdict.NOT_YET if diagnosis.cannot_say:
            return f"Cannot say yet: {share(diagnosis.judgement.known)} of what is weighed is known."
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
    if diagnosis.cannot_say:
        return f"{text}That is too little for a verdict; this one only says so."
    reasons = list(_open(diagnosis))
    if reasons:
        return f"{text}The verdict is open: {listed(reasons)}, each by itself."
    if diagnosis.few_customers is not None:
        few = counted(round(diagnosis.few_customers), "customer")
        return f"{text}With {few}, single ones decide: the next figure may turn the verdict."
    if diagnosis.steps:
        return f"{text}Firm against what is unknown; single steps of what is known would change it."
    return f"{text}No single unknown, and no interval of a single figure, could turn the verdict: it is firm."


def _open(diagnosis: Diagnosis) -> Iterator[str]:
    """What could turn the verdict though nothing changes: unknowns, intervals, leaders who differ."""
    shaky = [step for step in diagnosis.steps if step.within]
    if diagnosis.unknowns:
        yield f"{len(diagnosis.unknowns)} of the unknown ones could turn it"
    if shaky:
        yield f"the intervals of {len(shaky)} measured ones reach a threshold that would"
    if diagnosis.contested:
        titles = listed([_lower(diagnosis.indicator(name).title) for name in diagnosis.contested])
        yield f"leaders differ on {titles}, and it turns on who is right"


def next_step(diagnosis: Diagnosis) -> str:
    """The one thing to do next."""
    match diagnosis.verdict:
        case Verdict.NO:
            return "Leave it as it is; 'clew diagnose --watch' says when a threshold is crossed."
        case Verdict.NOT_YET if diagnosis.judgement.broken:
            return f"First mend: {_broken(diagnosis)}."
        case Verdict.NOT_YET if diagnosis.cannot_say:
            return _tell_first(diagnosis)
        case Verdict.NOT_YET if diagnosis.about.as_of is not None and _untold(diagnosis):
            return "Answer the interview (clew diagnose --ask), and say in meanings.yaml what events mean."
        case Verdict.NOT_YET if diagnosis.about.as_of is None:
            load = "clew load" if diagnosis.about.firm else "clew start FILE.csv"
            return f"Load the exports ({load}): what is believed here can then be measured."
        case Verdict.NOT_YET:
            return "Change nothing heavy; 'clew diagnose --watch' says when a threshold is crossed."
        case _:
            return rung_next(diagnosis)


def rung_next(diagnosis: Diagnosis) -> str:
    """What the next rung of the ladder asks for; an owner whom the file names already is given the mandate."""
    rung, first = diagnosis.ladder.next, next(iter(diagnosis.first), None)
    if rung.name != OWNED or first is None or not first.owner:
        return rung.next
    whose = f"Give {first.owner}, named in the file of {first.name}, the mandate for it across teams"
    return f"{whose}, and say so in the firm."


def _tell_first(diagnosis: Diagnosis) -> str:
    """What would tell most, the heaviest first: questions, and the exports where no log was read."""
    weighed = [diagnosis.levels[one.name] for each in diagnosis.scoring.of_kind(*WEIGHED) for one in each.indicators]
    lacking = sorted((one for one in weighed if not one.known), key=lambda one: -one.indicator.weight)
    asked = list(dict.fromkeys(_lower(one.indicator.title) for one in lacking if one.indicator.answer))
    ways = [f"answer the interview (clew diagnose --ask), first on {listed(asked[:MOST_ASKED])}"] if asked else []
    if diagnosis.about.as_of is None:
        ways.append(f"load the exports ({'clew load' if diagnosis.about.firm else 'clew start FILE.csv'})")
    else:
        ways.append("say in meanings.yaml what events mean")
    return f"{_upper(', and '.join(ways))}."


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
    if diagnosis.cannot_say and not evident and not pressing:
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
    return listed([_told_by(diagnosis.levels[name]) for name in diagnosis.judgement.broken])


def _told_by(shown: Shown) -> str:
    """A prerequisite, with who says that it is broken, where only some do."""
    title, stated = _lower(shown.indicator.title), shown.stated
    if shown.standing is not Standing.STATED or stated is None or len(set(stated.by.values())) < 2:
        lone = stated is not None and shown.standing is Standing.STATED and len(stated.by) == 1
        return f"{title} (says {next(iter(stated.by))})" if lone and stated is not None else title
    who = [name for name, value in stated.by.items() if shown.indicator.level_of(value) == shown.level]
    return f"{title} ({'says' if len(who) == 1 else 'say'} {listed(who)}; leaders differ)"


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
