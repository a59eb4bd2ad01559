"""Funnels against ClickHouse: windowFunnel in every mode, through chDB in an environment of its own.

chDB is no dependency of Clew. Install it anywhere and name that interpreter: CLEW_ORACLE_PYTHON=/path/to/python.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from functools import lru_cache

import numpy as np
import pytest

from clew.engine.kernels.funnel import funnel

pytestmark = pytest.mark.oracle

MODE_SETS = [
    (),
    ("strict_deduplication",),
    ("strict_order",),
    ("strict_increase",),
    ("strict_once",),
    ("strict_deduplication", "strict_order"),
    ("strict_order", "strict_increase"),
    ("strict_order", "allow_reentry"),
    ("strict_order", "allow_reentry", "strict_increase"),
    ("strict_deduplication", "strict_increase"),
    ("strict_once", "strict_increase"),
    ("strict_once", "strict_order"),
    ("strict_deduplication", "strict_order", "strict_increase"),
]

ORACLE = """
import json, sys
import chdb
asked = json.load(sys.stdin)
rows = ",".join(f"({r},{t},{e})" for r, t, e in asked["log"])
answers = []
for modes in asked["modes"]:
    words = "".join(f", '{mode}'" for mode in modes)
    steps = ", ".join("event in (" + ",".join(map(str, step)) + ")" for step in asked["steps"])
    answers.append(chdb.query(
        f"select run, windowFunnel({asked['window']}{words})(toUInt64(at), {steps}) from"
        f" values('run UInt32, at UInt64, event UInt8', {rows}) group by run order by run",
        "JSONCompact").bytes().decode())
print(json.dumps([json.loads(answer)["data"] for answer in answers]))
"""

Log = list[tuple[int, int, int]]


@lru_cache(maxsize=1)
def oracle() -> str | None:
    """The interpreter that can import chdb, if there is one."""
    for python in (os.environ.get("CLEW_ORACLE_PYTHON"), sys.executable):
        if python and not subprocess.run([python, "-c", "import chdb"], capture_output=True).returncode:
            return python
    return None


def ask_clickhouse(log: Log, steps: list[list[int]], window: int) -> list[dict[int, int]]:
    """Levels by run, for every set of modes."""
    python = oracle()
    if python is None:
        pytest.skip("chDB is not there: set CLEW_ORACLE_PYTHON to an interpreter that has it")
    asked = json.dumps({"log": log, "steps": steps, "window": window, "modes": MODE_SETS})
    done = subprocess.run([python, "-c", ORACLE], input=asked, capture_output=True, text=True, check=True)
    return [dict(rows) for rows in json.loads(done.stdout)]


def ask_clew(log: Log, steps: list[list[int]], window: int, modes: tuple[str, ...]) -> dict[int, int]:
    """Levels by run; runs that never take a step are at 0."""
    run, at, event = (np.array(column, np.int64) for column in zip(*log, strict=True))
    found = funnel(run, at, [np.isin(event, step) for step in steps], window=window, modes=modes)
    levels = dict.fromkeys(run.tolist(), 0)
    return levels | dict(zip(found.segment.tolist(), found.level.tolist(), strict=True))


def random_log(seed: int, *, runs: int, events: int, kinds: int, span: int) -> Log:
    """Runs of random events; a short span makes many of them happen at the same instant."""
    dice = random.Random(seed)
    log = [
        (run, dice.randrange(span), dice.randrange(kinds))
        for run in range(runs)
        for _ in range(1 + dice.randrange(events))
    ]
    return sorted(log, key=lambda row: (row[0], row[1]))


@pytest.mark.parametrize(
    ("seed", "events", "kinds", "span", "window"),
    [
        (1, 6, 4, 1000, 300),  # few events, rarely at one instant
        (2, 20, 4, 1000, 200),  # long runs, a narrow window
        (3, 12, 3, 12, 5),  # many events at one instant
        (4, 15, 6, 40, 1000),  # half of the events match no step, a window that never closes
        (5, 9, 4, 30, 0),  # a window of no width
    ],
)
def test_a_funnel_takes_the_steps_that_clickhouse_takes_in_every_mode(
    seed: int, events: int, kinds: int, span: int, window: int
) -> None:
    log = random_log(seed, runs=300, events=events, kinds=kinds, span=span)
    steps = [[0], [1], [2]]

    for modes, expected in zip(MODE_SETS, ask_clickhouse(log, steps, window), strict=True):
        assert ask_clew(log, steps, window, modes) == expected, modes


def test_an_event_that_matches_two_steps_counts_as_clickhouse_counts_it() -> None:
    log = random_log(6, runs=300, events=10, kinds=4, span=60)
    steps = [[0], [0, 1], [1, 2]]

    for modes, expected in zip(MODE_SETS, ask_clickhouse(log, steps, 25), strict=True):
        assert ask_clew(log, steps, 25, modes) == expected, modes


def test_one_event_asked_for_twice_needs_two_occurrences_only_where_clickhouse_says_so() -> None:
    log = random_log(7, runs=200, events=8, kinds=3, span=20)
    steps = [[0], [0], [1]]

    for modes, expected in zip(MODE_SETS, ask_clickhouse(log, steps, 10), strict=True):
        assert ask_clew(log, steps, 10, modes) == expected, modes
