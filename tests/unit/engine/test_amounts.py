"""Sums of money are exact whatever their size."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clew.archive.model import NO_VALUE, UNIT
from clew.engine.amounts import total


def test_forty_accounts_of_six_hundred_billion_bring_twenty_four_trillion() -> None:
    assert total(np.full(40, 600_000_000_000 * UNIT)) == 24_000_000_000_000 * UNIT


@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1) | st.just(NO_VALUE)))
def test_the_sum_is_that_of_whole_numbers_and_what_is_unknown_counts_nothing(millionths: list[int]) -> None:
    assert total(np.array(millionths, np.int64)) == sum(each for each in millionths if each != NO_VALUE)
