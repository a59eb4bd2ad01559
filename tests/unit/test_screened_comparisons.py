"""What a comparison tells whoever sees no single accounts: a row in which one side is of few tells nothing."""

from __future__ import annotations

import pytest

from clew.questions.compare import _columns
from clew.questions.model import Answer, Cell, TooFew, Unit
from clew.web.analytics.permitted import _all_or_nothing, _without_few

Told = dict[str, Cell | TooFew]


def row(hits_a: int, n_a: int, hits_b: int, n_b: int) -> Told:
    a, b = hits_a / n_a, hits_b / n_b
    told: Told = {"row": "set-up", "a": a, "a_low": 0.1, "a_high": 0.9, "a_n": n_a, "b": b, "b_low": 0.1, "b_high": 0.9}
    rest: Told = {
        "difference_low": -0.5,
        "difference_high": 0.5,
        "p": 0.02,
        "test": "Fisher",
        "meaning": "lower by 31 points",
    }
    return told | {"b_n": n_b, "difference": a - b} | rest


def seen(told: Told) -> Told:
    answer = Answer("funnel", "", _columns("stage", "big", "small", Unit.SHARE), [told], 0, "runs", 0)
    return dict(_all_or_nothing(answer, _without_few(answer, told, everything=False), told))


@pytest.mark.parametrize(
    "hidden",
    [row(4, 6, 30, 56), row(30, 56, 4, 6), row(20, 56, 55, 56), row(6, 6, 55, 56), row(3, 3, 20, 56)],
    ids=["few of the first", "few of the second", "few not in it", "few not in it beside all", "few in all"],
)
def test_row_in_which_a_side_is_of_few_tells_nothing(hidden: Told) -> None:
    assert {name: cell for name, cell in seen(hidden).items() if cell is not None} == {"row": "set-up"}


@pytest.mark.parametrize("told", [row(20, 56, 30, 60), row(6, 6, 30, 60), row(56, 56, 60, 60)])
def test_row_of_many_is_told(told: Told) -> None:
    assert seen(told) == told
