"""Shares of R² against published decompositions and other implementations.

swiss      R's data set of 47 provinces (Mosteller & Tukey 1977); LMG as calc.relimp of the R package relaimpo gives it
           (Grömping 2006, Journal of Statistical Software 17(1))
state.x77  R's data set of 50 states; relative weights as printed in Kabacoff, R in Action, "Relative importance"
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from clew.stats.drivers import correlation_matrix, correlation_test, rank_drivers, relative_weights, shapley_shares
from clew.stats.model import Floats

# Agriculture, Examination, Education, Catholic, Infant.Mortality; Fertility
SWISS = np.array(
    """
17 15 12 9.96 22.2 80.2  45.1 6 9 84.84 22.2 83.1  39.7 5 5 93.4 20.2 92.5  36.5 12 7 33.77 20.3 85.8
43.5 17 15 5.16 20.6 76.9  35.3 9 7 90.57 26.6 76.1  70.2 16 7 92.85 23.6 83.8  67.8 14 8 97.16 24.9 92.4
53.3 12 7 97.67 21 82.4  45.2 16 13 91.38 24.4 82.9  64.5 14 6 98.61 24.5 87.1  62 21 12 8.52 16.5 64.1
67.5 14 7 2.27 19.1 66.9  60.7 19 12 4.43 22.7 68.9  69.3 22 5 2.82 18.7 61.7  72.6 18 2 24.2 21.2 68.3
34 17 8 3.3 20 71.7  19.4 26 28 12.11 20.2 55.7  15.2 31 20 2.15 10.8 54.3  73 19 9 2.84 20 65.1
59.8 22 10 5.23 18 65.5  55.1 14 3 4.52 22.4 65  50.9 22 12 15.14 16.7 56.6  54.1 20 6 4.2 15.3 57.4
71.2 12 1 2.4 21 72.5  58.1 14 8 5.23 23.8 74.2  63.5 6 3 2.56 18 72  60.8 16 10 7.72 16.3 60.5
26.8 25 19 18.46 20.9 58.3  49.5 15 8 6.1 22.5 65.4  85.9 3 2 99.71 15.1 75.5  84.9 7 6 99.68 19.8 69.3
89.7 5 2 100 18.3 77.3  78.2 12 6 98.96 19.4 70.5  64.9 7 3 98.22 20.2 79.4  75.9 9 9 99.06 17.8 65
84.6 3 3 99.46 16.3 92.2  63.1 13 13 96.83 18.1 79.3  38.4 26 12 5.62 20.3 70.4  7.7 29 11 13.79 20.5 65.7
16.7 22 13 11.22 18.9 72.7  17.6 35 32 16.92 23 64.4  37.6 15 7 4.97 20 77.6  18.7 25 7 8.65 19.5 67.6
1.2 37 53 42.34 18 35  46.6 16 29 50.43 18.2 44.7  27.7 22 29 58.33 19.3 42.8
""".split(),
    np.float64,
).reshape(-1, 6)
RELAIMPO_LMG = (0.0570912207681, 0.1711730289002, 0.2601346786244, 0.1055701503735, 0.1127659229265)
RELAIMPO_R2 = 0.706735001593

# Population, Illiteracy, Income, Frost; Murder
STATES = np.array(
    """
3615 2.1 3624 20 15.1  365 1.5 6315 152 11.3  2212 1.8 4530 15 7.8  2110 1.9 3378 65 10.1  21198 1.1 5114 20 10.3
2541 0.7 4884 166 6.8  3100 1.1 5348 139 3.1  579 0.9 4809 103 6.2  8277 1.3 4815 11 10.7  4931 2 4091 60 13.9
868 1.9 4963 0 6.2  813 0.6 4119 126 5.3  11197 0.9 5107 127 10.3  5313 0.7 4458 122 7.1  2861 0.5 4628 140 2.3
2280 0.6 4669 114 4.5  3387 1.6 3712 95 10.6  3806 2.8 3545 12 13.2  1058 0.7 3694 161 2.7  4122 0.9 5299 101 8.5
5814 1.1 4755 103 3.3  9111 0.9 4751 125 11.1  3921 0.6 4675 160 2.3  2341 2.4 3098 50 12.5  4767 0.8 4254 108 9.3
746 0.6 4347 155 5  1544 0.6 4508 139 2.9  590 0.5 5149 188 11.5  812 0.7 4281 174 3.3  7333 1.1 5237 115 5.2
1144 2.2 3601 120 9.7  18076 1.4 4903 82 10.9  5441 1.8 3875 80 11.1  637 0.8 5087 186 1.4  10735 0.8 4561 124 7.4
2715 1.1 3983 82 6.4  2284 0.6 4660 44 4.2  11860 1 4449 126 6.1  931 1.3 4558 127 2.4  2816 2.3 3635 65 11.6
681 0.5 4167 172 1.7  4173 1.7 3821 70 11  12237 2.2 4188 35 12.2  1203 0.6 4022 137 4.5  472 0.6 3907 168 5.5
4981 1.4 4701 85 9.5  3559 0.6 4864 32 4.3  1799 1.4 3617 100 6.7  4589 0.7 4468 149 3  376 0.6 4566 173 6.9
""".split(),
    np.float64,
).reshape(-1, 5)
KABACOFF_PERCENT = (14.72, 59.00, 5.49, 20.79)


def test_shares_of_the_swiss_data_are_those_of_relaimpo() -> None:
    correlations = correlation_matrix(SWISS)

    assert shapley_shares(correlations) == pytest.approx(RELAIMPO_LMG, abs=1e-12)
    assert shapley_shares(correlations).sum() == pytest.approx(RELAIMPO_R2, abs=1e-12)


def test_relative_weights_of_the_states_are_those_of_the_book() -> None:
    weights = relative_weights(correlation_matrix(STATES))

    assert 100 * weights / weights.sum() == pytest.approx(KABACOFF_PERCENT, abs=0.005)


def lmg_by_orders(drivers: Floats, outcome: Floats) -> list[float]:
    """The definition: the mean, over every order, of what R² gains when the driver comes in; R² by statsmodels."""
    api = pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")

    def r2(names: tuple[int, ...]) -> float:
        columns = api.add_constant(drivers[:, list(names)], has_constant="add") if names else np.ones((len(outcome), 1))
        return float(api.OLS(outcome, columns).fit().rsquared)

    known = {
        frozenset(s): r2(s)
        for k in range(drivers.shape[1] + 1)
        for s in itertools.combinations(range(drivers.shape[1]), k)
    }
    gains = [0.0] * drivers.shape[1]
    for order in itertools.permutations(range(drivers.shape[1])):
        for place, driver in enumerate(order):
            before = frozenset(order[:place])
            gains[driver] += known[before | {driver}] - known[before]
    return [gain / math.factorial(drivers.shape[1]) for gain in gains]


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(4))
def test_shares_are_the_mean_gain_over_every_order_of_statsmodels_regressions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    drivers = rng.normal(size=(60 + 40 * seed, 4)) @ rng.normal(size=(4, 4))
    outcome = drivers @ rng.normal(size=4) + 3 * rng.normal(size=len(drivers))
    if seed % 2:
        outcome = (outcome > 0).astype(np.float64)

    found = rank_drivers(drivers, outcome, seed=1, draws=20)

    assert found.share == pytest.approx(lmg_by_orders(drivers, outcome), abs=1e-10)


@pytest.mark.oracle
@pytest.mark.parametrize("ties", [2, 7, 10_000])
def test_the_rank_correlation_is_that_of_scipy(ties: int) -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    rng = np.random.default_rng(ties)
    a = rng.integers(0, ties, 80)
    b = a / ties + rng.normal(size=80)

    ours, theirs = correlation_test(a, b), stats.spearmanr(a, b)

    assert ours.statistic == pytest.approx(theirs.statistic, abs=1e-12)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-9)


@pytest.mark.oracle
def test_johnsons_weights_follow_his_steps_with_scipys_roots() -> None:
    linalg = pytest.importorskip("scipy.linalg", reason="scipy is not installed")
    correlations = correlation_matrix(SWISS)
    root = linalg.sqrtm(correlations[:-1, :-1]).real

    expected = root**2 @ (linalg.solve(root, correlations[:-1, -1]) ** 2)

    assert relative_weights(correlations) == pytest.approx(expected, abs=1e-12)
