"""Signals held against planted faults: what counts as found, what as right, and that the sums add up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from clew.clock import DAY_US
from clew.trials.match import Noticed, Planted, Tally, tally

DAY = DAY_US
FAULT = Planted("stall", "A-1", 10 * DAY, 12 * DAY)


def at(day: float, account: str = "A-1") -> Noticed:
    return Noticed("stall", account, round(day * DAY))


def test_a_signal_in_the_window_finds_the_fault() -> None:
    assert tally([FAULT], [at(11)]) == Tally(planted=1, found=1, signals=1, right=1)


def test_a_day_before_and_after_the_window_still_counts_and_no_more() -> None:
    assert tally([FAULT], [at(9), at(13)]).right == 2
    assert tally([FAULT], [at(8.99), at(13.01)]).right == 0


def test_a_signal_of_another_account_is_a_false_alarm() -> None:
    assert tally([FAULT], [at(11, "A-2")]) == Tally(planted=1, found=0, signals=1, right=0)


def test_two_signals_of_one_fault_are_both_right_and_find_it_once() -> None:
    assert tally([FAULT], [at(10), at(11)]) == Tally(planted=1, found=1, signals=2, right=2)


def test_without_faults_there_is_no_recall_and_without_signals_no_precision() -> None:
    assert tally([], [at(1)]).recall is None
    assert tally([FAULT], []).precision is None


days = some.integers(0, 30).map(float)


@given(
    some.lists(some.tuples(some.sampled_from("ab"), days, days), max_size=6),
    some.lists(some.tuples(some.sampled_from("ab"), days), max_size=8),
)
def test_found_and_right_are_parts_and_one_needs_the_other(
    faults: list[tuple[str, float, float]], signals: list[tuple[str, float]]
) -> None:
    planted = {
        Planted("stall", account, round(start * DAY), round((start + length) * DAY))
        for account, start, length in faults
    }

    found = tally(planted, [at(day, account) for account, day in signals])

    assert 0 <= found.found <= found.planted == len(planted)
    assert 0 <= found.right <= found.signals == len(signals)
    assert (found.found > 0) == (found.right > 0)
