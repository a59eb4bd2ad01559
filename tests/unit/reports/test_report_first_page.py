"""The first page: the verdict leads, one thing to do, every sentence marked, the unknown said; then the failures."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import halden
import nordlicht
import pytest
from parsed import Element, parse

from clew.diagnosis.model import Finding
from clew.diagnosis.result import Diagnosis
from clew.diagnosis.telling.as_json import as_json as told_by_diagnose
from clew.diagnosis.telling.verdict import headline, next_step, reason
from clew.reports.as_json import render_json
from clew.reports.diagnosed import Diagnosed, Ruler
from clew.reports.first_page import first_page
from clew.reports.html import render_html
from clew.reports.marks import level_marks
from clew.reports.rulers import ruler
from clew.reports.terminal import render_terminal
from clew.reports.words import NBSP, unbroken


@pytest.fixture(scope="module")
def diagnosis() -> Diagnosis:
    return halden.diagnosis()


@pytest.fixture(scope="module")
def told(diagnosis: Diagnosis) -> Diagnosed:
    return first_page(diagnosis, ["onboarding"])


@pytest.fixture(scope="module")
def page() -> Element:
    return parse(render_html(halden.report()))


def part(page: Element, name: str) -> Element:
    found = [each for each in page.all("section") if name in each.attributes.get("class", "").split()]
    assert len(found) == 1
    return found[0]


def plain(text: str) -> str:
    return " ".join(text.replace(NBSP, " ").split())


def test_the_verdict_is_the_first_thing_after_the_title_with_its_reason(page: Element, diagnosis: Diagnosis) -> None:
    headings = [each.text for each in page.all("h1", "h2")]

    assert headings[1] == headline(diagnosis)
    assert headline(diagnosis).startswith("Start with onboarding")
    assert reason(diagnosis) in plain(part(page, "verdict").text)


def test_there_is_one_thing_to_do_next_in_the_whole_report(page: Element, diagnosis: Diagnosis) -> None:
    leads = [each for each in page.all("p") if each.attributes.get("class") == "lead"]

    assert [each.text for each in leads] == [next_step(diagnosis)]
    assert "What to do first" not in page.text
    assert nordlicht.findings()[0].sentence in part(page, "now").text


def test_the_next_thing_leads_to_the_journey_to_begin_with(told: Diagnosed) -> None:
    assert told.next.anchor == "journey-onboarding"
    assert [one.anchor for one in told.starts] == ["journey-onboarding", "", ""]


def test_four_diagnostics_and_three_failures_stand_with_marks_and_words(page: Element, told: Diagnosed) -> None:
    shown = part(page, "verdict")
    rows = [row for row in shown.all("dt") if row.parent and row.parent.tag == "div"]

    assert [one.failure for one in told.levels] == [False] * 4 + [True] * 3
    assert len(rows) == 7
    for row, one in zip(rows, told.levels, strict=True):
        assert one.title in row.text
        assert one.words in row.text
        assert re.match(r"\d of 3, ", one.words)


def test_as_many_marks_are_filled_as_the_level_says_and_unknown_has_a_shape_of_its_own() -> None:
    shapes = {level: str(level_marks(level, 3, failure=False)) for level in (0, 1, 2, 3, None)}

    assert [shapes[level].count('r="5.5"') for level in (0, 1, 2, 3)] == [0, 1, 2, 3]
    assert shapes[None].count("<path") == 3
    assert "alert" in level_marks(2, 3, failure=True)
    assert "alert" not in level_marks(1, 3, failure=True)


def test_every_sentence_of_evidence_says_how_it_is_known(page: Element) -> None:
    sentences = list(part(page, "verdict").all("dd"))
    marks = {each.text.split()[0] for each in sentences}

    assert len(sentences) == 7
    assert marks <= {"measured", "stated", "unknown"}


def test_belief_stands_beside_measurement_the_widest_gap_first(told: Diagnosed, diagnosis: Diagnosis) -> None:
    assert all(re.search(r"Believed: .* \(says Anna Berg\)\. Measured: .*\(n 97\)", one.text) for one in told.gaps)
    assert told.gaps
    assert len(told.gaps) + told.further_gaps == len(diagnosis.gaps)


def test_thresholds_carry_the_present_value_the_distance_and_what_crossing_does(told: Diagnosed) -> None:
    late = next(one for one in told.rulers if one.title == "Late answers")

    assert (late.now.value, late.now.n, late.limit.value, late.above) == (0.17, 152, 0.6, True)
    assert plain(late.distance) == "43.0 points below 60.0 %"
    assert late.effect == "above that the verdict would be “not yet”"


def centre(drawn: Element) -> float:
    return next(drawn.all("circle")).number("cx")


def band(drawn: Element) -> tuple[float, float]:
    side = next(drawn.all("rect"))
    return side.number("x"), side.number("x") + side.number("width")


def test_a_ruler_sets_the_present_on_the_side_of_the_threshold_where_it_lies(told: Diagnosed) -> None:
    for one in told.rulers:
        drawn = parse(str(ruler(one, "r")))
        low, high = band(drawn)
        assert one.now.value is not None
        assert one.limit.value is not None
        crossed = one.now.value > one.limit.value if one.above else one.now.value < one.limit.value
        assert crossed is (low < centre(drawn) < high)


def test_a_ruler_is_to_scale(told: Diagnosed) -> None:
    one: Ruler = told.rulers[0]
    drawn = parse(str(ruler(one, "r")))
    axis = next(drawn.all("line"))
    length = axis.number("x2") - axis.number("x1")

    assert centre(drawn) == pytest.approx(axis.number("x1") + length * (one.now.value or 0.0) / one.top, abs=0.1)


def test_what_the_data_cannot_say_is_cut_to_the_room_there_is_and_the_rest_counted(told: Diagnosed) -> None:
    assert told.limits[0].text == halden.LONG
    assert len(told.limits) + told.further_limits == 4
    assert "What the data cannot say" in [group.title for group in told.groups]
    assert len(next(group for group in told.groups if "cannot" in group.title).found) == 4


def test_a_limit_that_says_something_else_comes_before_one_that_says_the_same_of_another_stage(
    diagnosis: Diagnosis,
) -> None:
    cohorts = "'deal won' is first recorded on 2017-12-05; the 1,832 runs started before cannot be compared."
    light = Finding("limit", cohorts, "Compare only later ones.", "clew show coverage", 0.01)
    evidence = replace(diagnosis.evidence, findings=(*diagnosis.evidence.findings, light))
    told = first_page(replace(diagnosis, evidence=evidence, first=()), [])

    assert [one.text for one in told.limits][:2] == [halden.LONG, cohorts]


def test_where_nothing_is_known_the_page_says_what_is_unknown_and_the_next_step() -> None:
    shown = part(parse(render_html(halden.unknowing())), "verdict")

    assert "Cannot say yet: " in shown.text
    assert "clew diagnose --ask" in shown.text
    assert "not known" in shown.text
    assert {each.text.split()[0] for each in shown.all("dd")} == {"unknown"}
    assert not list(shown.all("ol"))


def test_failures_follow_with_figures_evidence_and_who_sees_nothing(page: Element) -> None:
    shown = plain(part(page, "failures").text)

    assert "21.2 % 19.5–22.8 % · n 1,616" in shown
    assert "EUR 4,911,600 n 111" in shown
    assert "reached the same person 1 hour after" in shown
    assert "Ready and nobody called: meanings.yaml does not say 'ready'." in shown


def test_fitness_and_staleness_are_one_quiet_line_of_the_journey(page: Element) -> None:
    [line] = [each for each in page.all("p") if "fitness" in each.attributes.get("class", "")]
    said = plain(line.text)

    assert "98.9 % of runs 95.0–99.8 % · n 89, clew conform --journey onboarding." in said
    assert "62 of 100 (58 to 66), stale" in said
    assert "age of the last review: no day (unknown)" in said


def test_names_from_data_cannot_become_markup() -> None:
    page = parse(render_html(halden.hostile()))

    assert len(list(page.all("script"))) == 1
    assert "alert(" in part(page, "verdict").text


def test_the_terminal_begins_with_verdict_and_reason_and_points_at_the_diagnosis(diagnosis: Diagnosis) -> None:
    lines = render_terminal(halden.report()).splitlines()
    said = plain(" ".join(lines))

    assert lines[3].startswith("Start with onboarding")
    assert f"→ {next_step(diagnosis)}" in said
    assert "What it rests on: clew diagnose" in said
    assert "What to do first" not in said
    assert all(len(line) <= 80 for line in lines)


def test_json_holds_what_clew_diagnose_prints(diagnosis: Diagnosis) -> None:
    shown = json.loads(render_json(halden.report()))

    assert shown["diagnosis"] == json.loads(json.dumps(told_by_diagnose(diagnosis)))
    assert [each["name"] for each in shown["failures"]] == ["messages", "expansion"]
    assert shown["journeys"][0]["fitness"]["stale"] == 62.0


def test_without_a_diagnosis_the_first_finding_leads_as_before() -> None:
    page = parse(render_html(nordlicht.report()))

    assert "What to do first" in page.text
    assert "Do this next" not in page.text


def test_a_figure_keeps_its_unit_interval_and_n_on_one_line() -> None:
    assert unbroken("4 % [4, 5.1] (n 1,123) of [these here]") == (
        f"4{NBSP}% [4,{NBSP}5.1]{NBSP}(n{NBSP}1,123) of [these here]".replace(f"]{NBSP}(", "] (")
    )


def test_the_second_page_says_what_kind_of_firm_what_is_needed_and_which_rung_is_next(page: Element) -> None:
    sections = [each.attributes.get("class", "") for each in page.all("section")]
    said = plain(part(page, "answer").text)

    assert sections.index("answer") == sections.index(part(page, "verdict").attributes["class"]) + 1
    for wanted in ("What kind of firm", "The least that prevents it", "Covered:", "Next:", "The ladder"):
        assert wanted in said
    assert "1. A few journeys, each with an owner: " in said


def test_limits_are_told_for_whoever_has_no_time_for_figures_and_figures_further_down(diagnosis: Diagnosis) -> None:
    brief = "18 runs of 'renewal' are too young to judge: leave them out."
    late = Finding("limit", "18 of 197 runs, 9.1 % [5.9, 14.0] (n 197).", "Not never.", "", 1.0, brief)
    evidence = replace(diagnosis.evidence, findings=(late,))

    told = first_page(replace(diagnosis, evidence=evidence), [])

    assert [one.text for one in told.limits] == [brief]
    assert told.groups[0].found[0][0].text == late.claim
