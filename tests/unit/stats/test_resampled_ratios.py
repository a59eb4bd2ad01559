"""Ratios with intervals from resampled accounts: the same as drawing them one by one, whatever their order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.errors import NotEnoughData
from clew.stats.resampling import resample_clusters, resample_ratio, share_of_sums
from clew.stats.shares import wilson

ACCOUNTS = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 9)), min_size=10, max_size=60)


def test_the_interval_is_that_of_accounts_drawn_one_by_one() -> None:
    rng = np.random.default_rng(5)
    wholes = rng.integers(1, 40, 400)
    parts = rng.binomial(wholes, rng.beta(1, 20, 400))

    quick = resample_ratio(parts, wholes, seed=1)
    slow = resample_clusters(np.arange(400), lambda rows: float(parts[rows].sum() / wholes[rows].sum()), seed=2)

    assert quick.value == pytest.approx(slow.value)
    assert quick.n == slow.n == 400
    width = slow.high - slow.low
    assert quick.low == pytest.approx(slow.low, abs=0.06 * width)
    assert quick.high == pytest.approx(slow.high, abs=0.06 * width)


@settings(max_examples=30)
@given(ACCOUNTS, st.randoms())
def test_the_order_of_the_accounts_does_not_matter(accounts: list[tuple[int, int]], random: object) -> None:
    shuffled = random.sample(accounts, len(accounts))  # type: ignore[attr-defined]

    one, other = (resample_ratio(*zip(*rows, strict=True), seed=7, draws=100) for rows in (accounts, shuffled))

    assert one == other
    assert one.low <= one.value <= one.high


def test_whole_accounts_are_drawn_so_that_busy_ones_widen_the_interval() -> None:
    even = resample_ratio([1] * 50 + [0] * 50, [10] * 100, seed=1)
    few_busy = resample_ratio([25, 25] + [0] * 98, [10] * 100, seed=1)

    assert few_busy.value == even.value
    assert few_busy.high - few_busy.low > 2 * (even.high - even.low)


def test_too_few_accounts_and_empty_ones_are_refused() -> None:
    with pytest.raises(NotEnoughData, match="1 more accounts"):
        resample_ratio([1] * 9, [2] * 9, seed=1)
    with pytest.raises(ValueError, match="allowed: 1 or more"):
        resample_ratio([0] * 10, [0] + [1] * 9, seed=1)


def test_a_share_that_is_the_same_in_every_account_has_an_interval_of_as_many_accounts() -> None:
    half = share_of_sums([5] * 12, [10] * 12)
    none = share_of_sums([0] * 12, [10] * 12)

    accounts = wilson(6, 12)
    assert (half.value, half.low, half.high) == (0.5, accounts.low, accounts.high)
    assert (none.low, none.high) == (wilson(0, 12).low, wilson(0, 12).high)


def test_accounts_without_a_whole_are_left_out() -> None:
    assert share_of_sums([1] * 6 + [2] * 6 + [0] * 5, [4] * 12 + [0] * 5).n == 12
