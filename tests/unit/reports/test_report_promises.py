"""What the journey file promises, in the report: KPIs near the head, receipts among the handoffs, owner and review."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import nordlicht
import pytest
from parsed import parse

from clew.conditions.model import Event
from clew.durations import parse_duration
from clew.engine.fold import fold
from clew.firm.model import Firm, Person, Team
from clew.journeys.model import Handoff, Journey, Kpi, Stage, Subject
from clew.questions.ask import ask
from clew.questions.ground import Ground
from clew.questions.model import Query, Unit
from clew.reports.assemble import assemble
from clew.reports.html import render_html
from clew.reports.marks import state_shape
from clew.reports.model import Figure, JourneyPart, ReportData
from clew.reports.model import Kpi as Shown
from clew.reports.terminal import render_terminal
from clew.testing import memory_log

FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
FIRM = Firm(
    "Hanse Pumps",
    "EUR",
    "UTC",
    teams={"sales": Team("sales", "Sales"), "care": Team("care", "Customer care")},
    people={"lead": Person("lead", "Aino Maasbergen")},
)
SHARE = {"share": ["signed", "used"], "within": "30 days"}
JOURNEY = Journey(
    name="onboarding",
    title="From contract to first use",
    version="0123456789ab",
    subject=Subject(),
    stages=(Stage("signed", Event(("signed",)), team="sales"), Stage("used", Event(("used",)), team="care")),
    owner={"operational": "lead", "professional": "board"},
    review_every=parse_duration("4 weeks"),
    handoffs=(Handoff("sales", "care", Event(("sent",)), Event(("taken",)), accept_within=parse_duration("2 days")),),
    kpis=(
        Kpi("time-to-use", {"time": ["signed", "used"]}, "20 days"),
        Kpi("used-soon", SHARE, 0.9),
        Kpi("used-fully", {"share": ["signed", "adopted"], "within": "5 days"}, 0.5),
        Kpi("never-reached", {"time": ["signed", "adopted"], "statistic": "p90"}, "90 days"),
    ),
)
PART = Journey(
    "set-up", "Setting up", "123456789abc", Subject(), (Stage("begun", Event(("kick-off",))),),
    part_of=("onboarding", "used"),
)  # fmt: skip


def at(day: float) -> str:
    return (FIRST + timedelta(days=day)).isoformat()


def grounds(*journeys: Journey) -> list[Ground]:
    """Thirty firms sign and are handed over; twenty-two are taken after a day and use it after ten to fifteen days."""
    events = []
    for number in range(30):
        firm = f"firm-{number:02d}"
        events += [(firm, at(0), "signed"), (firm, at(1), "sent")]
        events += [(firm, at(2), "taken"), (firm, at(10 + number / 4), "used")] if number < 22 else []
    view = memory_log(events, as_of=at(60))
    return [Ground(fold(view, journey, FIRM), FIRM) for journey in journeys]


@pytest.fixture(scope="module")
def report() -> ReportData:
    return assemble(grounds(JOURNEY, PART))


@pytest.fixture(scope="module")
def part(report: ReportData) -> JourneyPart:
    return report.journeys[0]


def test_every_kpi_stands_with_figure_interval_n_target_and_state(part: JourneyPart) -> None:
    [kpis] = [ask(ground, Query("kpis")) for ground in grounds(JOURNEY)]
    time = part.kpis[0]

    assert [(kpi.name, kpi.target, kpi.state) for kpi in part.kpis] == [
        ("Time to use", "at most 20 days", "met"),
        ("Used soon", "at least 90 %", "not met"),
        ("Used fully", "at least 50 %", "not met"),
        ("Never reached", "at most 90 days", "not shown"),
    ]
    assert (time.figure.value, time.figure.low, time.figure.n) == tuple(
        kpis.rows[0][name] for name in ("time", "time_low", "n")
    )


def test_a_kpi_that_is_not_reached_says_so_instead_of_a_number(part: JourneyPart) -> None:
    never = part.kpis[3]

    assert (never.figure.value, never.figure.words, never.figure.unit) == (None, "not reached yet", Unit.SPAN)
    assert never.why == "the interval holds the target"


def test_receipts_lead_the_handoffs_and_name_who_waits_beyond_the_limit(part: JourneyPart) -> None:
    declared, waiting = part.handoffs[:2]
    [row] = declared.rows

    assert row[:3] == ("Sales", "Customer care", "2 days")
    in_time = row[4]
    assert isinstance(in_time, Figure)
    assert in_time.value == pytest.approx(22 / 30)
    assert in_time.n == 30
    assert [cell.value for cell in row[-2:] if isinstance(cell, Figure)] == [8, 8]
    assert [who[0] for who in waiting.rows] == [f"firm-{number}" for number in range(22, 30)]


def test_owner_review_and_the_journey_it_details_introduce_a_journey(report: ReportData) -> None:
    whole, detail = report.journeys
    page = render_html(report)

    assert (whole.owner, whole.review) == ("Aino Maasbergen (operational), board (professional)", "4 weeks")
    assert detail.part_of == "From contract to first use, stage used"
    assert "Reviewed every 4 weeks." in page
    assert '<a href="#journey-onboarding"><bdi>From contract to first use, stage used</bdi></a>' in page


def test_without_promises_a_journey_shows_none() -> None:
    bare = replace(JOURNEY, kpis=(), handoffs=(), owner={}, review_every=None)
    report = assemble(grounds(bare))
    page = render_html(report)

    assert report.journeys[0].kpis == ()
    assert not report.journeys[0].handoffs
    assert '<dl class="kpis"' not in page
    assert "Owned by" not in page
    assert "Reviewed every" not in page


def test_each_state_has_a_word_and_a_shape_of_its_own(report: ReportData) -> None:
    page = parse(render_html(report))

    [kpis] = [found for found in page.all("dl") if found.attributes.get("class") == "kpis"]
    assert len(list(kpis.all("svg"))) == 4
    assert len({str(state_shape(state)) for state in ("met", "not met", "not shown", "too few")}) == 4
    assert all(svg.attributes["aria-hidden"] == "true" for svg in kpis.all("svg"))


def test_the_terminal_tells_the_state_in_words_beside_its_shape(report: ReportData) -> None:
    told = render_terminal(report)

    assert "● Time to use" in told
    assert "▲ Used soon" in told
    assert "○ Never reached not reached yet" in told
    assert all(len(line) <= 80 for line in told.splitlines())


def test_names_of_kpis_cannot_become_markup() -> None:
    hostile = Shown("<b>x</b>", "<i>y</i>", Figure(None, needed=3), "<u>z</u>", "too few")
    made = nordlicht.report()
    page = render_html(replace(made, journeys=(replace(made.journeys[0], kpis=(hostile,)),)))

    for markup in ("<b>x", "<i>y", "<u>z"):
        assert markup not in page
