"""The page of facts names each one, with what it needs, and the thresholds that the code has."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from clew.diagnosis.comparing import contrasts, dimensions
from clew.diagnosis.comparing import recording as of_journeys
from clew.diagnosis.facts import handoffs, shape
from clew.diagnosis.measured import FACTS
from clew.meanings.model import Meanings, Requests
from clew.questions import recording

PAGE = Path(__file__).resolve().parents[3] / "docs/reference/facts.md"
TEXT = " ".join(PAGE.read_text(encoding="utf-8").split())
ROWS = re.findall(r"^\| `([a-z0-9-]+)` \| (.+?) \| (.+?) \| (.*?) ?\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_fact_has_its_row_in_order() -> None:
    assert tuple(name for name, *_ in ROWS) == FACTS


def test_every_fact_is_defined_and_has_a_unit() -> None:
    assert all(definition.endswith(".") and unit for _, definition, unit, _ in ROWS)


def test_what_a_fact_needs_of_meanings_is_a_key_of_meanings() -> None:
    keys = {each.name for each in (*fields(Meanings), *fields(Requests))} | {"accepted", "accept_within"}

    needed = {key for *_, needs in ROWS for key in re.findall(r"`(\w+)`", needs)}

    assert needed <= keys
    assert needed


@pytest.mark.parametrize(
    "words",
    [
        f"{contrasts.LEAST_RUNS} runs or more, and of {contrasts.LEAST_ACCOUNTS} accounts",
        f"{dimensions.FEWEST_VALUES} to {dimensions.MOST_VALUES} values",
        f"Benjamini-Hochberg, {contrasts.LEVEL:.0%}".replace("%", " %"),
        f"others lie {100 * contrasts.TOO_FAR:.0f} points away",
        f"first recorded when {100 * of_journeys.LEAST_EARLY:.0f} % of the runs",
        f"of {recording.FEWEST_EXPECTED} or more",
        f"seen for {shape.SEEN_ENOUGH_US // 86_400_000_000} days or more",
        f"with {handoffs.FEWEST_TOUCHES} touches of known users",
        f"within {handoffs.RETURNS_WITHIN}",
    ],
)
def test_the_page_has_the_thresholds_of_the_code(words: str) -> None:
    assert words in TEXT
