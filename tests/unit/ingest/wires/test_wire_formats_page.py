"""The page of wire formats says what the code does: columns, reasons, and an example that is taken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clew.ingest.wires.checking import validate
from clew.ingest.wires.model import Why, Wire
from clew.sources.parse import parse_source
from clew.sources.receiving import COLUMNS, GROUPS

DOCS = Path(__file__).resolve().parents[4] / "docs"
PAGE = (DOCS / "reference/wire-formats.md").read_text("utf-8")
HOWTO = (DOCS / "howto/connect-a-tool.md").read_text("utf-8")


@pytest.mark.parametrize("named", [*COLUMNS, *(f"{group}*" for group in GROUPS), *(why.value for why in Why), *Wire])
def test_column_reason_and_wire_are_named(named: str) -> None:
    assert f"`{named}`" in PAGE


def test_example_of_the_own_form_is_taken() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)

    checked = validate(Wire.CLEW, "events", example.encode(), received_at=1_800_000_000_000_000)

    assert checked.verdicts is not None
    assert [(verdict.id, verdict.why) for verdict in checked.verdicts] == [("T-17 opened", None)]


@pytest.mark.parametrize("example", re.findall(r"```yaml[^\n]*\n(.*?)```", HOWTO, re.DOTALL))
def test_examples_of_sources_are_sources(example: str) -> None:
    text = example if "receives:" in example else "receives: segment\n" + example

    assert parse_source(text, Path("sources/app.yaml")).receives == "segment"
