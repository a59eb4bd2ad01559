"""The pages about workspace files show only what the files may hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from clew.conditions.parse import END
from clew.diagnosis.interview.answers import answers_shape
from clew.diagnosis.scoring.own import own_shape
from clew.files.reading import Reading
from clew.files.scan import scan
from clew.files.shapes import ListOf
from clew.firm.parse import read_firm
from clew.journeys.parse import read_journey
from clew.meanings.parse import read_meanings
from clew.sources.parse import read_source

ROOT = Path(__file__).resolve().parents[3]
READERS: dict[str, Callable[..., object]] = {
    "clew": read_firm,
    "sources": read_source,
    "journeys": read_journey,
    "meanings": read_meanings,
    "answers": answers_shape().read,
    "diagnosis": own_shape().read,
}


def blocks(page: str) -> list[str]:
    found: list[str] = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/reference" / page).read_text("utf-8"), re.DOTALL)
    return found


@pytest.mark.parametrize("block", blocks("files.md"))
def test_each_file_shown_is_a_sound_file(block: str) -> None:
    kind = re.match(r"# (\w+)", block)
    assert kind
    path = ROOT / "tests/unit/workspace/design_example/sources/shown.yaml"  # its SELECT lies beside the example's
    reading = Reading(path)

    value = READERS[kind[1]](scan(block, path), reading)

    assert reading.problems == []
    assert value is not None


@pytest.mark.parametrize("block", blocks("conditions.md"))
def test_each_condition_shown_can_be_read(block: str) -> None:
    reading = Reading(Path("conditions.md"))

    conditions = ListOf(END).read(scan(block, reading.path), reading)

    assert reading.problems == []
    assert conditions


def test_every_key_of_the_language_is_shown() -> None:
    page = (ROOT / "docs/reference/conditions.md").read_text("utf-8")

    forms = [key for form in END.shape.forms.values() for key in form.fields]  # type: ignore[attr-defined]
    assert [key for key in forms if not re.search(rf"\b{key}\b", page)] == []
