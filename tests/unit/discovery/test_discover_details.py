"""What a draft says of each stage: limit, team, whose move it is, handoffs, variants; and how the file reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.clock import DAY_US, HOUR_US, MINUTE_US
from clew.conditions.model import Attribute, Event, Operator, Segment
from clew.conditions.model import Test as ValueTest
from clew.discovery.drafting.draft import Wish, draft_journey
from clew.discovery.drafting.model import Draft
from clew.discovery.drafting.rounding import readable
from clew.firm.model import Firm, Team
from clew.journeys.model import WaitingOn
from clew.journeys.parse import FIELDS, parse_journey
from clew.testing import memory_log

START = 1_767_225_600_000_000  # 2026-01-01, midnight UTC
BIG = Attribute("size", ValueTest(((Operator.IS, "big"),)))
TEAMS = {name: Team(name, name.title()) for name in ("sales", "care")}
FIRM = Firm("firm", "EUR", "UTC", teams=TEAMS, segments={"big": BIG})
SPANS = [2, 3, 5, 8, 13]  # days, by account
SALES, CARE, OUTSIDE = {"team": "sales", "user": "Ann"}, {"team": "care", "user": "Ben"}, {"contact": 1}


def at(number: int, day: float) -> int:
    return START + round((number + day) * 24) * HOUR_US


def run(number: int) -> list[Any]:
    """Signed, accepted by the other team, then the customer sends data, then live."""
    account, span = f"a{number}", SPANS[number % len(SPANS)]
    told: list[Any] = [(0, "signed", SALES), (1 + number % 3, "handover accepted", CARE), (4, "data asked", CARE)]
    told += [(4 + span, "data sent", OUTSIDE)] if number % 10 else []  # one in ten never does
    told += [(10 + 2 * span, "went live", CARE)] if number % 10 else []
    return [(account, at(number, day), name, words) for day, name, words in told]


def events(n: int = 60) -> list[Any]:
    return [event for number in range(n) for event in run(number)]


def draft(told: Iterable[Any], attributes: Iterable[Any] = (), firm: Firm = FIRM, **wish: Any) -> Draft:
    return draft_journey(memory_log(told, attributes), firm, {}, Wish(**wish))


def test_a_limit_is_the_kaplan_meier_p90_with_n_and_interval() -> None:
    made = draft(events())

    found = made.limits["data-asked"]
    assert (found.n, found.ended) == (60, 54)
    assert found.span_us == 13 * DAY_US
    assert made.marks["data-asked.limit"] == "P90 13.0 days (13.0 or more) of 60 visits, 54 ended, 2026-01..2026-03"
    assert str(made.journey.stages[2].limit) == "13 days"


def test_too_few_visits_give_no_limit_but_say_how_many_more_are_needed() -> None:
    made = draft(events(7))

    assert made.journey.stages[0].limit is None
    assert "# Not drafted: signed.limit: too few: 3 more visits needed." in made.text


def test_the_team_of_a_stage_is_the_one_that_is_waited_for() -> None:
    made = draft(events())

    assert [stage.team for stage in made.journey.stages] == ["care", "care", None, "care"]
    assert made.marks["signed.team"] == "100% of the time spent here is waiting for an event of theirs"


def test_a_stage_that_a_person_outside_ends_waits_on_the_customer() -> None:
    made = draft(events())

    assert [stage.waiting_on for stage in made.journey.stages].index(WaitingOn.CUSTOMER) == 2
    assert made.marks["data-asked.waiting_on"] == "54 of 54 stays end with an event of a person outside"


def test_a_contact_that_stands_on_every_row_is_no_evidence_that_the_customer_moves() -> None:
    made = draft((a, when, name, {"contact": 1}) for a, when, name, _ in events())

    assert {stage.waiting_on for stage in made.journey.stages} == {WaitingOn.US}
    assert not [mark for mark in made.marks if mark.endswith(".waiting_on")]


def test_a_name_that_says_who_is_waited_for_is_believed() -> None:
    made = draft((a, when, "waiting for vendor" if name == "data asked" else name) for a, when, name, _ in events())

    assert made.journey.stages[2].waiting_on is WaitingOn.THIRD_PARTY
    assert made.marks["waiting-for-vendor.waiting_on"] == "the name of the event says so"


def test_stays_that_last_alike_are_ended_by_a_timer() -> None:
    told = [(f"a{n}", at(n, day), name) for n in range(60) for day, name in ((0, "solved"), (7, "closed"))]

    assert draft(told).journey.stages[0].waiting_on is WaitingOn.TIMER


def test_a_handoff_is_where_the_team_changes_and_its_receipt_is_due_at_the_p90() -> None:
    (handoff,) = draft(events()).journey.handoffs

    assert (handoff.source, handoff.target) == ("sales", "care")
    assert handoff.sent == Event(("signed",))
    assert handoff.accepted == Event(("handover accepted",))
    assert str(handoff.accept_within) == "3 days"


def test_an_event_that_the_new_team_answers_is_what_sends() -> None:
    def ticket(n: int) -> list[Any]:
        told = [(0, "opened", SALES), (1, "escalated", CARE), (3, "taken", CARE), (6, "closed", CARE)]
        return [(f"a{n}", at(n, day), name, words) for day, name, words in told]

    (handoff,) = draft(event for n in range(40) for event in ticket(n)).journey.handoffs

    assert (handoff.sent, handoff.accepted) == (Event(("escalated",)), Event(("taken",)))
    assert str(handoff.accept_within) == "2 days"


def test_teams_that_the_firm_does_not_declare_are_noted_instead_of_used() -> None:
    made = draft(events(), firm=Firm("firm", "EUR", "UTC"))

    assert made.journey.handoffs == ()
    assert "no teams and handoffs: clew.yaml declares no team; the log names 2 (as care, sales)" in made.notes


def test_what_many_runs_skip_is_optional() -> None:
    told = [event for event in events() if event[2] != "handover accepted" or int(event[0][1:]) % 2]
    made = draft(told)

    assert [stage.name for stage in made.journey.stages if stage.optional] == ["handover-accepted"]
    assert made.marks["handover-accepted.optional"] == "30 of 60 runs went on without it"


def slow(number: int, *, factor: int) -> list[Any]:
    """Asked, offered after 2 to 22 days times a factor, won 9 days later."""
    span = factor * (2 + number * 37 % 100 / 5)
    told = ((0, "asked"), (span, "offered"), (span + 9, "won"))
    return [(f"a{number}", at(number, day), name) for day, name in told]


@pytest.mark.parametrize(("factor", "variants"), [(3, 1), (1, 0)])
def test_a_segment_that_clearly_differs_gets_a_variant(factor: int, variants: int) -> None:
    sizes = [(f"a{n}", "size", "small" if n % 4 else "big", {"at": START}) for n in range(200)]
    made = draft((event for n in range(200) for event in slow(n, factor=1 if n % 4 else factor)), sizes)

    assert len(made.journey.variants) == variants
    for variant in made.journey.variants:
        assert variant.when == Segment("big")
        assert {stage: str(changes["limit"]) for stage, changes in variant.stages.items()} == {"asked": "59 days"}
        assert made.marks["variants.big.asked"].startswith("P90 58.8 days")


def test_a_segment_without_dates_gets_none_for_it_may_know_the_future() -> None:
    sizes = [(f"a{n}", "size", "small" if n % 4 else "big") for n in range(200)]
    made = draft((event for n in range(200) for event in slow(n, factor=1 if n % 4 else 3)), sizes)

    assert made.journey.variants == ()
    assert any("size carries no date" in note for note in made.notes)


def test_only_the_accounts_of_a_segment_are_looked_at_where_asked() -> None:
    sizes = [(f"a{n}", "size", "big" if n % 3 == 0 else "small", {"at": START}) for n in range(60)]

    made = draft(events(), sizes, segment="big")

    assert made.subjects == 20
    assert made.limits["signed"].n == 20
    assert "of accounts in the segment big only." in re.sub(r"\n# ", " ", made.text)


def test_what_a_run_is_worth_is_the_amount_that_the_account_carries() -> None:
    attributes = [
        (f"a{n}", name, value) for n in range(20) for name, value in (("yearly_revenue", 900 + n), ("zip", n))
    ]

    made = draft(events(), attributes)

    assert made.journey.value == "yearly_revenue"
    assert made.marks["value"] == "its name and its values read as an amount, 20 of them"


def test_the_time_to_a_good_end_is_a_kpi_without_a_target() -> None:
    (kpi,) = draft(events()).journey.kpis

    assert kpi.metric == {"time": ["signed", "went live"], "statistic": "median"}
    assert kpi.target is None


def test_the_file_reads_as_one_that_a_person_wrote() -> None:
    made = draft(events())
    lines = made.text.splitlines()

    keys = [found[1] for line in lines if (found := re.match(r"([a-z_]+):", line))]
    assert keys == [key for key in FIELDS if key in keys]
    unmarked = lines[: lines.index("marks:")]
    assert max(map(len, unmarked)) <= 120
    assert not any(line.endswith(" ") for line in lines)
    assert made.text.endswith("\n")
    assert parse_journey(made.text, Path("j.yaml")).stages == made.journey.stages


def test_every_written_element_but_the_plain_ones_is_marked_as_evidence() -> None:
    made = draft(events())

    written = [
        f"{stage.name}{path}"
        for stage in made.journey.stages
        for path, value in (("", True), (".enter", True), (".team", stage.team), (".limit", stage.limit))
        if value
    ]
    assert set(written) <= made.marks.keys()
    assert {"starts", "handoffs.sales-care", "ends.went-live", "kpis.time-to-went-live"} <= made.marks.keys()


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (0, "1 minute"),
        (MINUTE_US // 2, "1 minute"),
        (90 * MINUTE_US, "1.5 hours"),
        (47 * HOUR_US, "47 hours"),
        (3 * DAY_US, "3 days"),
        (3 * DAY_US + 1, "3.1 days"),
        (11 * DAY_US + HOUR_US, "12 days"),
        (147 * DAY_US, "147 days"),
    ],
)
def test_spans_are_written_as_a_person_would_and_never_shorter(span: int, written: str) -> None:
    assert str(readable(span)) == written
    assert readable(span).micros >= span or span < MINUTE_US


def test_rounding_up_adds_a_tenth_at_most() -> None:
    spans = np.random.default_rng(1).integers(10 * MINUTE_US, 400 * DAY_US, 500)

    assert all(span <= readable(int(span)).micros <= 1.11 * span for span in spans.tolist())
