"""Declared handoffs: what is sent, what has a receipt, how soon, in time, and what waits now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from clew.conditions import model as conditions
from clew.conditions.model import All, Count, Dwell, Event, Operator
from clew.durations import parse_duration
from clew.journeys.model import Handoff, Journey
from clew.questions.ask import ask
from clew.questions.ground import Ground
from clew.questions.model import Answer, Query, TooFew, Unit

Ask = Callable[..., Answer]
Grounded = Callable[..., Ground]
Row = Mapping[str, object]
DAY = 86400.0


def row_of(answer: Answer, giver: str) -> Row:
    return next(row for row in answer.rows if row["from"] == giver)


def with_handoff(journey: Journey, sent: object, accepted: object, within: str | None = None) -> Journey:
    limit = parse_duration(within) if within else None
    return replace(journey, handoffs=(Handoff("sales", "success", sent, accepted, accept_within=limit),))  # type: ignore[arg-type]


def test_what_was_sent_is_accepted_waits_or_ended_without(told: Ask) -> None:
    # nine sign; five of them sell; dune, heath, jade and kelp have not yet
    sales, marketing = (row_of(told("receipts"), giver) for giver in ("sales", "marketing"))

    assert [sales[name] for name in ("sent", "accepted", "waiting", "without")] == [9, 5, 4, 0]
    assert [marketing[name] for name in ("sent", "accepted", "waiting", "without")] == [12, 9, 2, 1]  # elm was lost


def test_in_time_counts_only_those_old_enough_by_the_calendar_of_the_receiving_team(told: Ask) -> None:
    # kelp signed on day 55, a Sunday: five working days after Monday's opening is the Monday after, beyond now
    sales = row_of(told("receipts"), "sales")

    assert sales["followed"] == 8
    assert sales["in_time"] == pytest.approx(2 / 8)  # acme and cedar, each from a Saturday to before Monday week
    assert sales["share"] == pytest.approx(5 / 8)
    low, high = sales["in_time_low"], sales["in_time_high"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low < 2 / 8 < high


def test_those_who_wait_make_the_median_longer(told: Ask) -> None:
    # waits of 4, 22, 8, 30 and 14 days; 30, 29, 13 and 5 days without a receipt so far: as 'time' has it for stage won
    sales = row_of(told("receipts"), "sales")
    won = next(row for row in told("time").rows if row["stage"] == "won")

    assert sales["median"] == won["median"] == 22 * DAY
    assert (sales["median_low"], sales["median_high"]) == (won["median_low"], won["median_high"])


def test_a_run_that_ended_without_a_receipt_never_got_one(told: Ask) -> None:
    marketing = row_of(told("receipts"), "marketing")
    [between] = told("time", between="contacted > signed").rows

    assert marketing["median"] == between["median"] == 30 * DAY


def test_waiting_beyond_the_limit_is_counted_with_its_value(told: Ask) -> None:
    answer = told("receipts")

    assert row_of(answer, "sales")["beyond"] == 3  # dune, heath, jade; not kelp
    assert row_of(answer, "sales")["value"] == 9200
    assert answer.extra["beyond"] == 3


def test_the_list_names_who_waits_since_when_and_how_far_beyond(told: Ask) -> None:
    rows = [row for row in told("receipts", waiting="yes").rows if row["from"] == "sales"]

    assert [row["subject"] for row in rows] == ["dune", "heath", "jade", "kelp"]
    assert [row["beyond"] is None for row in rows] == [False, False, False, True]
    # dune signed on Wednesday, day 30, at 09:00; five working days later is Wednesday, day 37, at 09:00
    assert (rows[0]["waits"], rows[0]["beyond"]) == (30 * DAY, 23 * DAY)
    assert told("receipts").extra["waiting"][0]["since"] == "2018-01-31T09:00:00Z"  # type: ignore[index]


def test_a_list_that_is_cut_says_so(told: Ask) -> None:
    answer = told("receipts", waiting="yes", top=2)

    assert len(answer.rows) == 2
    assert any("The first 2 of 6 waiting runs are shown" in note for note in answer.notes)


def test_working_time_is_that_of_the_receiving_team(grounded: Grounded, tell: Ask, at_day: Ask) -> None:
    worlds = [tell(f"a{n}", (0, "contacted"), (0, "signed"), (7, "sold")) for n in range(6)]

    answer = ask(grounded(*worlds, as_of=at_day(9)), Query("receipts", options={"working": "yes"}))

    assert row_of(answer, "sales")["median"] == 5 * 8 * 3600
    assert next(column for column in answer.columns if column.name == "median").unit is Unit.WORKING_SPAN


def test_a_receipt_before_the_handover_is_none_one_at_its_instant_is(
    grounded: Grounded, tell: Ask, at_day: Ask, journey: Journey
) -> None:
    early = tell("early", (0, "contacted"), (1, "sold"), (2, "signed"))
    at_once = tell("once", (0, "contacted"), (2, "sold"), (2, "signed"))
    ground = grounded(early, at_once, as_of=at_day(9), journey=journey)

    [waiting] = [r for r in ask(ground, Query("receipts", options={"waiting": "yes"})).rows if r["from"] == "sales"]

    assert waiting["subject"] == "early"
    assert row_of(ask(ground, Query("receipts")), "sales")["accepted"] == 1


def test_only_the_first_handover_of_a_run_counts(grounded: Grounded, tell: Ask, at_day: Ask) -> None:
    twice = tell("twice", (0, "contacted"), (1, "signed"), (4, "signed"), (6, "sold"))

    row = row_of(ask(grounded(twice, as_of=at_day(9)), Query("receipts", options={"least": "1"})), "sales")

    assert (row["sent"], row["accepted"]) == (1, 1)


def test_what_happens_outside_the_run_is_not_seen(grounded: Grounded, tell: Ask, at_day: Ask) -> None:
    late = tell("late", (0, "contacted"), (1, "signed"), (3, "declined"), (5, "sold"))

    sales = row_of(ask(grounded(late, as_of=at_day(9)), Query("receipts")), "sales")

    assert [sales[name] for name in ("sent", "accepted", "waiting", "without")] == [1, 0, 0, 1]


def test_conditions_mean_what_they_mean_in_the_fold(
    grounded: Grounded, tell: Ask, at_day: Ask, journey: Journey
) -> None:
    second_contact = Count(Event(("contacted",)), conditions.Test(((Operator.AT_LEAST, 2),)), parse_duration("10 days"))
    sold_when_won = All((Dwell("won", None), Event(("called",))))
    ground = grounded(
        tell("a", (0, "contacted"), (4, "contacted"), (4.5, "called"), (5, "signed"), (8, "called")),
        tell("b", (0, "contacted"), (40, "contacted")),
        as_of=at_day(60),
        journey=with_handoff(journey, second_contact, sold_when_won, "2 days"),
    )

    [row] = ask(ground, Query("receipts", options={"least": "1"})).rows

    assert (row["sent"], row["accepted"]) == (1, 1)  # b's contacts lie further apart
    assert row["in_time"] == 0  # a's first call came before 'won', so it was no receipt


def test_too_few_say_how_many_more_are_needed(grounded: Grounded, tell: Ask, at_day: Ask) -> None:
    few = grounded(*(tell(f"a{n}", (0, "contacted"), (1, "signed")) for n in range(3)), as_of=at_day(30))

    sales = row_of(ask(few, Query("receipts")), "sales")

    assert (sales["in_time"], sales["median"]) == (TooFew(3, 5), TooFew(3, 6))


def test_a_handoff_without_a_limit_or_a_receipt_shows_what_can_be_known(told: Ask) -> None:
    answer = told("receipts")
    unlimited, unreceived = row_of(answer, "marketing"), row_of(answer, "success")

    assert (unlimited["followed"], unlimited["in_time"], unlimited["beyond"]) == (12, None, None)
    assert unlimited["share"] == pytest.approx(9 / 12)
    assert (unreceived["sent"], unreceived["accepted"], unreceived["waiting"]) == (5, None, None)
    assert any("No receipt is declared for success to sales" in note for note in answer.notes)


def test_groups_are_compared_by_the_time_until_the_receipt(told: Ask) -> None:
    rows = told("receipts", compare=("segment", "smb", "enterprise")).rows

    assert [row["row"] for row in rows] == ["sales to success", "marketing to sales"]
    assert [(row["a_n"], row["b_n"]) for row in rows] == [(4, 5), (6, 6)]


def test_two_handoffs_between_the_same_teams_stay_apart(
    grounded: Grounded, tell: Ask, at_day: Ask, journey: Journey
) -> None:
    twice = replace(journey, handoffs=(*journey.handoffs[:1], Handoff("sales", "success", Event(("sold",)), None)))
    ground = grounded(tell("a", (0, "contacted"), (1, "signed")), as_of=at_day(9), journey=twice)

    assert [row["sent"] for row in ask(ground, Query("receipts")).rows] == [1, 0]


def test_without_a_declared_handoff_the_answer_says_how_to_write_one(
    grounded: Grounded, tell: Ask, at_day: Ask, journey: Journey
) -> None:
    ground = grounded(tell("a", (0, "contacted")), as_of=at_day(9), journey=replace(journey, handoffs=()))

    answer = ask(ground, Query("receipts"))

    assert (answer.n, list(answer.rows)) == (0, [])
    assert "declares no handoff" in answer.notes[0]
    assert "clew show handoffs" in answer.next
