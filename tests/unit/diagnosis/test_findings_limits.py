"""Limits: what the data cannot say, found in worlds in which one thing is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from clew.diagnosis.measured import measured
from clew.diagnosis.model import Finding
from clew.questions.ground import Rejected
from clew.questions.recording import events_ceased
from tests.unit.diagnosis.measured_worlds import day, findings, journey, seeing

SALE = journey("a", "b", "c")


def steady(first: int, last: int, *, recorded: int = 0) -> list[tuple[object, ...]]:
    """One account a day; two in three come from a to b after four days. b is recorded from a day on."""
    events: list[tuple[object, ...]] = [(f"acc{n}", day(n), "a") for n in range(first, last)]
    return events + [
        (f"acc{n}", day(n + 4), "b") for n in range(first, last) if n % 3 and n + 4 >= recorded and n + 4 < last
    ]


def claims(found: Sequence[Finding]) -> str:
    return "\n".join(each.claim for each in found)


def test_events_recorded_late_make_earlier_cohorts_incomparable() -> None:
    sight = seeing(steady(0, 150, recorded=60), (), SALE)

    first = next(each for each in findings(sight, "limit") if "first recorded" in each.claim)

    assert first.claim.startswith(
        "'b' is first recorded on 2026-03-02; the 60 runs of 'sale' started before cannot be compared, 40.0 % of 150."
    )
    assert first.meaning.startswith("Cohorts of 'sale' from before 2026-03-02 look worse for that reason alone")
    assert first.see == "clew show coverage"


def test_who_started_on_the_day_of_the_first_record_can_be_compared() -> None:
    """As the words say, "before that day"; starts of which only the day is known stand at its beginning."""
    events = [*steady(0, 150, recorded=60), ("early", day(59.7), "a"), ("earlier", day(59.8), "a")]

    first = next(each for each in findings(seeing(events, (), SALE), "limit") if "first recorded" in each.claim)

    assert "the 60 runs of 'sale' started before cannot be compared, 39.5 % of 152." in first.claim


def test_events_recorded_all_the_time_are_no_limit() -> None:
    assert "first recorded" not in claims(findings(seeing(steady(0, 150), (), SALE), "limit"))


def late_winners() -> list[tuple[object, ...]]:
    """A hundred runs reach a, one a day; each goes on to b after twenty days, those of the last days not yet."""
    events: list[tuple[object, ...]] = [(f"acc{n}", day(n), "a") for n in range(100)]
    return events + [(f"acc{n}", day(n + 20), "b") for n in range(80)]


def test_late_starters_are_censored_and_not_never() -> None:
    sight = seeing(late_winners(), (), SALE, as_of=day(99))

    late = next(each for each in findings(sight, "limit") if "censored" in each.meaning)

    assert late.claim.startswith(
        "20 of 100 runs of 'sale' that entered 'a' did so after 2026-03-21, 20.0 % [13.3, 28.9]"
    )
    assert (
        "they had less than the 20.0 days that nine in ten took. 0.0 % [0.0, 16.1] (n 20) of them went on" in late.claim
    )
    assert "of those before 100.0 % [95.4, 100.0] (n 80)" in late.claim


def test_whoever_filters_by_the_day_that_is_told_counts_as_many_late_starters() -> None:
    """The twenty days before the end begin at nine; two more entered at noon of that day."""
    noon = [(f"noon{n}", day(79.125), "a") for n in range(2)]
    sight = seeing([*late_winners(), *noon], (), SALE, as_of=day(99))

    late = next(each for each in findings(sight, "limit") if "censored" in each.meaning)

    last = re.search(r"did so after (\S+),", late.claim).group(1)  # type: ignore[union-attr]
    entered = [at for _, at, name in [*late_winners(), *noon] if name == "a"]
    assert int(late.claim.split()[0]) == sum(str(at)[:10] > last for at in entered)


def test_late_ones_that_went_on_like_the_others_are_no_limit() -> None:
    events = late_winners() + [(f"acc{n}", day(n + 20), "b") for n in range(80, 100)]
    sight = seeing(events, (), SALE)

    assert not [each for each in findings(sight, "limit") if "censored" in each.meaning]


def test_where_recording_ends_before_the_log_does_runs_were_watched_only_until_then() -> None:
    """b all but ends on day 100; the log goes on with a, whose runs of the last days could not show b any more."""
    events = [(f"acc{n}", day(n), "a") for n in range(200)]
    events += [(f"acc{n}", day(n + 10), "b") for n in range(90)]
    sight = seeing(events, (), SALE)

    found = findings(sight, "limit")

    ceased = next(each for each in found if "Recorded hardly any more" in each.claim)
    assert "'b' after 2026-04-10 (0 since, 90 in as long before)" in ceased.claim
    late = next(each for each in found if "censored" in each.meaning)
    assert "until 2026-04-10" in late.claim
    assert "after 2026-03-31" in late.claim


def test_an_event_that_goes_on_has_not_dried_up() -> None:
    events = [(f"acc{n}", day(n), "a") for n in range(200)]

    assert events_ceased(seeing(events).view, ["a"]) == []


def test_too_few_records_cannot_dry_up() -> None:
    events = [(f"acc{n}", day(2 * n), "a") for n in range(29)] + [("z", day(150), "x")]

    assert events_ceased(seeing(events).view, ["a"]) == []


@pytest.mark.parametrize(("silent_for", "found"), [(9, 0), (20, 1)])
def test_records_must_be_missing_for_two_weeks_at_least(silent_for: int, found: int) -> None:
    events = [(f"acc{n}", day(n / 4), "a") for n in range(400)] + [("z", day(100 + silent_for), "x")]

    assert len(events_ceased(seeing(events).view, ["a"])) == found


def test_a_stage_that_no_run_enters_is_a_gap_between_map_and_log() -> None:
    found = findings(seeing(steady(0, 30), (), SALE), "limit")

    assert any(each.claim == "No run of 'sale' ever entered 'c' (n 30 runs)." for each in found)


def test_rejected_rows_are_told_with_their_sources() -> None:
    sight = seeing([("a", day(0), "x")])

    found = [each.claim for each in measured(sight, [Rejected("crm", 90, 0), Rejected("desk", 10, 4)]).findings]

    assert [claim for claim in found if "rows" in claim] == ["4 of 100 rows could not be used (4.0 %): 4 of desk."]


def test_undated_attributes_are_named() -> None:
    sight = seeing([("acc", day(0), "a")], [("acc", "origin", "mail"), ("acc", "size", "big", {"at": day(0)})])

    assert findings(sight, "limit")[0].claim == "1 attribute carries no date: 'origin'."
