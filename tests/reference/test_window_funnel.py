"""Our funnel against the answers of ClickHouse's windowFunnel, recorded from chDB in window_funnel.json.

Each user is a line of "<second><event>"; a step is any of its letters. Where chdb is installed, it is also asked live.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.engine.kernels.funnel import MODES, funnel
from clew.errors import BadRequest

RECORDED = json.loads((Path(__file__).parent / "window_funnel.json").read_text())
USERS = [[(int(t), e) for t, e in re.findall(r"(\d+)([a-z])", line)] for line in RECORDED["users"]]


def levels(users: list[list[tuple[int, str]]], case: dict[str, Any], *, compiled: bool = False) -> str:
    rows = [(user, at, event) for user, events in enumerate(users) for at, event in events]
    segment, at = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    event = np.array([row[2] for row in rows])
    steps = [np.isin(event, list(step)) for step in case["steps"]]
    found = funnel(segment, at, steps, window=case["window"], modes=case["modes"], compiled=compiled)
    came = np.zeros(len(users), np.int64)
    came[found.segment] = found.level
    return "".join(map(str, came))


def words(case: dict[str, Any]) -> str:
    return f"{' '.join(case['steps'])} within {case['window']} {' '.join(case['modes'])}"


@pytest.mark.parametrize("case", RECORDED["cases"], ids=words)
def test_levels_equal_those_of_clickhouse(case: dict[str, Any]) -> None:
    assert levels(USERS, case) == case["levels"]


def test_every_mode_is_recorded_and_makes_a_difference() -> None:
    plain = {(*case["steps"], case["window"]): case["levels"] for case in RECORDED["cases"] if not case["modes"]}
    different = {
        mode
        for case in RECORDED["cases"]
        for mode in case["modes"]
        if case["levels"] != plain[(*case["steps"], case["window"])]
    }

    assert different == set(MODES)


def test_compiled_levels_are_the_interpreted_ones() -> None:
    pytest.importorskip("numba")
    for case in RECORDED["cases"]:
        assert levels(USERS, case, compiled=True) == case["levels"]


def test_levels_equal_those_of_a_live_clickhouse() -> None:
    chdb = pytest.importorskip("chdb")
    chance = random.Random(20250101)
    users = [[(chance.randrange(12), chance.choice("abcdx")) for _ in range(chance.randint(1, 9))] for _ in range(500)]
    users = [sorted(events, key=lambda event: event[0]) for events in users]
    rows = ", ".join(f"({n}, {t}, '{e}')" for n, events in enumerate(users) for t, e in events)
    for case in RECORDED["cases"]:
        steps = ", ".join("(" + " or ".join(f"e = '{letter}'" for letter in step) + ")" for step in case["steps"])
        modes = "".join(f", '{mode}'" for mode in case["modes"])
        level = f"windowFunnel({case['window']}{modes})(t, {steps})"
        source = f"values('u UInt32, t UInt64, e String', {rows})"
        found = chdb.query(f"select {level} from {source} group by u order by u settings max_threads = 1", "CSV")
        assert levels(users, case) == str(found).replace("\n", ""), words(case)


def test_first_and_last_instant_are_those_of_the_chain_that_came_furthest() -> None:
    at = np.array([0, 10, 20, 25])
    steps = [np.array([True, False, True, False]), np.array([False, True, False, True])]

    once = funnel(np.zeros(4, np.int64), at, steps, window=100)
    short = funnel(np.zeros(4, np.int64), at, steps, window=5)

    assert (once.level[0], once.first[0], once.last[0]) == (2, 0, 10)
    assert (short.level[0], short.first[0], short.last[0]) == (2, 20, 25)


@pytest.mark.parametrize(
    ("steps", "modes", "says"),
    [
        (2, ["strict"], "'strict' is no mode of a funnel; allowed: strict_deduplication"),
        (2, ["allow_reentry"], "allow_reentry needs strict_order"),
        (33, [], "a funnel of 33 steps; allowed: 1 to 32"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_is_allowed(steps: int, modes: list[str], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        funnel(np.zeros(1, np.int64), np.zeros(1, np.int64), [np.ones(1, np.bool_)] * steps, window=1, modes=modes)
