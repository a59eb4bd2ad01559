"""Losses: where runs stop, with those that may still go on told apart, and what else tells that some went on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clew.conditions.model import Event
from clew.diagnosis.comparing.courses import courses_of
from clew.diagnosis.comparing.recording import recording_of
from clew.diagnosis.findings.losses import Stop, beyond_censoring, stop_at
from clew.journeys.model import End
from clew.signals.sight import Sight
from tests.unit.diagnosis.measured_worlds import PLAIN, day, findings, journey, known, seeing

SALE = journey("lead", "won", "sold")


def hundred(won: int, sold: int, *, last: float = 400) -> list[tuple[object, ...]]:
    """A hundred leads of day 0, so many won on day 5, so many sold on day 20; a stranger's event on the last day."""
    steps = (("lead", 0, 100), ("won", 5, won), ("sold", 20, sold))
    events: list[tuple[object, ...]] = [(f"a{n}", day(at), name) for name, at, many in steps for n in range(many)]
    return [*events, ("zz", day(last), "other")]


def stop(sight: Sight, stage: int) -> Stop:
    ground = sight.journeys["sale"]
    courses = courses_of(ground)
    found = stop_at(courses, stage, recording_of(sight, {"sale": courses})["sale"])
    assert found is not None
    return found


def test_where_runs_stop_is_told_with_the_share_that_never_went_on() -> None:
    found = findings(seeing(hundred(60, 20), (), SALE), "loss")

    assert [each.claim for each in found] == [
        "Over half of 60 runs of 'sale' that reached 'won' never reached 'sold': 66.7 % [54.1, 77.3] (n 60).",
        "40 of 100 runs of 'sale' that reached 'lead' never reached 'won': 40.0 % [30.9, 49.8] (n 100).",
    ]
    assert found[0].meaning == "40 of them have not ended for good; this says where runs stop, not why."
    assert found[0].see == "clew show funnel"


def test_a_stage_that_nearly_all_pass_is_no_loss() -> None:
    assert len(findings(seeing(hundred(90, 85), (), SALE), "loss")) == 0


def test_an_optional_stage_is_no_place_to_stop_and_none_that_must_follow() -> None:
    """'won' is optional: from lead one may go straight to sold."""
    optional = replace(SALE, stages=tuple(replace(s, optional=s.name == "won") for s in SALE.stages))

    found = findings(seeing(hundred(60, 20), (), optional), "loss")

    assert [each.claim[:69] for each in found] == [
        "40 of 100 runs of 'sale' that reached 'lead' never reached 'sold': 40"
    ]


def test_runs_that_may_still_go_on_are_taken_into_account_by_kaplan_meier() -> None:
    """Leads of days 0 to 99, half of which win after exactly ten days: those of the last ten days cannot have yet.

    Raw 45 of 100 won. Of the 90 that were watched for ten days 45 did: Kaplan-Meier says 50 % at ten days.
    """
    events: list[tuple[object, ...]] = [(f"a{n}", day(n), "lead") for n in range(100)]
    events += [(f"a{n}", day(n + 10), "won") for n in range(90) if n % 2]
    sight = seeing(events, (), SALE, as_of=day(99))

    estimate, longest = beyond_censoring(stop(sight, 0)) or pytest.fail("nothing to correct")

    assert estimate.value == pytest.approx(0.5)
    assert longest > 10 * 86_400_000_000
    told = next(each for each in findings(sight, "loss") if "'lead' never" in each.claim)
    assert "with that taken into account (Kaplan-Meier) 50.0 % [" in told.meaning


def test_a_run_that_ended_for_good_never_goes_on_however_young_it_is() -> None:
    """All who did not win were lost on the day after: nothing is censored, raw and corrected agree."""
    events: list[tuple[object, ...]] = [(f"a{n}", day(n), "lead") for n in range(100)]
    events += [(f"a{n}", day(n + 1), "won" if n % 2 else "declined") for n in range(100)]
    sale = journey("lead", "won", ends=(End("lost", Event(("declined",))),))

    assert beyond_censoring(stop(seeing(events, (), sale), 0)) is None


def test_a_value_borne_by_all_that_went_on_and_by_more_corrects_the_share() -> None:
    """20 of 60 won sold in the log; ten more are in the sellers' list, which bears all who sold."""
    firm = replace(PLAIN, segments={"has-sold": known("state")})
    listed = [(f"a{n}", "state", "SP") for n in range(30)]

    found = findings(seeing(hundred(60, 20), listed, SALE, firm=firm), "loss")

    won = next(each for each in found if "'won' never" in each.claim)
    assert won.claim == (
        "30 of 60 runs of 'sale' that reached 'won' never reached 'sold': 50.0 % [37.7, 62.3] (n 60). 20 show 'sold' "
        "in the log, and segment 'has-sold' holds for all of them and for 10 more; by the log alone 66.7 % "
        "[54.1, 77.3] never did, so it does not hold all."
    )


def test_without_a_segment_the_attribute_itself_is_named() -> None:
    listed = [(f"a{n}", "state", "SP") for n in range(30)]

    found = findings(seeing(hundred(60, 20), listed, SALE), "loss")

    assert any("and 'state' is known for all of them and for 10 more" in each.claim for each in found)


@pytest.mark.parametrize(
    ("first", "last", "dated"),
    [
        (1, 30, False),  # one that sold does not bear it
        (0, 45, False),  # most of those that did not sell bear it too
        (0, 20, False),  # nobody more bears it
        (0, 30, True),  # it carries dates, so it could have been an event
    ],
)
def test_what_does_not_mark_going_on_corrects_nothing(first: int, last: int, dated: bool) -> None:
    listed = [(f"a{n}", "state", "SP", {"at": day(-1)} if dated else {}) for n in range(first, last)]

    found = findings(seeing(hundred(60, 20), listed, SALE), "loss")

    assert not any("state" in each.claim for each in found)


def test_the_bad_end_that_most_runs_come_to_is_told_with_the_stage_they_reached() -> None:
    sale = journey("lead", "won", ends=(End("gone", Event(("left",))), End("done", Event(("paid",)), good=True)))
    events = hundred(50, 0)
    events += [(f"a{n}", day(30), "left" if n % 2 else "paid") for n in range(80)]

    found = findings(seeing(events, (), sale), "loss")

    ends = next(each for each in found if "end as" in each.claim)
    assert ends.claim == (
        "40.0 % [30.9, 49.8] (n 100) of the runs of 'sale' end as 'gone'; the furthest they came: "
        "'won' 25 and 'lead' 15."
    )


def test_the_share_among_cohorts_that_can_be_compared_stands_beside() -> None:
    """Won is recorded from day 60 on: of the leads since then one in three never wins."""
    events: list[tuple[object, ...]] = [(f"a{n}", day(n), "lead") for n in range(200)]
    events += [(f"a{n}", day(n + 4), "won") for n in range(56, 190) if n % 3]

    found = findings(seeing(events, (), SALE, as_of=day(230)), "loss")[0]

    assert "Among runs begun from 2026-03-02 on, which can be compared, by the log " in found.meaning
