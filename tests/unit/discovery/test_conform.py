"""Planned against actual: what counts as a deviation, of how many runs, in which order, for what value."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clew.conditions.model import Attribute, Date, Event, Operator
from clew.conditions.model import Test as ValueTest
from clew.discovery.conformance.conform import Conformance, conform
from clew.discovery.conformance.one_run import conform_one
from clew.discovery.conformance.order import DropOut
from clew.discovery.conformance.picture import band, legend
from clew.discovery.conformance.runs import runs_showing
from clew.discovery.conformance.tally import Measure
from clew.durations import parse_duration
from clew.engine.fold import fold
from clew.errors import BadRequest, UnknownName
from clew.firm.model import Firm, Team
from clew.journeys.model import Back, End, Handoff, Journey, Kpi, Stage, Subject, Touchpoint, Variant
from clew.questions.ground import Ground
from clew.questions.model import Answer, Query, TooFew
from clew.testing import memory_log

START = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday
FIRM = Firm(
    "Thread & Co",
    "EUR",
    "UTC",
    teams={name: Team(name, name.title()) for name in ("marketing", "sales", "success", "legal")},
    segments={"big": Attribute("size", ValueTest(((Operator.IS, "big"),)))},
)
JOURNEY = Journey(
    "sale",
    "From lead to live",
    "0123456789ab",
    Subject(),
    (
        Stage("lead", Event(("contacted",)), team="marketing"),
        Stage("offer", Event(("offered",)), team="sales", limit=parse_duration("10 days")),
        Stage("legal", Event(("reviewed",)), team="legal", optional=True),
        Stage("won", Event(("signed",)), team="sales", back=Back.FRICTION),
        Stage("live", Event(("launched",)), team="success", touchpoints=(Touchpoint("hello", event="welcomed"),)),
    ),
    ends=(End("achieved", Event(("paid",)), good=True), End("lost", Event(("declined",)))),
    value="revenue",
    handoffs=(
        Handoff(
            "sales", "success", Event(("handed over",)), Event(("taken over",)), accept_within=parse_duration("2 days")
        ),
    ),
    kpis=(Kpi("quick", {"time": ["contacted", "quoted"]}),),
    variants=(Variant("big", Attribute("size", ValueTest(((Operator.IS, "big"),))), {"legal": {"optional": False}}),),
)
QUERY = Query("conform", options={"top": "0", "least": "1"})
Story = tuple[str, ...]  # "event" or "event by team", one a day; "+5" lets days pass


def ground_of(*stories: Story | str, journey: Journey = JOURNEY, size: str = "small", days: int = 60) -> Ground:
    """One account per story, a1, a2, ..., worth 100 times its number."""
    events: list[Any] = []
    attributes: list[Any] = []
    for number, story in enumerate(stories, 1):
        account, at = f"a{number}", START
        for step in [story] if isinstance(story, str) else story:
            if step.startswith("+"):
                at += timedelta(days=int(step))
                continue
            name, _, team = step.partition(" by ")
            events.append((account, at, name, {"team": team} if team else {}))
            at += timedelta(days=1)
        attributes += [(account, "size", size), (account, "revenue", str(100 * number))]
    view = memory_log(events, attributes, as_of=START + timedelta(days=days))
    return Ground(fold(view, journey, FIRM), FIRM)


def found(ground: Ground, measure: Measure | None = None, query: Query = QUERY) -> Conformance:
    return conform(ground, query, measure or Measure())


def keys(*story: str, measure: Measure | None = None, **given: Any) -> set[str]:
    """The deviations of one run."""
    told = found(ground_of(story, **given), measure)
    return {str(row["key"]) for answer in (told.deviations, told.unplanned) for row in answer.rows}


ORDER = [
    # the events of one run, the deviations it shows
    (("contacted", "offered", "signed", "launched"), set()),  # optional stages may be left out
    (("contacted", "offered", "reviewed", "signed"), set()),  # and entered; what comes later has not happened yet
    (("contacted",), set()),
    (("contacted", "signed"), {"skipped:offer"}),  # passed over by a later stage
    (("offered", "signed", "launched"), {"skipped:lead"}),  # a run may begin anywhere
    (("contacted", "signed", "offered"), {"out-of-order:offer"}),  # entered after all: out of order, not skipped
    (("contacted", "signed", "reviewed", "offered"), {"out-of-order:offer", "out-of-order:legal"}),
    (("contacted", "offered", "contacted"), {"repeated:lead"}),  # coming back is allowed there, and said
    (("contacted", "offered", "contacted", "offered"), {"repeated:lead", "repeated:offer"}),
    (("contacted", "offered", "signed", "launched", "signed"), {"out-of-order:won", "repeated:won"}),  # friction
    (("contacted", "contacted", "offered", "offered"), set()),  # more events of the stage one is in are no visit
]


@pytest.mark.parametrize(("story", "shown"), ORDER, ids=lambda each: " ".join(sorted(each)))
def test_deviations_of_order(story: Story, shown: set[str]) -> None:
    assert keys(*story, days=10) == shown


def test_a_stage_that_a_variant_demands_is_skipped_only_there() -> None:
    story = ("contacted", "offered", "signed")

    assert keys(*story, size="small", days=10) == set()
    assert keys(*story, size="big", days=10) == {"skipped:legal"}


@pytest.mark.parametrize(
    ("drop_out", "story", "shown"),
    [
        (DropOut.ANY, ("contacted", "offered", "paid"), set()),
        (
            DropOut.LOST,
            ("contacted", "offered", "paid"),
            {"skipped:won", "skipped:live"},
        ),  # a good end, not all the way
        (DropOut.LOST, ("contacted", "offered", "declined"), set()),
        (DropOut.NONE, ("contacted", "offered", "declined"), {"skipped:won", "skipped:live"}),
        (DropOut.NONE, ("contacted", "offered"), set()),  # still on its way
    ],
)
def test_which_runs_may_drop_out_is_asked_for(drop_out: DropOut, story: Story, shown: set[str]) -> None:
    assert keys(*story, measure=Measure(drop_out=drop_out), days=10) == shown


def test_a_stay_is_late_beyond_its_limit_whether_it_is_over_or_not() -> None:
    assert keys("contacted", "offered", "+9", "signed") == set()  # ten days to the instant
    assert keys("contacted", "offered", "+10", "signed") == {"late:offer"}
    assert keys("contacted", "offered", days=11) == set()
    assert keys("contacted", "offered", days=12) == {"late:offer"}


def test_a_stay_that_is_not_yet_due_is_not_judged() -> None:
    told = found(ground_of(("contacted", "offered"), ("contacted", "offered", "signed"), days=11))

    offer = next(row for row in told.stages.rows if row["stage"] == "offer")
    assert (offer["came"], offer["late_n"]) == (2, 1)


@pytest.mark.parametrize(
    ("story", "shown"),
    [
        (("contacted", "handed over", "taken over"), set()),
        (("contacted", "handed over", "+2", "taken over"), {"late:sales to success"}),
        (("contacted", "handed over"), {"late:sales to success"}),  # due by now, and not there
        (("contacted", "handed over", "declined"), {"late:sales to success"}),  # and never will be
        (("contacted", "handed over", "taken over by success"), set()),
        (("contacted", "handed over", "taken over by legal"), {"other-team:sales to success"}),
    ],
)
def test_a_receipt_is_late_or_missing_or_of_another_team(story: Story, shown: set[str]) -> None:
    assert keys(*story) == shown


def test_a_receipt_that_is_not_due_yet_is_not_judged() -> None:
    assert keys("contacted", "handed over", days=2) == set()


TEAMS = [
    # who acts, whether that is another team than the map knows there
    (("contacted by marketing",), set()),
    (("contacted by sales",), {"other-team:lead"}),
    (("contacted",), set()),  # nobody is known to have acted: not judged
    (("contacted by marketing", "offered by marketing"), set()),  # completes the work of its own stage
    (("contacted by marketing", "offered by success"), {"other-team:offer"}),
    (("contacted by marketing", "offered by sales", "signed by sales", "launched by sales"), set()),
    (("contacted", "launched by sales"), {"skipped:offer", "skipped:won"}),  # gives to success by a declared handoff
    (("contacted", "launched by legal"), {"skipped:offer", "skipped:won", "other-team:live"}),
]


@pytest.mark.parametrize(("story", "shown"), TEAMS, ids=lambda each: " ".join(sorted(each)))
def test_a_stage_is_entered_by_a_team_that_the_map_knows_there(story: Story, shown: set[str]) -> None:
    assert keys(*story, days=10) == shown


def test_of_events_at_one_instant_the_one_that_the_stage_listens_to_tells_the_team() -> None:
    instant = START + timedelta(days=1)
    events = [
        ("a1", START, "contacted", {"team": "marketing", "sequence": 0}),
        ("a1", instant, "offered", {"team": "success", "sequence": 1}),
        ("a1", instant, "welcomed", {"team": "sales", "sequence": 2}),
    ]
    ground = Ground(fold(memory_log(events), JOURNEY, FIRM), FIRM)

    assert [row["key"] for row in found(ground).deviations.rows] == ["other-team:offer"]


def test_an_event_is_unplanned_where_no_part_of_any_map_mentions_it() -> None:
    story = ("contacted", "welcomed", "quoted", "handed over", "taken over", "sneezed", "sneezed", "mailed")
    other = replace(JOURNEY, name="mails", stages=(Stage("mail", Event(("mailed",))),))

    alone, beside = found(ground_of(story)).unplanned, found(ground_of(story), Measure(others=(other,))).unplanned

    assert [(row["key"], row["runs"], row["times"]) for row in alone.rows] == [
        ("unplanned:mailed", 1, 1),
        ("unplanned:sneezed", 1, 2),
    ]
    assert [row["key"] for row in beside.rows] == ["unplanned:sneezed"]


def test_ordered_only_leaves_limits_teams_and_events_aside() -> None:
    story = ("contacted by success", "sneezed", "signed", "offered", "+30", "handed over")

    assert keys(*story, measure=Measure(ordered_only=True)) == {"out-of-order:offer"}


def test_the_most_valuable_deviation_comes_first_with_its_share_of_the_runs_that_could_show_it() -> None:
    straight, skipping, again = (
        ("contacted", "offered", "signed"),
        ("contacted", "signed"),
        ("contacted", "offered") * 2,
    )
    ground = ground_of(again, again, again, *[straight] * 5, skipping, skipping, days=10)

    rows = found(ground, Measure(ordered_only=True)).deviations.rows

    assert [(row["key"], row["runs"], row["n"], row["value"]) for row in rows] == [
        ("skipped:offer", 2, 10, 1900.0),  # a9 and a10
        ("repeated:lead", 3, 10, 600.0),
        ("repeated:offer", 3, 8, 600.0),  # of those that entered it
    ]
    assert rows[0]["share"] == pytest.approx(0.2)
    low, high = rows[0]["share_low"], rows[0]["share_high"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low < 0.2 < high


def test_what_an_account_brings_counts_once_however_many_of_its_tickets_show_a_deviation() -> None:
    tickets = replace(JOURNEY, subject=Subject("ticket"))
    events = [
        (account, START + timedelta(days=day), name, {"ticket": ticket})
        for account, ticket in (("a1", "t1"), ("a1", "t2"), ("a1", "t3"), ("a2", "t4"))
        for day, name in enumerate(("contacted", "signed"))
    ]
    of_account: list[Any] = [("a1", "revenue", "100"), ("a2", "revenue", "30")]
    own: list[Any] = [("a1", "revenue", "7", {"ticket": "t3"})]  # a ticket with a value of its own brings that too

    def row(attributes: list[Any]) -> tuple[Any, ...]:
        view = memory_log(events, attributes, subjects=("ticket",), as_of=START + timedelta(days=5))
        (told,) = found(Ground(fold(view, tickets, FIRM), FIRM)).deviations.rows
        return told["key"], told["runs"], told["value"], told["n_value"]

    assert row(of_account) == ("skipped:offer", 4, 130.0, 2)
    assert row(of_account + own) == ("skipped:offer", 4, 137.0, 3)


def test_without_known_values_the_most_frequent_comes_first_and_says_so() -> None:
    ground = ground_of(("contacted", "offered") * 2, journey=replace(JOURNEY, value=None), days=10)

    told = found(ground).deviations

    assert told.title == "Deviations, the most frequent first"
    assert all(row["value"] is None and row["n_value"] is None for row in told.rows)


def test_fitness_counts_straight_runs_and_those_that_the_map_allows() -> None:
    ground = ground_of(
        *[("contacted", "offered", "signed")] * 4,
        ("contacted", "offered", "contacted"),  # one move of 3 + 1
        ("contacted", "signed"),  # one move of 2 + 1
        days=10,
    )

    fit = found(ground).fitness.rows[0]

    assert (fit["n"], fit["paths"], fit["open"]) == (6, 3, 6)
    assert fit["straight"] == pytest.approx(4 / 6)
    assert fit["allowed"] == pytest.approx(5 / 6)
    assert fit["alignment"] == pytest.approx((4 + 3 / 4 + 2 / 3) / 6)


def test_below_the_stated_n_fitness_says_how_many_more_it_needs() -> None:
    query = replace(QUERY, options={"top": "0", "least": "5"})

    fit = found(ground_of(("contacted", "offered"), days=3), query=query).fitness.rows[0]

    assert fit["straight"] == fit["allowed"] == fit["alignment"] == TooFew(1, 5)


def test_open_runs_are_judged_by_what_has_happened_and_that_is_said() -> None:
    told = found(ground_of(("contacted",), ("contacted", "declined"), days=3)).fitness

    assert "1 of 2 runs is open and judged by what has happened so far" in " ".join(told.notes)


def test_a_run_without_a_stage_is_not_judged_and_counted_in_a_note() -> None:
    begun = replace(JOURNEY, starts=Event(("begun",)))

    told = found(ground_of("begun", ("begun", "contacted"), journey=begun, days=3)).fitness

    assert told.rows[0]["n"] == 1
    assert "1 run entered no stage" in " ".join(told.notes)


def test_stages_show_what_share_of_those_who_came_so_far_entered_them() -> None:
    ground = ground_of(("contacted", "signed"), ("contacted", "offered"), ("contacted",), days=5)

    rows = {str(row["stage"]): row for row in found(ground).stages.rows}

    assert [(rows[name]["came"], rows[name]["planned"]) for name in ("lead", "offer", "legal", "won")] == [
        (3, "required"),
        (2, "required"),
        (1, "optional for some"),  # a variant demands it
        (1, "required"),
    ]
    query = replace(QUERY, options={"top": "0", "least": "1"})
    assert found(ground, query=query).stages.rows[1]["entered"] == pytest.approx(0.5)


def test_the_band_is_filled_by_those_who_entered_and_outlined_by_those_who_came_so_far() -> None:
    ground = ground_of(*[("contacted", "signed")] * 5, *[("contacted", "offered", "signed")] * 5, days=5)

    lines = band(found(ground).stages)

    assert len(lines) == 1 + 5
    assert "█" * 20 in lines[1]
    assert "█" * 10 + "░" * 10 in lines[2]  # offer: half of them skipped it
    assert "·" * 20 in lines[3]  # legal may be left out
    assert lines[2].split()[-5:] == ["50.0%", "0.0%", "0.0%", "0.0%", "–"]  # nobody's team is known
    assert "█" not in lines[5]  # nobody came to live
    assert max(map(len, lines)) <= 96


def test_a_split_gives_every_group_its_own_fitness_and_deviations() -> None:
    ground = ground_of(("contacted", "signed"), ("contacted", "offered"), days=5)

    told = found(ground, query=replace(QUERY, by=("revenue",)))

    assert [(row["revenue"], row["straight"]) for row in told.fitness.rows] == [("100", 0.0), ("200", 1.0)]
    assert [(row["revenue"], row["key"]) for row in told.deviations.rows] == [("100", "skipped:offer")]
    assert str(told.deviations.rows[0]["command"]) == "clew conform --where revenue=100 --show skipped:offer"


def test_the_runs_of_a_deviation_are_listed_most_valuable_first() -> None:
    ground = ground_of(("contacted", "signed"), ("contacted", "offered"), ("contacted", "signed", "declined"), days=5)

    told = runs_showing(ground, QUERY, Measure(), deviation="skipped:offer")

    assert [(row["subject"], row["stands"], row["value"]) for row in told.rows] == [
        ("a3", "ended: lost", 300.0),
        ("a1", "in won", 100.0),
    ]
    assert told.next == "See one planned against actual: clew conform --run a3"


def test_a_deviation_that_the_map_cannot_show_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'skipped:offer'"):
        runs_showing(ground_of("contacted"), QUERY, Measure(), deviation="skiped:offer")


def steps(answer: Answer) -> list[tuple[Any, Any, Any]]:
    return [(row["planned"], row["actual"], row["verdict"]) for row in answer.rows]


def test_one_run_stands_beside_its_plan_step_by_step() -> None:
    story = (
        "contacted by marketing",
        "+3",
        "signed by legal",
        "offered",
        "signed",
        "sneezed",
        "handed over",
        "sneezed",
    )

    told = conform_one(ground_of(story, days=40), QUERY, Measure(), subject="a1")

    assert steps(told) == [
        ("lead", "lead", "as planned"),
        ("won", "won", "other team"),
        (None, "offer", "out of order"),
        (None, "won", "repeated"),
        ("live", None, "not yet"),
        ("handoff sales to success", "sent", "waiting, late"),
        (None, "event 'sneezed'", "unplanned, 2 times"),
    ]
    assert told.rows[0]["took"] == 4 * 86400.0
    assert told.rows[2]["limit"] == 10 * 86400.0
    assert told.notes[0] == "The run stands in won. Alignment fitness 0.800: 1 move, 5 at worst."


def test_what_a_run_passed_over_stands_where_it_should_have_come() -> None:
    told = conform_one(ground_of(("contacted", "signed", "declined"), days=5), QUERY, Measure(), subject="account:a1")

    assert steps(told) == [
        ("lead", "lead", "as planned"),
        ("offer", None, "skipped"),
        ("won", "won", "as planned"),
        ("live", None, "not reached"),
        ("handoff sales to success", None, "not sent"),
    ]


def test_every_verdict_on_one_run_is_a_deviation_that_is_counted() -> None:
    for story, shown in [*ORDER, *TEAMS]:
        ground = ground_of(story, days=10)
        verdicts = {
            (str(row["planned"] or row["actual"]), kind)
            for row in conform_one(ground, QUERY, Measure(), subject="a1").rows
            for kind in str(row["verdict"]).split(", ")
            if kind in ("skipped", "out of order", "repeated", "other team", "late")
        }
        assert {f"{kind.replace(' ', '-')}:{place}" for place, kind in verdicts} == shown, story


def test_a_subject_without_a_run_is_refused_with_some_that_have_one() -> None:
    with pytest.raises(UnknownName, match="known: a1"):
        conform_one(ground_of("contacted"), QUERY, Measure(), subject="a7")


def test_things_of_accounts_are_subjects_too() -> None:
    events = [
        ("acme", START, "contacted", {"deal": "d1"}),
        ("acme", START + timedelta(days=1), "signed", {"deal": "d1"}),
        ("acme", START, "contacted", {"deal": "d2"}),
    ]
    journey = replace(JOURNEY, subject=Subject("deal", "deal"))
    ground = Ground(fold(memory_log(events, subjects=("deal",)), journey, FIRM), FIRM)

    assert [row["subject"] for row in runs_showing(ground, QUERY, Measure(), deviation="skipped:offer").rows] == ["d1"]
    assert steps(conform_one(ground, QUERY, Measure(), subject="d1"))[1] == ("offer", None, "skipped")
    with pytest.raises(
        BadRequest, match=r"'acme' is an account, and 'sale' runs by deal; name one of its 2, .*: d2 and d1"
    ):
        conform_one(ground, QUERY, Measure(), subject="acme")


def test_a_deviation_that_no_run_shows_says_what_to_do_next() -> None:
    ground = ground_of(("contacted", "offered", "signed"), days=5)

    told = runs_showing(ground, QUERY, Measure(), deviation="skipped:offer", typed=("--journey", "sale"))

    assert not told.rows
    assert told.next == "No run shows it; see what they do show: clew conform --journey sale"


def test_an_owners_limit_is_told_apart_from_what_is_usual() -> None:
    stories = [("contacted", "+2", "offered", "+3", "signed")] * 40
    ground = ground_of(*stories, days=40)

    lead, offer, *_ = conform_one(ground, QUERY, Measure(), subject="a1").rows

    assert lead.get("limit") is None
    assert lead["usual"] == pytest.approx(3 * 86400.0, rel=0.01)
    assert (offer["limit"], offer.get("usual")) == (10 * 86400.0, None)


def test_where_the_giver_enters_the_stage_of_the_taker_the_page_says_so() -> None:
    own = conform_one(ground_of(("contacted by marketing", "offered by sales"), days=5), QUERY, Measure(), subject="a1")
    told = conform_one(
        ground_of(("contacted by marketing", "offered by marketing"), days=5), QUERY, Measure(), subject="a1"
    )

    assert [(row["planned_team"], row["team"], row["verdict"]) for row in told.rows][1] == (
        "sales", "marketing", "as planned",
    )  # fmt: skip
    assert told.notes[-1].endswith("the giver's event counts.")
    assert not any("giver" in note for note in own.notes)


def test_a_run_that_a_date_starts_has_no_team_to_judge() -> None:
    dated = replace(JOURNEY, starts=Date("renewal", before=parse_duration("10 days")))
    view = memory_log([("a1", START, "contacted", {"team": "sales"})], [("a1", "renewal", "2026-01-20")], as_of=START)

    assert found(Ground(fold(view, dated, FIRM), FIRM)).deviations.rows == ()


def test_an_empty_journey_of_runs_gives_empty_tables() -> None:
    told = found(ground_of("sneezed"))

    assert told.fitness.rows[0]["n"] == 0
    assert told.deviations.rows == ()


@pytest.mark.parametrize(("width", "shares"), [(0, True), (92, True), (80, True), (79, False), (60, False)])
def test_the_band_is_no_wider_than_the_terminal(width: int, shares: bool) -> None:
    stages = found(ground_of(("contacted", "offered", "reviewed", "signed", "launched"), days=9)).stages

    lines = band(stages, width)

    assert max(map(len, lines)) <= (width or 92)
    assert ("skipped" in lines[0]) is shares
    assert ("The shares are" in legend(stages, width)) is shares
