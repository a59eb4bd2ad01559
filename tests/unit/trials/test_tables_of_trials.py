"""What is said of trials: goals only where something was planted, seeds counted once, sizes a plan can have."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from clew.cli.app import app
from clew.trials.match import Tally
from clew.trials.run import Trial
from clew.trials.table import as_answer, below_goal


def test_where_nothing_was_planted_no_detector_is_said_to_miss_a_goal() -> None:
    trials = [Trial(1, 0.0, {"stall": Tally(signals=3, occasions=90)})]

    told = as_answer(trials, accounts=50, as_of=0)

    assert below_goal(trials) == []
    assert (
        told.notes[-1] == "Nothing was planted, so there is nothing to find: recall and precision need a size above 0."
    )


def test_a_detector_that_misses_what_was_planted_is_named() -> None:
    trials = [
        Trial(1, 0.0, {"stall": Tally()}),
        Trial(1, 1.0, {"stall": Tally(planted=10, found=2, signals=2, right=2)}),
    ]

    assert below_goal(trials) == ["stall"]


@pytest.mark.parametrize("size", ["2.01", "-0.1", "much"])
def test_a_size_that_no_plan_can_have_is_refused_with_what_is_allowed(size: str) -> None:
    told = CliRunner().invoke(app, ["trial", f"--sizes={size}"])

    assert told.exit_code != 0
    assert "numbers from 0 to 2 with commas" in str(told.exception)


def test_a_seed_that_stands_twice_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def curves(seeds: object, *_: object, **__: object) -> list[Trial]:
        asked.append(seeds)
        return [Trial(1, 0.0, {"stall": Tally()})]

    monkeypatch.setattr("clew.trials.run.curves", curves)
    told = CliRunner().invoke(app, ["trial", "--seeds", "1,1", "--sizes", "0"])

    assert told.exit_code == 0, told.output
    assert asked == [[1]]
