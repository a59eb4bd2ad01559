"""Kernels against slow and obvious ways to count, on random segments, and merged from any split."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.clock import NEVER
from clew.engine.kernels.counts import Counted, count_by, merge_counted
from clew.engine.kernels.handoffs import handoffs, pingpongs
from clew.engine.kernels.repeats import seen_before
from clew.engine.kernels.silence import silences
from clew.engine.kernels.stays import Stays, joined, survival_by, visit_stays, visits_watched
from clew.engine.kernels.touches import distinct_per_segment, rows_per_segment
from clew.engine.kernels.transitions import transitions
from clew.engine.kernels.variants import sequence_numbers
from clew.engine.model import OPEN, Runs, Visits, ended
from clew.engine.ordered import segment_starts

SEQUENCES = st.lists(st.lists(st.integers(-1, 4), min_size=1, max_size=8), min_size=1, max_size=8)


def columns(sequences: list[list[int]]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """(segment, code) of sequences of codes."""
    segment = np.repeat(np.arange(len(sequences)), [len(codes) for codes in sequences])
    return segment, np.array([code for codes in sequences for code in codes], np.int64)


def as_counter(counted: Counted) -> Counter[tuple[int, ...]]:
    pairs = zip(counted.keys.tolist(), counted.count.tolist(), strict=True)
    return Counter({tuple(key): count for key, count in pairs})


def visits_of(*runs: list[tuple[int, int, int, int]]) -> Visits:
    """Visits from (stage, enter, leave, next) per run."""
    rows = [(n, *visit, runs[n][k - 1][0] if k else -2) for n, run in enumerate(runs) for k, visit in enumerate(run)]
    run, stage, enter, leave, following, came = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    return Visits(run, stage, enter, leave, came, following, came > stage, np.full(len(run), NEVER))


def runs_of(count: int) -> Runs:
    codes, times = np.zeros(count, np.int64), np.zeros(count, np.int64)
    return Runs(codes, codes, codes, times, times, codes, codes, codes, times, times, codes)


@given(SEQUENCES)
def test_transitions_count_neighbours_inside_a_segment(sequences: list[list[int]]) -> None:
    segment, code = columns(sequences)

    counted = transitions(segment, code)

    expected = Counter((0, a, b) for codes in sequences for a, b in pairwise(codes) if a >= 0 and b >= 0)
    assert as_counter(counted) == expected


@given(SEQUENCES, st.integers(0, 8))
def test_partials_of_any_split_merge_to_the_whole(sequences: list[list[int]], cut: int) -> None:
    whole = transitions(*columns(sequences), at=np.arange(sum(map(len, sequences))) ** 2)
    place = len([code for codes in sequences[:cut] for code in codes])
    at = np.arange(sum(map(len, sequences))) ** 2

    parts = []
    for part, times in ((sequences[:cut], at[:place]), (sequences[cut:], at[place:])):
        parts.append(transitions(*columns(part), at=times))

    merged = merge_counted(parts)
    assert as_counter(merged) == as_counter(whole)
    assert merged.total.tolist() == whole.total.tolist()


def test_sums_of_times_are_exact_beyond_what_a_float_holds() -> None:
    weights = np.array([2**52 + 1, 2**52 + 3, 5], np.int64)

    counted = count_by(np.array([0, 0, 1]), weights=weights)

    assert counted.total.tolist() == [2**53 + 4, 5]


def test_many_combinations_are_counted_without_a_table() -> None:
    keys = np.array([3_000_000, 0, 3_000_000, -1]), np.array([2_000_000, 1, 2_000_000, 5])

    assert as_counter(count_by(*keys)) == {(0, 1): 1, (3_000_000, 2_000_000): 2}


def test_stays_are_measured_up_to_the_end_of_the_view_and_count_by_cell() -> None:
    visits = visits_of([(0, 0, 4, 1), (1, 4, NEVER, OPEN)], [(0, 0, 6, ended(0))])
    stays = visit_stays(visits, as_of=10)

    counts = survival_by(stays, visits.stage)
    halves = [Stays(stays.span[part], stays.observed[part]) for part in (slice(0, 1), slice(1, 3))]

    assert counts[0].durations.tolist() == [4, 6]
    assert (counts[1].durations.tolist(), counts[1].censored.tolist()) == ([6], [1])
    merged = survival_by(joined(halves), visits.stage)
    assert [merged[0].durations.tolist(), merged[0].events.tolist()] == [[4, 6], [1, 1]]


def test_what_time_alone_ended_is_watched_until_then_and_not_seen_to_end() -> None:
    visits = visits_of([(0, 0, 4, ended(1))], [(0, 0, 6, ended(0))], [(0, 0, NEVER, OPEN)])

    watched = visits_watched(visits, as_of=10, by_time=[1])

    assert watched.until.tolist() == [4, 6, 10]
    assert watched.seen.tolist() == [False, True, False]


def test_a_handoff_waits_for_the_first_event_of_the_receiving_team() -> None:
    segment = np.zeros(6, np.int64)
    team, at = np.array([1, 1, -1, 2, 1, 3]), np.array([0, 10, 20, 50, 60, 100])

    found = handoffs(segment, at, team)

    assert found.source.tolist() == [1, 2, 1]
    assert found.target.tolist() == [2, 1, 3]
    assert found.waiting.tolist() == [40, 10, 40]
    assert found.returned.tolist() == [True, False, False]


@given(SEQUENCES)
def test_pingpong_is_a_code_that_comes_back_after_one_other(sequences: list[list[int]]) -> None:
    found = pingpongs(*columns(sequences))

    expected: Counter[tuple[int, int, int]] = Counter()
    for number, codes in enumerate(sequences):
        kept = [code for code, _ in groupby(code for code in codes if code >= 0)]
        expected.update((number, a, b) for a, b, c in zip(kept, kept[1:], kept[2:], strict=False) if a == c)
    assert Counter(zip(found.segment.tolist(), found.a.tolist(), found.b.tolist(), strict=True)) == expected


@given(SEQUENCES)
def test_a_repeat_is_a_code_seen_before_in_its_segment(sequences: list[list[int]]) -> None:
    expected = [code >= 0 and code in codes[:place] for codes in sequences for place, code in enumerate(codes)]

    assert seen_before(*columns(sequences)).tolist() == expected


@pytest.mark.parametrize("shift", [0, 100])
@given(sequences=SEQUENCES)
def test_people_and_channels_are_counted_once_per_segment(shift: int, sequences: list[list[int]]) -> None:
    segment, code = columns(sequences)
    code = np.where(code >= 0, code + shift, code)

    assert rows_per_segment(segment, len(sequences)).tolist() == [len(codes) for codes in sequences]
    expected = [len({each for each in codes if each >= 0}) for codes in sequences]
    assert distinct_per_segment(segment, code, len(sequences)).tolist() == expected


@given(st.lists(st.lists(st.integers(0, 50), min_size=1, max_size=20), min_size=1, max_size=6))
def test_the_usual_gap_is_one_that_nine_of_ten_do_not_exceed(gaps: list[list[int]]) -> None:
    segment = np.repeat(np.arange(len(gaps)), [len(each) for each in gaps])
    at = np.concatenate([np.cumsum(each) for each in gaps])

    found = silences(segment, at, as_of=2_000, fewest=3)

    for number, each in enumerate(gaps):
        between = sorted(each[1:])
        usual = -1
        if len(between) >= 3:
            usual = next(gap for gap in between if sum(g <= gap for g in between) * 10 >= 9 * len(between))
        assert found.usual[number] == usual
        assert found.gaps[number] == len(between)
        assert found.silent[number] == 2_000 - sum(each)


@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=6), min_size=1, max_size=12))
def test_equal_sequences_have_one_number_given_in_order_of_first_appearance(sequences: list[list[int]]) -> None:
    segment, code = columns(sequences)
    seen: dict[tuple[int, ...], int] = {}

    numbers = sequence_numbers(segment_starts(segment), code)

    assert numbers.tolist() == [seen.setdefault(tuple(codes), len(seen)) for codes in sequences]
