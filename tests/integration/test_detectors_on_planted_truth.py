"""Detectors on invented firms whose truth is known: what is planted plainly is found, and little else is raised."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from clew.signals.registry import DETECTORS
from clew.trials.run import Trial, curves
from clew.trials.table import PRECISION_GOAL, RECALL_GOAL, below_goal, merged

SEEDS, SIZES, ACCOUNTS = (11, 12, 13), (0.0, 0.5, 1.0), 200
NAMES = [detector.name for detector in DETECTORS]
FALSE_ALARMS = 0.02  # of all occasions on a firm in which nothing is planted


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return curves(SEEDS, SIZES, accounts=ACCOUNTS)


@pytest.mark.parametrize("detector", NAMES)
def test_what_is_planted_plainly_is_found_with_few_false_alarms(trials: list[Trial], detector: str) -> None:
    found = merged(trials)[detector, 1.0]

    assert found.planted >= 20
    assert found.recall is not None
    assert found.precision is not None
    assert found.recall >= RECALL_GOAL
    assert found.precision >= PRECISION_GOAL


def test_no_detector_is_listed_as_below_the_goal(trials: list[Trial]) -> None:
    assert below_goal(trials) == []


@pytest.mark.parametrize("detector", NAMES)
def test_where_nothing_is_planted_hardly_anything_is_raised(trials: list[Trial], detector: str) -> None:
    found = merged(trials)[detector, 0.0]

    assert found.planted == 0
    assert found.occasions >= 100
    assert found.signals <= FALSE_ALARMS * found.occasions


@pytest.mark.parametrize("detector", NAMES)
def test_a_fault_that_shows_less_plainly_is_found_less_often(trials: list[Trial], detector: str) -> None:
    found = merged(trials)
    half, whole = found[detector, 0.5].recall, found[detector, 1.0].recall

    assert half is not None
    assert whole is not None
    assert half < whole


def test_the_command_prints_the_curves_of_the_seeds_it_is_given() -> None:
    command = [sys.executable, "-m", "clew", "trial", "--seeds", "5", "--sizes", "0,1", "--accounts", "50", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)

    rows = json.loads(ran.stdout)["rows"]

    assert [(row["detector"], row["size"]) for row in rows] == [(name, size) for name in NAMES for size in (0, 1)]
    assert all(row["planted"] == 0 for row in rows if row["size"] == 0)


@pytest.mark.parametrize(("option", "value"), [("--seeds", "x"), ("--sizes", "-1"), ("--sizes", "plain")])
def test_nonsense_is_refused_with_what_is_allowed(option: str, value: str) -> None:
    command = [sys.executable, "-m", "clew", "trial", option, value]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ran.returncode == 2
    assert f"'{value}'" in ran.stderr
    assert "allowed" in ran.stderr
