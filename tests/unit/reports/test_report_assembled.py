"""A report put together from the answers of a small world: what it counts, what it finds, what it warns of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clew.conditions import model as conditions
from clew.conditions.model import Attribute, Event, Operator, Silent
from clew.durations import parse_duration
from clew.engine.fold import fold
from clew.firm.model import Firm, Team
from clew.journeys.model import (
    CustomerView,
    End,
    Handoff,
    Journey,
    Mark,
    Stage,
    Subject,
    Touchpoint,
    WaitingOn,
)
from clew.questions.ground import Ground, Rejected
from clew.questions.model import Unit
from clew.reports.as_json import render_json
from clew.reports.assemble import Setting, assemble
from clew.reports.definitions import DEFINITIONS
from clew.reports.html import render_html
from clew.reports.model import Picture, ReportData
from clew.reports.terminal import render_terminal
from clew.testing import memory_log

FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
FIRM = Firm(
    "Hanse Pumps",
    "EUR",
    "Europe/Berlin",
    teams={"sales": Team("sales", "Sales"), "care": Team("care", "Customer care")},
    segments={"large": Attribute("size", conditions.Test(((Operator.IS, "large"),)))},
)
JOURNEY = Journey(
    name="onboarding",
    title="From contract to first use",
    version="0123456789ab",
    subject=Subject(),
    stages=(
        Stage("signed", Event(("signed",)), title="Signed", team="sales", limit=parse_duration("3 working days")),
        Stage(
            "set-up",
            Event(("kick-off",)),
            title="Set-up",
            team="care",
            waiting_on=WaitingOn.CUSTOMER,
            limit=parse_duration("10 days"),
            customer=CustomerView(does="sends data", pains=("asked twice",)),
            touchpoints=(Touchpoint("checklist", "portal", "care"),),
        ),
        Stage("used", Event(("used",)), title="In use", team="care", milestone=True),
        Stage("renewal-talk", Event(("renewal call held",)), title="Renewal talk"),
    ),
    ends=(End("adopted", Event(("adopted",)), good=True), End("lapsed", Silent(("used",), parse_duration("200 days")))),
    value="revenue",
    handoffs=(Handoff("sales", "care", Event(("signed",)), accept_within=parse_duration("1 working day")),),
    marks={"set-up.limit": Mark("evidence", "42 runs of 2025")},
)


def at(day: float) -> str:
    return (FIRST + timedelta(days=day)).isoformat()


def world() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Forty firms sign, one a day. 30 kick off after 2 days, 6 of them twice; 20 use it; 8 adopt; 10 stay in set-up."""
    events: list[tuple[object, ...]] = []
    for number in range(40):
        firm = f"firm-{number:02d}"
        events.append((firm, at(number), "signed", {"team": "sales"}))
        if number < 30:
            events.append((firm, at(number + 2), "kick-off", {"team": "care"}))
        if number < 20:
            events.append((firm, at(number + 9), "used", {"team": "care"}))
        if number < 6:
            events += [(firm, at(number + 11), "kick-off", {"team": "care"}), (firm, at(number + 15), "used", {})]
        if number < 8:
            events.append((firm, at(number + 30), "adopted", {}))
    attributes: list[tuple[object, ...]] = [
        (f"firm-{number:02d}", "revenue", str(1000 * (number + 1))) for number in range(40)
    ]
    attributes += [(f"firm-{number:02d}", "size", "large" if number % 2 else "small") for number in range(40)]
    return events, attributes


@pytest.fixture(scope="module")
def ground() -> Ground:
    events, attributes = world()
    view = memory_log(events, attributes, as_of=at(60), buckets=2)
    rejected = (Rejected("crm", 50, 5, {"no account": 4, "repeated header": 1}),)
    return Ground(fold(view, JOURNEY, FIRM), FIRM, rejected=rejected)


@pytest.fixture(scope="module")
def report(ground: Ground) -> ReportData:
    return assemble([ground], Setting(compare=("size", "small", "large")))


def picture(report: ReportData) -> Picture:
    return report.journeys[0].picture


def test_stages_count_runs_visits_and_those_who_stand_there(report: ReportData) -> None:
    told = {stage.title: (stage.runs.value, stage.visits, stage.here) for stage in picture(report).stages}

    assert told == {
        "Signed": (40, 40, 10),
        "Set-up": (30, 36, 10),
        "In use": (20, 26, 12),
        "Renewal talk": (0, 0, 0),
    }


def test_what_enters_a_stage_leaves_it_or_stands_there(report: ReportData) -> None:
    drawn = picture(report)
    for place, stage in enumerate(drawn.stages):
        entered = sum(flow.visits for flow in drawn.flows if flow.target == place)
        left = sum(flow.visits for flow in drawn.flows if flow.source == place)

        assert entered == stage.visits
        assert left + stage.here == stage.visits


def test_all_runs_start_and_end_or_are_open(report: ReportData) -> None:
    drawn = picture(report)
    ended = sum(flow.visits for flow in drawn.flows if flow.target is None)

    assert drawn.started == 40
    assert ended + report.journeys[0].open == 40


def test_time_in_stage_has_interval_and_n(report: ReportData) -> None:
    median = picture(report).stages[1].median

    assert median.unit is Unit.SPAN
    assert median.n == 36
    assert median.value == pytest.approx(7 * 86400)


def test_stalled_runs_are_ranked_by_value_and_time(report: ReportData) -> None:
    stalled = report.journeys[0].stalled
    weights = [run.weight or 0 for run in stalled.rows]

    assert weights == sorted(weights, reverse=True)
    assert {run.stage for run in stalled.rows} >= {"Set-up"}
    assert all(run.waiting_on == "customer" for run in stalled.rows if run.stage == "Set-up")


def test_list_of_stalled_runs_adds_up_with_the_picture(report: ReportData) -> None:
    assert report.journeys[0].stalled.total == sum(stage.stalled for stage in picture(report).stages)


def test_first_finding_is_about_those_who_stand_still(report: ReportData) -> None:
    first = report.findings[0]

    assert first.kind == "stalled"
    assert first.anchor == "stalled-onboarding"
    assert "worth EUR" in first.sentence


def test_those_who_stand_still_now_come_before_what_cost_more_in_the_past() -> None:
    events, attributes = world()
    for number in range(30):  # long ago: each went back to set-up and stood there for ten weeks
        firm = f"old-{number:02d}"
        steps = ((-300, "signed"), (-298, "kick-off"), (-290, "used"), (-280, "kick-off"), (-210, "used"))
        events += [(firm, at(day), name, {}) for day, name in (*steps, (-200, "adopted"))]
    view = memory_log(events, attributes, as_of=at(60))

    found = assemble([Ground(fold(view, JOURNEY, FIRM), FIRM)], Setting()).findings

    stalled, loop = (next(each for each in found if each.kind == kind) for kind in ("stalled", "loop"))
    assert loop.weight > stalled.weight
    assert found.index(stalled) < found.index(loop)


def test_coming_back_to_a_stage_that_a_timer_ends_is_no_finding() -> None:
    def kinds(waiting: WaitingOn) -> set[str]:
        stages = tuple(replace(stage, waiting_on=waiting) for stage in JOURNEY.stages)
        events: list[Any] = [
            (f"old-{number:02d}", at(day), name, {})
            for number in range(30)
            for day, name in ((-300, "signed"), (-290, "used"), (-280, "kick-off"), (-210, "used"), (-200, "kick-off"))
        ]
        ground = Ground(fold(memory_log(events, as_of=at(60)), replace(JOURNEY, stages=stages), FIRM), FIRM)
        return {each.kind for each in assemble([ground], Setting()).findings}

    assert "loop" in kinds(WaitingOn.US)
    assert "loop" not in kinds(WaitingOn.TIMER)


def test_findings_lead_to_places_on_the_page(report: ReportData) -> None:
    page = render_html(report)

    assert all(f'id="{finding.anchor}"' in page for finding in report.findings)


def test_stage_that_never_occurs_is_a_blind_spot(report: ReportData) -> None:
    never = [spot for spot in report.coverage.blind_spots if spot.kind == "never"]

    assert [spot.words for spot in never] == ["Renewal talk: no event in these data enters it."]


def test_rejected_rows_stand_with_their_reasons(report: ReportData) -> None:
    source = report.coverage.sources[0]

    assert (source.read, source.rejected) == (50, 5)
    assert source.reasons[0] == ("no account", 4)


def test_undated_attributes_are_named(report: ReportData) -> None:
    undated = next(spot for spot in report.coverage.blind_spots if spot.kind == "undated")

    assert "revenue" in undated.words


def test_what_the_map_says_is_kept_apart_from_what_happened(report: ReportData) -> None:
    planned = picture(report).stages[1].planned

    assert planned.team == "Customer care"
    assert planned.limit == "10 days"
    assert planned.handoffs == ("Sales to Customer care, receipt within 1 working day",)
    assert planned.evidence == {"limit": "evidence: 42 runs of 2025"}


def test_loops_name_stages_as_the_page_does(report: ReportData) -> None:
    loops = report.journeys[0].loops[0]

    assert [row[0] for row in loops.rows] == ["Set-up", "In use"]


def test_comparison_asked_for_comes_first_with_difference_and_test(report: ReportData) -> None:
    asked = report.journeys[0].comparisons[0]
    panel = asked.panels[1]

    assert asked.title == "small beside large, by size"
    assert panel.title == "Time in Set-up, median"
    assert [group.label for group in panel.groups] == ["small", "large"]
    assert panel.difference is not None
    assert panel.test


def test_cohorts_name_how_many_are_too_recent(ground: Ground) -> None:
    cohorts = assemble([ground]).journeys[0].comparisons[-1]

    assert cohorts.title.startswith("Start of the run, by ")
    assert all(group.figure.n is not None for panel in cohorts.panels for group in panel.groups)


def test_cohorts_from_before_an_event_was_recorded_cannot_be_compared() -> None:
    events = [(f"old-{n}", at(n / 4), "signed") for n in range(60)]
    events += [(f"new-{n}", at(60 + n / 2), "signed") for n in range(60)]
    events += [(f"new-{n}", at(61 + n / 2), "kick-off") for n in range(60)]
    events += [(f"new-{n}", at(62 + n / 2), "used") for n in range(60)]
    ground = Ground(fold(memory_log(events, as_of=at(120)), JOURNEY, FIRM), FIRM)
    cohorts = assemble([ground]).journeys[0].comparisons[-1]
    groups = cohorts.panels[0].groups

    assert not groups[0].comparable
    assert "not comparable" in groups[0].note
    assert groups[-1].comparable
    assert "they look worse than they were" in " ".join(cohorts.notes)


def test_every_term_of_every_table_is_defined(report: ReportData) -> None:
    part = report.journeys[0]
    keys = {one.key for one in DEFINITIONS}
    terms = {column.term for table in (*part.loops, *part.handoffs) for column in table.columns}
    terms |= {panel.term for comparison in part.comparisons for panel in comparison.panels}

    assert terms - {""} <= keys


def test_report_does_not_depend_on_how_the_log_is_split(report: ReportData) -> None:
    events, attributes = world()
    view = memory_log(events, attributes, as_of=at(60), buckets=5)
    rejected = (Rejected("crm", 50, 5, {"no account": 4, "repeated header": 1}),)
    other = assemble(
        [Ground(fold(view, JOURNEY, FIRM), FIRM, rejected=rejected)], Setting(compare=("size", "small", "large"))
    )

    assert render_json(other) == render_json(report)


def test_all_faces_can_be_drawn_of_it(report: ReportData) -> None:
    assert "Set-up" in render_terminal(report)
    assert "Set-up" in render_html(report)


def test_journey_without_any_run_is_drawn_too() -> None:
    view = memory_log([("firm", at(0), "something else")], as_of=at(1))
    report = assemble([Ground(fold(view, JOURNEY, FIRM), FIRM)])

    assert picture(report).started == 0
    assert "Nothing stands out yet" in render_html(report)
