"""How stale a map has grown: its parts, what each rests on, and the day of the last review in the journey file."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.clock import DAY_US, to_micros
from clew.conditions.model import Event
from clew.discovery.conformance.alignment_mean import AccountSums
from clew.discovery.staleness.measured import Part, Reviewed, Staleness, in_words, staleness
from clew.discovery.staleness.weights import NAMES, WEIGHING, called, scored
from clew.durations import parse_duration
from clew.engine.fold import fold
from clew.errors import FileProblems
from clew.firm.model import Firm
from clew.journeys.changes import Aspect, affects, compare
from clew.journeys.elements import elements
from clew.journeys.model import Journey, Mark, Stage, Subject
from clew.journeys.parse import parse_journey
from clew.questions.ground import Ground
from clew.testing import memory_log

FIRM = Firm("Thread & Co", "EUR", "UTC")
END = datetime(2026, 6, 30, tzinfo=UTC)
JOURNEY = Journey(
    "j",
    "J",
    "v",
    Subject(),
    (Stage("a", Event(("a",))), Stage("b", Event(("b",))), Stage("c", Event(("c",)))),
    review_every=parse_duration("4 weeks"),
)


def ground_of(*stories: tuple[int, str], journey: Journey = JOURNEY, **words: Any) -> Ground:
    """One account per story: the day before the end on which it begins, and its events, one letter an hour."""
    events = [
        (f"a{number}", END - timedelta(days=ago) + timedelta(hours=hour), letter, words)
        for number, (ago, story) in enumerate(stories)
        for hour, letter in enumerate(story)
    ]
    view = memory_log(events, as_of=END, subjects=tuple(words))
    return Ground(fold(view, journey, FIRM), FIRM)


def part(found: Staleness, name: str) -> Part:
    return next(each for each in found.parts if each.name == name)


def test_events_of_the_last_ninety_days_that_no_map_mentions_make_a_map_stale() -> None:
    ground = ground_of((80, "abxx"), (70, "ax"), (50, "ab"), (40, "a"), (30, "b"), (100, "xxxxxx"))

    events = part(staleness(ground), "events")

    assert events.n == 10  # what lies further back does not count
    assert events.value == pytest.approx(3 / 10)
    assert events.low is not None
    assert events.high is not None
    assert events.low < 0.3 < events.high
    assert events.words == "3 of 10 events of the last 90 days"


def test_events_of_subjects_that_never_started_a_run_count_too() -> None:
    renamed = ground_of(*[(20, "xb")] * 5, journey=replace(JOURNEY, starts=Event(("a",))))

    assert part(staleness(renamed), "events").value == pytest.approx(0.5)


def test_what_another_map_of_the_firm_mentions_is_explained() -> None:
    other = replace(JOURNEY, name="other", stages=(Stage("x", Event(("x",))),))

    assert part(staleness(ground_of(*[(20, "ax")] * 5), others=[other]), "events").value == 0


def test_only_events_that_carry_the_subject_count_where_it_is_a_thing() -> None:
    ticketed = replace(JOURNEY, subject=Subject("ticket", "ticket"))
    tickets = ground_of(*[(20, "ax")] * 5, journey=ticketed, ticket="t1")
    events = [("a1", END, "x"), ("a1", END - timedelta(hours=1), "a", {"ticket": "t1"})]
    mixed = Ground(fold(memory_log(events, subjects=("ticket",), as_of=END), ticketed, FIRM), FIRM)

    assert part(staleness(tickets), "events").n == 10
    assert part(staleness(mixed), "events").n == 1


def test_recent_runs_off_the_planned_order_make_it_stale() -> None:
    ground = ground_of((20, "abc"), (20, "ab"), (20, "ac"), (20, "ba"), (20, "aba"), (100, "ac"), (100, "c"))

    paths = part(staleness(ground), "paths")

    assert paths.n == 5
    assert paths.value == pytest.approx(2 / 5)  # one skipped b, one entered a after it
    assert paths.words == "2 of 5 runs that entered a stage in the last 90 days"


def test_how_far_back_recent_goes_can_be_asked_for() -> None:
    ground = ground_of(*[(20, "ax")] * 5, *[(5, "ab")] * 5)

    assert part(staleness(ground, recent=parse_duration("10 days")), "events").value == 0


def test_too_few_recent_events_are_no_share() -> None:
    events = part(staleness(ground_of((20, "ab"), (100, "xxxxxxxx"))), "events")

    assert (events.value, events.score, events.n) == (None, None, 2)
    assert events.words == "too few events of the last 90 days: 3 more needed"


REVIEWS = [
    # last reviewed, published so many days ago, periods since, what is said
    (date(2026, 6, 16), None, 0.5, "reviewed 14 days ago, every 4 weeks"),
    (date(2026, 5, 5), 1, 2.0, "reviewed 56 days ago, every 4 weeks"),  # what the file says counts
    (None, 28, 1.0, "published 28 days ago, every 4 weeks"),
    (None, None, None, "no review is dated (review: {last: …}), and this version is not published"),
    (date(2026, 7, 1), None, None, "it was looked at after the moment that is asked about"),
]


@pytest.mark.parametrize(("last", "published", "periods", "words"), REVIEWS)
def test_the_age_of_the_last_review_is_held_against_its_period(
    last: date | None, published: int | None, periods: float | None, words: str
) -> None:
    ground = ground_of((1, "a"), journey=replace(JOURNEY, review_last=last))
    when = None if published is None else to_micros(END) - published * DAY_US

    review = part(staleness(ground, reviewed=Reviewed(when)), "review")

    assert review.value == (None if periods is None else pytest.approx(periods))
    assert review.words == words


def test_a_review_is_dated_by_the_day_in_the_firms_zone_and_by_the_moment_asked_about() -> None:
    ground = ground_of((1, "a"), journey=replace(JOURNEY, review_last=date(2026, 6, 2), review_every=None))
    in_auckland = replace(ground, firm=replace(FIRM, time_zone="Pacific/Auckland"))
    asked = Reviewed(at=to_micros(END) + 63 * DAY_US)

    assert part(staleness(ground, reviewed=asked), "review").value == pytest.approx(91 / 91)  # a quarter, unless said
    assert part(staleness(in_auckland, reviewed=asked), "review").value == pytest.approx((91 + 0.5) / 91)


def test_elements_without_evidence_are_assumptions() -> None:
    every = elements(JOURNEY)
    marks = {every[0]: Mark("evidence", "12 interviews"), every[1]: Mark("assumption", "workshop")}

    assumed = part(staleness(ground_of((1, "a"), journey=replace(JOURNEY, marks=marks))), "assumptions")

    assert assumed.value == pytest.approx((len(every) - 1) / len(every))
    assert assumed.n == len(every) == 9


def test_the_figure_is_the_weighted_mean_of_the_parts_that_are_known() -> None:
    fresh = ground_of(*[(20, "abc")] * 40, journey=replace(JOURNEY, review_last=date(2026, 6, 29)))
    everything = {path: Mark("evidence", "seen") for path in elements(JOURNEY)}
    marked = ground_of(*[(20, "abc")] * 40, journey=replace(JOURNEY, review_last=date(2026, 6, 29), marks=everything))

    assert staleness(marked).figure == 0
    assert staleness(fresh).figure == pytest.approx(20)  # nothing but assumptions, which weigh 20 of 100
    unreviewed = staleness(ground_of(*[(20, "abc")] * 40))
    assert unreviewed.figure == pytest.approx(100 * 20 / 80)  # the review is unknown: the others share its weight
    assert unreviewed.called == "due for a look"


def test_a_map_that_explains_nothing_is_stale_with_an_interval() -> None:
    marked = replace(JOURNEY, review_last=date(2025, 6, 30))
    found = staleness(ground_of(*[(20, "axxxc")] * 4, *[(10, "abx")] * 4, journey=marked))

    assert found.low is not None
    assert found.figure is not None
    assert found.high is not None
    assert found.low < found.figure <= found.high
    assert found.called == "stale"
    head, *parts = in_words(found)
    assert head.startswith("Staleness of j: ")
    assert len(parts) == 4


def test_nothing_is_called_stale_on_events_alone() -> None:
    planned_only = staleness(ground_of(*[(20, "xxx")] * 5, journey=replace(JOURNEY, starts=Event(("a",)))))

    assert planned_only.figure is not None
    assert planned_only.figure > 50
    assert planned_only.called == "too little known to call it stale"
    head, events, *_ = in_words(planned_only)
    assert head.endswith(", too little known to call it stale")
    assert events == "recent events that no map explains: 100.0 % (15 of 15 events of the last 90 days) → 100 points"


def test_each_part_says_its_figure_and_the_points_that_it_makes() -> None:
    reviewed = replace(JOURNEY, review_last=date(2026, 5, 5))
    _, events, paths, review, assumed = in_words(
        staleness(ground_of(*[(20, "abxxx")] * 5, (9, "abcax"), journey=reviewed))
    )

    assert re.match(r"recent events that no map explains: 5\d\.\d % \(16 of 30 events .*\) → 100 points$", events)
    assert re.match(r"recent runs whose path it does not explain: .* \(\d of 6 runs .*\) → \d+ points$", paths)
    assert review == "age of the last review, in review periods: 2.0 (reviewed 56 days ago, every 4 weeks) → 50 points"
    assert assumed == "elements still marked assumption: 100.0 % (9 of 9 elements of the map) → 100 points"


def test_the_weights_sum_to_a_hundred_and_every_threshold_is_explained() -> None:
    assert sum(each.weight for each in WEIGHING) == 100
    assert all(each.fresh < each.stale for each in WEIGHING)
    assert all(each.why.endswith(".") and len(each.why) > 40 for each in WEIGHING)
    assert [called(below - 0.1) for below, _ in NAMES] == [name for _, name in NAMES]


@given(st.sampled_from(WEIGHING), st.floats(0, 10), st.floats(0, 10))
def test_a_part_that_is_worse_never_scores_less(weighing: Any, one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert 0 <= scored(weighing, low) <= scored(weighing, high) <= 100


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=6), min_size=1, max_size=30))
def test_a_mean_over_accounts_lies_in_its_interval_whatever_the_split(accounts: list[list[bool]]) -> None:
    import numpy as np

    def sums(chosen: list[tuple[int, list[bool]]]) -> AccountSums:
        account = np.array([number for number, rows in chosen for _ in rows], np.int64)
        return AccountSums.of(account, np.array([float(row) for _, rows in chosen for row in rows]))

    numbered = list(enumerate(accounts))
    whole, halves = sums(numbered).mean(), (sums(numbered[::2]) + sums(numbered[1::2])).mean()

    assert whole is not None
    assert halves is not None
    assert (whole.value, whole.low, whole.high) == pytest.approx((halves.value, halves.low, halves.high))
    every = [row for rows in accounts for row in rows]
    assert whole.value == pytest.approx(sum(every) / len(every))
    assert 0 <= whole.low <= whole.value <= whole.high <= 1
    assert whole.low < whole.high
    assert whole.n == len(every)


def test_rows_of_one_account_count_as_one_where_they_are_alike() -> None:
    import numpy as np

    apart = AccountSums.of(np.arange(100), np.arange(100) % 2.0).mean()
    alike = AccountSums.of(np.repeat(np.arange(10), 10), np.repeat(np.arange(10) % 2.0, 10)).mean()

    assert apart is not None
    assert alike is not None
    assert alike.high - alike.low > 3 * (apart.high - apart.low)


TEXT = """\
journey: a
review: {every: 4 weeks}
stages:
  - {stage: one, enter: {event: e}}
"""


def parse(text: str) -> Journey:
    return parse_journey(text, Path("a.yaml"))


def test_the_day_of_the_last_review_makes_no_new_version_and_is_told_of() -> None:
    before = parse(TEXT)
    after = parse(TEXT.replace("4 weeks", "4 weeks, last: 2026-05-01"))

    changes = compare(before, after)

    assert (before.review_last, after.review_last) == (None, date(2026, 5, 1))
    assert before.version == after.version
    assert [change.text for change in changes] == ["last review none → 2026-05-01"]
    assert affects(changes) == {Aspect.MAP}


def test_how_often_it_is_reviewed_makes_a_new_version_as_before() -> None:
    assert parse(TEXT).version != parse(TEXT.replace("4 weeks", "5 weeks")).version
    assert parse(TEXT).version == "2008dd275ee7"  # published before reviews were dated: it stays found


def test_a_review_on_no_day_is_refused() -> None:
    with pytest.raises(FileProblems, match="'2026-13-01' does not fit here; allowed: a date as 2026-12-24"):
        parse(TEXT.replace("4 weeks", "4 weeks, last: 2026-13-01"))
