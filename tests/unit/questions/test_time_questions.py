"""How long things take: open stays counted, finished ones only where asked, working or elapsed, between any points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from clew.conditions.model import Silent
from clew.durations import parse_duration
from clew.engine.norms import usual_span
from clew.errors import BadRequest, UnknownName
from clew.journeys.model import End, Journey, WaitingOn
from clew.questions.ask import ask
from clew.questions.ground import Ground
from clew.questions.model import Answer, Query, TooFew, Unit
from clew.questions.norms import counts_by_stage
from clew.reports.assemble import assemble

Ask = Callable[..., Answer]
Grounded = Callable[..., Ground]
DAY = 86400.0


def row_of(answer: Answer, value: str, column: str = "stage") -> Mapping[str, object]:
    return next(row for row in answer.rows if row[column] == value)


def test_open_stays_make_the_median_longer_than_that_of_finished_ones(told: Ask) -> None:
    # won: finished after 4, 22, 8, 30, 14 days; still standing there for 30, 29, 13, 5 days
    every, finished = row_of(told("time"), "won"), row_of(told("time", finished_only=True), "won")

    assert (every["n"], every["open"], finished["n"]) == (9, 4, 5)
    assert finished["median"] == 14 * DAY
    assert every["median"] == 22 * DAY  # by hand: 0.889, 0.762, 0.610, 0.457


def test_plain_quantiles_are_linear_between_neighbours_as_other_tools_have_them(told: Ask) -> None:
    won = row_of(told("time", finished_only=True), "won")

    assert won["p90"] == pytest.approx(np.quantile([4, 8, 14, 22, 30], 0.9) * DAY)
    assert won["mean"] == pytest.approx(15.6 * DAY)


def test_finished_only_says_that_it_is_biased(told: Ask) -> None:
    assert any("biased" in note for note in told("time", finished_only=True).notes)
    assert not any("biased" in note for note in told("time").notes)


def test_too_few_stays_say_how_many_more_are_needed(told: Ask) -> None:
    assert row_of(told("time"), "selling")["median"] == TooFew(5, 6)


def test_below_the_least_n_that_was_asked_for_no_figure_is_shown(told: Ask) -> None:
    assert row_of(told("time", finished_only=True, least=6), "won")["median"] == TooFew(5, 6)
    assert row_of(told("time", finished_only=True, least=1), "selling")["median"] == 13 * DAY


def test_a_quantile_that_is_not_reached_yet_is_left_empty(told: Ask) -> None:
    won = row_of(told("time"), "won")

    assert won["p90"] is None
    assert won["median_high"] is None


def test_working_time_counts_office_hours_of_weekdays(
    grounded: Grounded, tell: Ask, at_day: Callable[..., str]
) -> None:
    # contacted on Monday 09:00, signed on the next Monday 09:00: five days of eight hours
    ground = grounded(tell("a", (0, "contacted"), (7, "signed")), as_of=at_day(8))

    answer = ask(ground, Query("time", options={"working": "yes", "least": "1"}, finished_only=True))

    assert row_of(answer, "lead")["median"] == 5 * 8 * 3600
    assert next(column for column in answer.columns if column.name == "median").unit is Unit.WORKING_SPAN


def test_time_between_two_points_counts_those_who_have_not_come_yet(told: Ask) -> None:
    [between] = told("time", between="contacted > signed").rows

    assert (between["n"], between["open"]) == (12, 3)
    assert between["median"] == 30 * DAY  # by hand: 11/12, 10/12, 9/12, 8/12, 0.571, 0.457


def test_who_ended_without_the_second_point_has_not_come_until_now(told: Ask) -> None:
    # elm was lost after 21 days, before signing: it stays among those that have not come, to the end of the log
    [between] = told("time", between="contacted > signed").rows

    assert between["open"] == 3
    assert any("have not come until now" in note for note in told("time", between="contacted > signed").notes)


def test_points_may_be_stages_events_starts_and_ends(told: Ask) -> None:
    by_event, by_stage = (
        told("time", between=f"{a} > {b}").rows for a, b in (("contacted", "sold"), ("lead", "selling"))
    )
    from_start = told("time", between="start > live", finished_only=True, least=1).rows

    assert by_event == by_stage
    assert from_start[0]["median"] == 32 * DAY


def test_in_any_order_spans_may_be_negative(grounded: Grounded, tell: Ask, at_day: Callable[..., str]) -> None:
    ground = grounded(
        tell("a", (5, "signed"), (7, "contacted")), tell("b", (0, "contacted"), (4, "signed")), as_of=at_day(9)
    )

    forward = ask(ground, Query("time", options={"between": "contacted > signed", "least": "1"}, finished_only=True))
    either = ask(
        ground,
        Query("time", options={"between": "contacted > signed", "any-order": "yes", "least": "1"}, finished_only=True),
    )

    assert forward.rows[0]["n"] == 1
    assert (either.rows[0]["n"], either.rows[0]["mean"]) == (2, DAY)


def test_any_order_needs_finished_spans(told: Ask) -> None:
    with pytest.raises(BadRequest, match="add --finished-only"):
        told("time", between="contacted > signed", any_order="yes")


def test_an_unknown_point_names_the_nearest(told: Ask) -> None:
    with pytest.raises(UnknownName, match="did you mean 'contacted'"):
        told("time", between="contcted > signed")


def test_the_time_after_an_event_runs_to_the_next_event_of_the_run(told: Ask) -> None:
    answer = told("time", of="event", finished_only=True, least=1)

    sold = row_of(answer, "sold", "event")
    assert (sold["starts"], sold["n"], sold["total"]) == (5, 2, 26 * DAY)
    assert row_of(answer, "handed over", "event")["n"] == 0


def test_runs_are_timed_from_start_to_end(told: Ask) -> None:
    [run] = told("time", of="run").rows

    assert (run["n"], run["open"]) == (12, 9)


def test_what_can_be_timed_is_named(told: Ask) -> None:
    with pytest.raises(BadRequest, match="allowed: stage, run, event"):
        told("time", of="team")


def test_a_stage_that_is_a_timer_is_named_as_one(
    grounded: Grounded, tell: Ask, at_day: Callable[..., str], journey: Journey
) -> None:
    stages = (journey.stages[0], replace(journey.stages[1], waiting_on=WaitingOn.TIMER), journey.stages[2])
    ground = grounded(tell("a", (0, "contacted")), as_of=at_day(9), journey=replace(journey, stages=stages))

    assert "'won' is a mere timer: nobody waits there for anybody." in ask(ground, Query("time")).notes


SILENT = End("silent", Silent(("contacted", "signed"), parse_duration("10 days")))


def test_a_visit_that_a_silence_ended_was_not_seen_to_end(
    grounded: Grounded, tell: Ask, at_day: Callable[..., str], journey: Journey
) -> None:
    asleep = [tell(f"a{n}", (n, "contacted")) for n in range(6)]
    ground = grounded(*asleep, as_of=at_day(40), journey=replace(journey, ends=(SILENT,)))

    answer = ask(ground, Query("time"))

    assert (row_of(answer, "lead")["n"], row_of(answer, "lead")["open"]) == (6, 6)
    assert row_of(answer, "lead")["median"] is None
    assert any("('silent') was not seen to end" in note for note in answer.notes)


def test_a_visit_that_a_silence_ended_is_watched_until_that_end_and_no_longer(
    grounded: Grounded, tell: Ask, at_day: Callable[..., str], journey: Journey
) -> None:
    # three fall silent, watched for 10 days each; of the three watched for 20 days, each leaves then
    asleep = [tell(f"a{n}", (0, "contacted")) for n in range(3)]
    awake = [tell(f"b{n}", (0, "contacted"), (9, "contacted"), (18, "contacted"), (20, "signed")) for n in range(3)]
    ground = grounded(*asleep, *awake, as_of=at_day(60), journey=replace(journey, ends=(SILENT,)))

    lead = row_of(ask(ground, Query("time")), "lead")

    assert (lead["n"], lead["open"]) == (6, 3)
    assert lead["median"] == 20 * DAY  # counted until now (60 days), the silent ones would leave it open


def test_a_run_that_time_alone_ended_is_censored_there_in_times_and_ways_alike(
    grounded: Grounded, tell: Ask, at_day: Callable[..., str], journey: Journey
) -> None:
    ends = (*journey.ends, SILENT)
    asleep = [tell(f"a{n}", (0, "contacted")) for n in range(3)]
    lost = [tell(f"b{n}", (0, "contacted"), (9, "declined")) for n in range(4)]
    ground = grounded(*asleep, *lost, as_of=at_day(60), journey=replace(journey, ends=ends))

    [run], [way] = (ask(ground, query).rows for query in (Query("time", options={"of": "run"}), Query("variants")))

    assert (run["n"], run["open"], run["median"]) == (7, 3, 9 * DAY)
    assert (way["runs"], way["open"], way["median"]) == (7, 3, 9 * DAY)


def test_stages_norms_and_the_report_know_one_rule_for_visits_that_time_alone_ended(
    grounded: Grounded, tell: Ask, at_day: Callable[..., str], journey: Journey
) -> None:
    asleep = [tell(f"a{n}", (n, "contacted")) for n in range(3)]
    left = [tell(f"b{n}", (0, "contacted"), (n % 9 + 1, "signed")) for n in range(40)]
    ground = grounded(*asleep, *left, as_of=at_day(60), journey=replace(journey, ends=(SILENT,)))

    lead = row_of(ask(ground, Query("time")), "lead")
    counts = counts_by_stage(ground)[0]
    drawn = assemble([ground]).journeys[0].picture.stages[0]

    assert (counts.n, counts.n - counts.ended) == (lead["n"], lead["open"]) == (43, 3)
    assert usual_span(counts) == round(float(str(lead["p90"])) * 1e6)
    assert (drawn.p90.value, drawn.censored.n) == (lead["p90"], 43)


def test_stages_keep_the_order_of_the_map(told: Ask) -> None:
    assert [row["stage"] for row in told("time").rows] == ["lead", "won", "selling"]
    assert isinstance(told("time").rows[0]["waiting_on"], str)


def test_whole_histories_reach_from_the_first_event_to_the_last(told: Ask) -> None:
    [whole] = told("time", of="run", whole="yes", finished_only=True).rows

    assert (whole["n"], whole["longest"]) == (12, 50 * DAY)


def test_a_stage_belongs_to_the_team_of_the_map(told: Ask) -> None:
    answer = told("time", by=("team",))

    assert {(row["team"], row["stage"]) for row in answer.rows} == {
        ("marketing", "lead"), ("sales", "won"), ("success", "selling"),
    }  # fmt: skip


def test_a_difference_of_working_times_is_told_in_working_units(
    grounded: Callable[..., Ground], tell: Callable[..., object], at_day: Callable[..., str]
) -> None:
    quick = [tell(f"s{n}", (n, "contacted"), (n + 2 + n % 5, "signed")) for n in range(24)]
    slow = [tell(f"l{n}", (n, "contacted"), (n + 20 + n % 7, "signed"), size="large") for n in range(24)]
    ground = grounded(*quick, *slow, as_of=at_day(60))
    query = Query("time", compare=("segment", "enterprise", "smb"), options={"working": "yes"})

    row = next(row for row in ask(ground, query).rows if row["row"] == "lead")

    assert "the first is higher by" in str(row["meaning"])
    assert "working days" in str(row["meaning"])
