"""What three kinds of firms are told, by answers alone, by facts alone and by both; and the rule, case by case."""

from __future__ import annotations

import pytest

from clew.diagnosis.diagnose import diagnose
from clew.diagnosis.interview.answers import Answers
from clew.diagnosis.interview.values import Value
from clew.diagnosis.model import Fact, Measure, RankedJourney
from clew.diagnosis.result import Diagnosis, Evidence
from clew.diagnosis.scoring.operating_model import leading
from clew.diagnosis.scoring.parse import packaged_scoring
from clew.diagnosis.scoring.verdict import Verdict, judge
from clew.diagnosis.telling.verdict import headline, next_step, reason

PRODUCT_LED: dict[str, Value] = {
    "customers": 3000.0,
    "people-with-a-say": 1.0,
    "kinds-differ": "alike",
    "first-success": "alone",
    "teams": 1.0,
    "between-teams": "clear",
    "one-who-knows": 0.1,
    "existing-customers": 0.6,
    "buying-more": "in-product",
    "first-word": "early-signs",
    "asking": "after-steps",
    "says-it-twice": 0.0,
    "late-handovers": 0.0,
    "stays": 0.96,
    "leaves-quietly": 0.2,
    "missed-moments": 0.05,
    "in-heads": "nothing",
    "works": "reliably",
    "hands": "enough",
    "analytics": "yes",
}
RELATIONSHIP_LED: dict[str, Value] = {
    "customers": 24.0,
    "people-with-a-say": 9.0,
    "kinds-differ": "each-its-own",
    "first-success": "project",
    "teams": 2.0,
    "between-teams": "clear",
    "one-who-knows": 0.95,
    "existing-customers": 0.8,
    "buying-more": "by-conversation",
    "first-word": "regular-talks",
    "asking": "now-and-then",
    "says-it-twice": 0.02,
    "late-handovers": 0.05,
    "stays": 0.97,
    "leaves-quietly": 0.1,
    "missed-moments": 0.05,
    "in-heads": "much",
    "works": "reliably",
    "hands": "enough",
    "crm": "own-team",
}
COORDINATED: dict[str, Value] = {
    "customers": 700.0,
    "people-with-a-say": 7.0,
    "kinds-differ": "clearly",
    "first-success": "project",
    "teams": 6.0,
    "between-teams": "often-unclear",
    "one-who-knows": 0.2,
    "existing-customers": 0.65,
    "buying-more": "by-conversation",
    "first-word": "complaints",
    "asking": "yearly",
    "says-it-twice": 0.35,
    "late-handovers": 0.3,
    "stays": 0.93,
    "leaves-quietly": 0.2,
    "missed-moments": 0.1,
    "in-heads": "a-little",
    "works": "mostly",
    "hands": "just",
    "crm": "own-team",
    "service-desk": "own-team",
}
MEASURED_COORDINATED = {
    "customers": 640.0,
    "contacts-per-account": 5.0,
    "segments-differ": 0.5,
    "self-service-share": 0.15,
    "touches-per-account-year": 76.0,
    "channels": 4.0,
    "systems": 7.0,
    "teams-per-account": 6.0,
    "handoffs-per-run": 3.0,
    "named-owner-share": 0.2,
    "existing-business-share": 0.6,
    "revenue-in-top-20": 0.3,
    "survey-coverage": 0.15,
    "quiet-losses": 0.7,
    "duplicate-contact": 0.35,
    "repeated-question": 0.3,
    "late-handoffs": 0.3,
    "renewal-rate": 0.94,
    "silent-accounts": 0.02,
    "small-frictions": 0.02,
    "missed-expansion": 0.05,
}


def fact(name: str, value: float | None) -> Fact:
    return Fact(name, Measure.NUMBER, value, 100, "things", f"{name} is {value} (n 100).", see="clew check")


def told(answers: dict[str, Value] | None = None, measured: dict[str, float] | None = None) -> Diagnosis:
    sheets = [Answers("Anna Berg", answers)] if answers else []
    journeys = (RankedJourney("onboarding", "Onboarding", 12, 1e6, 2e5, 2e5, ("3 of 12 stand still.",)),)
    facts = {name: fact(name, value) for name, value in (measured or {}).items()}
    return diagnose(packaged_scoring(), sheets, Evidence(facts, (), journeys if measured else ()))


def test_a_product_led_firm_is_told_no() -> None:
    diagnosis = told(PRODUCT_LED)

    assert diagnosis.verdict is Verdict.NO
    model = leading(diagnosis.models)
    assert model is not None
    assert model.model.name == "product-led"
    assert "product becomes the journey" in reason(diagnosis)
    assert {part.capability.prevents for part in diagnosis.parts} == {"product-led"}


def test_a_healthy_relationship_led_firm_is_told_not_yet_and_gets_a_playbook_of_four_parts() -> None:
    diagnosis = told(RELATIONSHIP_LED)

    assert diagnosis.verdict is Verdict.NOT_YET
    assert not diagnosis.judgement.evident
    model = leading(diagnosis.models)
    assert model is not None
    assert model.model.name == "relationship-led"
    assert [part.capability.name for part in diagnosis.parts] == [
        "relationship-owner",
        "escalation-path",
        "measure-of-success",
        "value-shown",
    ]


def test_a_coordinated_firm_is_told_to_start_and_which_failure_to_end() -> None:
    diagnosis = told(COORDINATED)

    assert diagnosis.verdict is Verdict.START
    assert diagnosis.judgement.evident == ("messages",)
    assert diagnosis.failures[0].name == "messages"
    assert "inconsistent messages" in headline(diagnosis)
    assert {part.capability.prevents for part in diagnosis.parts} == {"messages"}


def test_facts_alone_lead_to_the_same_verdict_and_name_the_journeys() -> None:
    diagnosis = told(measured=MEASURED_COORDINATED)

    assert diagnosis.verdict is Verdict.START
    assert headline(diagnosis) == "Start with onboarding, against inconsistent messages and duplicated effort."


def test_what_is_measured_wins_over_what_is_believed_and_the_gap_is_shown() -> None:
    diagnosis = told(PRODUCT_LED, MEASURED_COORDINATED)

    assert diagnosis.verdict is Verdict.START
    assert diagnosis.levels["repeated-question"].level == 3
    assert diagnosis.levels["repeated-question"].belief == 0
    assert diagnosis.gaps[0].gap == 3


def test_a_broken_prerequisite_caps_at_not_yet_and_says_what_to_mend() -> None:
    diagnosis = told({**COORDINATED, "works": "not-yet"})

    assert diagnosis.verdict is Verdict.NOT_YET
    assert diagnosis.judgement.need is Verdict.START
    assert "faults in what is sold" in next_step(diagnosis)


def test_where_little_is_known_nobody_can_say_no() -> None:
    diagnosis = told({"customers": 10.0, "teams": 1.0})

    assert diagnosis.verdict is Verdict.NOT_YET
    assert diagnosis.cannot_say
    assert "nobody can say no" in reason(diagnosis)


def test_an_evident_failure_without_pressing_diagnostics_is_repaired_where_it_happens() -> None:
    diagnosis = told({**PRODUCT_LED, "missed-moments": 0.6})

    assert diagnosis.verdict is Verdict.NOT_YET
    assert diagnosis.judgement.evident == ("expansion",)
    assert "Repair it where it happens." in reason(diagnosis)


def test_orchestration_is_advised_only_when_the_light_means_stand_already() -> None:
    pressing = {**COORDINATED, "missed-moments": 0.6}
    light = {"journey-owners": "all", "crm": "shared", "reviews": "fixed-and-checked"}

    assert told(pressing).verdict is Verdict.START
    assert told({**pressing, **light}).verdict is Verdict.ORCHESTRATE
    assert told({**COORDINATED, **light}).verdict is Verdict.START  # one failure alone is no reason for a platform


# Everything else at level 0: (level of all indicators of an element, verdict)
RULE = [
    ({}, Verdict.NO),
    ({"messages": 1, "handoffs": 1}, Verdict.NO),  # slight is not evident
    ({"messages": 2}, Verdict.NOT_YET),  # evident, but nothing presses
    ({"handoffs": 2}, Verdict.NOT_YET),  # presses, but nothing is evident
    ({"handoffs": 3, "customer-complexity": 3, "signal-quality": 3}, Verdict.NOT_YET),  # healthy so far
    ({"messages": 2, "handoffs": 2}, Verdict.NOT_YET),  # one pressing diagnostic is a repair
    ({"messages": 2, "handoffs": 2, "customer-complexity": 2}, Verdict.START),
    ({"expansion": 3, "signal-quality": 2, "expansion-dependence": 2}, Verdict.START),
]


@pytest.mark.parametrize(("levels", "verdict"), RULE)
def test_the_rule_case_by_case(levels: dict[str, int], verdict: Verdict) -> None:
    scoring = packaged_scoring()
    known = {one.name: levels.get(element.name, 0) for element in scoring.elements for one in element.indicators}
    sound = {one.name: 3 for one in scoring.element("prerequisites").indicators}

    assert judge(scoring, {**known, **sound}).verdict is verdict


def test_one_sign_alone_makes_no_failure_evident() -> None:
    scoring = packaged_scoring()

    assert judge(scoring, {"duplicate-contact": 3}).elements["messages"].level == 1
    assert judge(scoring, {"duplicate-contact": 3, "ping-pong": 2}).elements["messages"].level == 2
