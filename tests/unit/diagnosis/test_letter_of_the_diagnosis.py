"""The letter: every sentence carries its standing and figures; terminal, page and JSON say the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from clew.diagnosis.diagnose import diagnose, first_journeys
from clew.diagnosis.interview.answers import Answers, read_answers
from clew.diagnosis.interview.values import Value
from clew.diagnosis.model import Fact, Finding, Measure, RankedJourney, Standing
from clew.diagnosis.result import About, Diagnosis, Evidence
from clew.diagnosis.scoring.parse import packaged_scoring
from clew.diagnosis.scoring.verdict import Verdict
from clew.diagnosis.telling.as_json import as_json
from clew.diagnosis.telling.letter import Letter, Line, letter
from clew.diagnosis.telling.page import diagnosis_page
from clew.diagnosis.telling.words import evidence

SCORING = packaged_scoring()
FIRMS = ("product-led", "relationship-led", "coordinated", "tarnfield")
SHARES = {"late-handoffs": 0.34, "repeated-question": 0.4, "duplicate-contact": 0.2, "quiet-losses": 0.6}


def answers_of(firm: str) -> Answers:
    return read_answers(Path(str(files("clew.demo") / "workspace" / firm / "answers.yaml")))


def journey(name: str, score: float, open_runs: int = 10) -> RankedJourney:
    return RankedJourney(
        name, name.title(), open_runs, 1e6 * score, 1e5 * score, score, (f"{name} has n {open_runs}.",)
    )


def measured(**more: float) -> Evidence:
    shares = {**SHARES, **{name.replace("_", "-"): value for name, value in more.items()}}
    facts = {
        name: Fact(
            name, Measure.SHARE, value, 50, "customers", f"{name}: {value:.0%} [.., ..] (n 50).", "", value / 2, 1.0
        )
        for name, value in shares.items()
    }
    findings = (
        Finding("limit", "Days before May are missing.", "Do not compare with them.", "clew show coverage", 0.4),
        Finding("loss", "Over half never went live.", "Nobody knows why.", "clew show funnel", 0.9),
    )
    return Evidence(facts, findings, (journey("onboarding", 9), journey("renewal", 4), journey("escalation", 1)))


def told(firm: str, found: Evidence | None = None) -> Diagnosis:
    about = About("Tarnfield", "EUR", "UTC", as_of=0 if found else None)
    return diagnose(SCORING, [answers_of(firm)], found or Evidence(), about)


def lines(shown: Letter) -> Iterator[Line]:
    waiting = [line for section in shown.sections for line in section.lines]
    while waiting:
        line = waiting.pop(0)
        yield line
        waiting = [*line.below, *waiting]


def text(shown: Letter) -> str:
    return "\n".join((shown.headline, shown.reason, *(line.text for line in lines(shown)), shown.next))


# What the leaders of the sample firms say, taken for itself
STATED = [("product-led", Verdict.NO), ("relationship-led", Verdict.NOT_YET), ("coordinated", Verdict.START)]


@pytest.mark.parametrize(("firm", "verdict"), STATED)
def test_the_leaders_of_the_sample_firms_get_a_verdict_by_their_answers_alone(firm: str, verdict: Verdict) -> None:
    assert told(firm).verdict is verdict


def test_the_leader_of_the_coordinated_firm_believes_what_the_data_contradict() -> None:
    said = answers_of("coordinated").said

    assert float(said["says-it-twice"]) < 0.05
    gap = next(one for one in told("coordinated", measured()).gaps if one.indicator.name == "repeated-question")
    assert gap.gap == 3


@pytest.mark.parametrize("firm", FIRMS)
@pytest.mark.parametrize("found", [None, measured()], ids=["stated", "measured"])
def test_every_sentence_below_a_heading_carries_its_standing(firm: str, found: Evidence | None) -> None:
    shown = letter(told(firm, found), whole=True)

    marks = {standing.value for standing in Standing}
    for line in lines(shown):
        assert line.mark in {"", *marks}
        assert all(below.mark in marks for below in line.below), line.text
        assert line.text.endswith((".", "?"))


@pytest.mark.parametrize("firm", FIRMS)
def test_the_whole_letter_holds_every_known_indicator_of_diagnostics_and_failures(firm: str) -> None:
    diagnosis = told(firm, measured())

    said = text(letter(diagnosis, whole=True))

    for name in ("customer-complexity", "handoffs", "signal-quality", "messages", "friction", "expansion"):
        for shown in diagnosis.shown(SCORING.element(name)):
            assert not shown.known or evidence(shown) in said


def test_the_short_letter_says_how_many_lines_it_leaves_out() -> None:
    diagnosis = told("coordinated", measured())

    short, whole = text(letter(diagnosis)), text(letter(diagnosis, whole=True))

    assert len(short) < len(whole)
    assert "more: clew diagnose --evidence." in short
    assert "more: clew diagnose --evidence." not in whole


def test_belief_and_measurement_stand_side_by_side() -> None:
    said = text(letter(told("coordinated", measured())))

    assert (
        "Customers who had to tell you the same thing twice: worse than believed. Believed: 2.0 % (says Ines Baumann). "
        "Measured: repeated-question: 40% [.., ..] (n 50)."
    ) in said


def test_a_belief_inside_the_interval_of_what_is_measured_is_no_gap() -> None:
    share = Fact("late-handoffs", Measure.SHARE, 0.24, 20, "handoffs", "24.0 % [9.0, 44.0] (n 20).", "", 0.09, 0.44)

    def gaps(believed: float) -> list[int]:
        sheet = Answers("Anna", {"late-handovers": believed})
        return [one.gap for one in diagnose(SCORING, [sheet], Evidence({"late-handoffs": share})).gaps]

    assert gaps(0.15) == []  # another level, but the data allow it
    assert gaps(0.05) == [2]


def test_leaders_who_differ_are_shown_side_by_side() -> None:
    sheets = [answers_of("coordinated"), Answers("Tom", {"between-teams": "clear", "first-word": "early-signs"})]

    shown = letter(diagnose(SCORING, sheets, Evidence()))

    section = next(each for each in shown.sections if each.title.startswith("Where leaders differ"))
    assert any(
        "Ines Baumann: from complaints" in line.text and "Tom: from small signs" in line.text for line in section.lines
    )


def test_findings_stand_in_the_letter_with_claim_meaning_and_command() -> None:
    found = [line for line in lines(letter(told("coordinated", measured()))) if line.see == "clew show funnel"]

    assert found[0].text == "Over half never went live. Nobody knows why."
    assert found[0].mark == "measured"


def test_one_to_three_journeys_are_named_the_weightiest_first() -> None:
    def names(*journeys: RankedJourney) -> list[str]:
        return [each.name for each in first_journeys(journeys)]

    assert names(journey("b", 4), journey("a", 9), journey("c", 1)) == ["a", "b"]  # c carries less than a third
    assert names(*(journey(name, 9) for name in "abcd")) == ["a", "b", "c"]
    assert names(journey("a", 0), journey("b", 0, open_runs=0)) == ["a"]
    assert names() == []


def test_the_minimal_architecture_says_what_tools_cover_already() -> None:
    tools: dict[str, Value] = {"service-desk": "shared", "crm": "shared", "missed-moments": 0.05}
    shared = Answers("Anna", {**answers_of("coordinated").said, **tools})
    section = next(
        each for each in letter(diagnose(SCORING, [shared], measured())).sections if each.title.startswith("The least")
    )

    covered = {row[0]: row[1:] for row in section.rows}

    assert covered["One record of each customer that every team reads first"] == (
        "covered (CRM: every team that deals with customers looks there first; "
        "Service desk: yes, and other teams see it too)",
        "nothing",
        "keep it",
    )
    handoffs = covered["Handoffs that carry what was promised, with a receipt"]
    assert handoffs[0].startswith("in part")
    assert handoffs[2].startswith("Declare the handoff")


def test_a_firm_that_is_told_no_is_asked_to_climb_nothing() -> None:
    shown = letter(told("product-led"))

    assert shown.headline.startswith("No.")
    assert "Nothing asks for a further rung now" in text(shown)
    assert shown.next.startswith("Leave it as it is")


def test_where_nothing_is_known_no_level_is_claimed() -> None:
    shown = letter(diagnose(SCORING, [Answers("Anna", {"customers": 10.0})], Evidence()))

    said = {line.text for line in lines(shown)}
    assert "Signal quality: not known." in said
    assert "Missed expansion: not known." in said
    assert any(text.startswith("Customer complexity: too little known to say") for text in said)


def test_terminal_page_and_json_say_the_same() -> None:
    diagnosis = told("coordinated", measured())

    page, data, shown = diagnosis_page(diagnosis), as_json(diagnosis), letter(diagnosis)

    assert page["letter"]["headline"] == data["headline"] == shown.headline
    assert page["verdict"] == {"id": "start", "words": "start with a few journeys"}
    assert {each["name"]: each["level"] for each in page["levels"]}["messages"] == data["elements"]["messages"]["level"]
    assert json.loads(json.dumps(page))
    assert json.loads(json.dumps(data))


def test_own_thresholds_are_told_as_such() -> None:
    from clew.diagnosis.scoring.own import with_own

    scoring = with_own(SCORING, {"late-handoffs": (0.4, 0.5, 0.6)})

    data = as_json(diagnose(scoring, [], measured()))

    assert data["indicators"]["late-handoffs"]["own_threshold"] is True
    assert data["indicators"]["late-handoffs"]["level"] == 0
