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
from clew.diagnosis.telling.words import evidence, level_shown

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


def test_terminal_and_json_say_the_same() -> None:
    diagnosis = told("coordinated", measured())

    data, shown = as_json(diagnosis), letter(diagnosis)

    assert (data["headline"], data["reason"], data["next"]) == (shown.headline, shown.reason, shown.next)
    assert data["verdict"] == "start"
    assert json.loads(json.dumps(data))


def test_own_thresholds_are_told_as_such() -> None:
    from clew.diagnosis.scoring.own import with_own

    scoring = with_own(SCORING, {"late-handoffs": (0.4, 0.5, 0.6)})

    data = as_json(diagnose(scoring, [], measured()))

    assert data["indicators"]["late-handoffs"]["own_threshold"] is True
    assert data["indicators"]["late-handoffs"]["level"] == 0


def none_of_it(*names: str) -> Evidence:
    return Evidence({name: Fact(name, Measure.SHARE, 0.0, 50, "customers", "0.0 % (n 50).") for name in names})


def element_line(diagnosis: Diagnosis, title: str) -> str:
    return next(line.text for line in lines(letter(diagnosis)) if line.text.startswith(title))


def test_a_failure_of_which_nothing_known_shows_a_sign_is_called_no_trace() -> None:
    found = none_of_it("duplicate-contact", "repeated-question", "ping-pong")
    diagnosis = diagnose(SCORING, [], found)

    assert element_line(diagnosis, "Inconsistent messages").endswith("no sign in what is known (42.9 % of its weight).")
    assert level_shown(diagnosis, SCORING.element("messages")) == 0


def test_one_strong_figure_alone_is_one_sign_and_no_trace() -> None:
    silent = Fact("silent-accounts", Measure.SHARE, 0.889, 50, "customers", "88.9 % silent (n 50).")

    alone = diagnose(SCORING, [], Evidence({"silent-accounts": silent}))
    beside = diagnose(SCORING, [], Evidence({"silent-accounts": silent, **none_of_it("quiet-losses").facts}))

    for diagnosis in (alone, beside):
        assert element_line(diagnosis, "Invisible friction").endswith("one sign only; a second is needed.")


def test_where_little_is_known_the_headline_says_so_and_what_to_tell_first() -> None:
    diagnosis = diagnose(SCORING, [Answers("Anna", {"customers": 10.0})], Evidence())
    shown = letter(diagnosis)

    assert diagnosis.verdict is Verdict.NOT_YET
    assert shown.headline.startswith("Cannot say yet: ")
    assert shown.headline.endswith(" % of what is weighed is known.")
    assert shown.next.startswith("Answer the interview (clew diagnose --ask), first on ")
    assert not any(section.title in {"What is enough", "The least that prevents it"} for section in shown.sections)
    assert "Too little is known to say what kind of firm this is." in text(shown)


def test_who_says_that_something_basic_is_broken_is_named_where_leaders_differ() -> None:
    said = answers_of("coordinated").said
    sheets = [Answers("Anna", {**said, "works": "not-yet"}), Answers("Tom", {**said, "works": "reliably"})]
    shown = letter(diagnose(SCORING, sheets, Evidence()))

    assert "says Anna; leaders differ" in shown.next
    assert "leaders differ on faults in what is sold, and it turns on who is right" in text(shown)
    assert "middle answer" not in text(shown)


def test_where_leaders_differ_the_measured_figure_stands_beside() -> None:
    sheets = [Answers(name, {"says-it-twice": value}) for name, value in (("Anna", 0.0), ("Tom", 0.5))]

    shown = letter(diagnose(SCORING, sheets, measured()))

    section = next(each for each in shown.sections if each.title.startswith("Where leaders differ"))
    assert section.lines[0].text.endswith("Anna: 0.0 %; Tom: 50.0 %. Measured: repeated-question: 40% [.., ..] (n 50).")


def test_few_customers_are_never_called_firm() -> None:
    everything = {**answers_of("relationship-led").said, "customers": 17.0}

    said = text(letter(diagnose(SCORING, [Answers("Anna", everything)], Evidence())))

    assert "it is firm" not in said


def test_a_journey_whose_file_names_an_owner_needs_a_mandate_and_no_further_name() -> None:
    from dataclasses import replace

    found = measured()
    owned = replace(found, journeys=tuple(replace(each, owner="Silje Rietfeld") for each in found.journeys))

    assert letter(told("coordinated", owned)).next.startswith("Give Silje Rietfeld, named in the file of onboarding,")
    assert letter(told("coordinated", found)).next.startswith("Name one owner")


@pytest.mark.parametrize("firm", ["product-led", "relationship-led"])
def test_no_rung_is_next_where_nothing_asks_for_one(firm: str) -> None:
    shown = letter(told(firm))

    (ladder,) = (section for section in shown.sections if section.title == "The ladder")
    assert not any(line.text.endswith(": next.") for line in ladder.lines)


def test_two_files_of_one_leader_are_told_apart() -> None:
    sheets = [
        Answers("Anna", {"says-it-twice": value}, path=path) for path, value in (("a.yaml", 0.0), ("b.yaml", 0.5))
    ]

    shown = letter(diagnose(SCORING, sheets, Evidence()))

    assert "the answers of Anna (a.yaml) and Anna (b.yaml)" in shown.basis
    assert "Anna (a.yaml): 0.0 %; Anna (b.yaml): 50.0 %." in text(shown)


def test_a_kind_of_firm_with_half_of_the_signs_against_it_is_only_the_nearest() -> None:
    said: dict[str, Value] = {"customers": 700.0, "teams": 6.0, "one-who-knows": 0.9, "first-success": "alone"}

    shown = text(letter(diagnose(SCORING, [Answers("Anna", said)], Evidence())))

    assert "No kind of firm stands out. Nearest: coordinated, " in shown
    assert "2 of 4 known signs speak for it." in shown
