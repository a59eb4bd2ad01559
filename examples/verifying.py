"""Compare known facts of public data with the answers that Clew gives: the work behind `examples/verify`."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from figures import FIGURES, Cell, Row
from figures.asking import Asker

HERE = Path(__file__).resolve().parent
WORKSPACES = ("olist", "volvo", "crm")
TOLERANCE = 0.5  # of the last digit that the expected figure shows


class Fact(TypedDict):
    """A table of known figures."""

    columns: list[str]
    rows: list[list[Cell]]


def main(wanted: Sequence[str]) -> int:
    """Print the facts asked for (all without any); return the exit code."""
    if not os.environ.get("CLEW_EXAMPLES") or not Path(os.environ["CLEW_EXAMPLES"]).is_dir():
        print("CLEW_EXAMPLES names no folder with the public data; examples/README.md says where they are had")
        return 2
    facts: Mapping[str, Fact] = json.loads((HERE / "facts.json").read_text(encoding="utf-8"))
    unknown = [name for name in wanted if name not in facts]
    if unknown:
        print(f"there is no fact {', '.join(unknown)}; known: {', '.join(facts)}")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        for name in WORKSPACES:
            shutil.copytree(HERE / name, Path(folder) / name, ignore=shutil.ignore_patterns(".clew"))
        asker = Asker(Path(folder))
        different = [name for name in wanted or facts if not _holds(name, facts[name], FIGURES[name](asker))]
    checked = len(wanted or facts)
    print(
        f"\n{checked - len(different)} of {checked} facts hold"
        + (f"; not: {', '.join(different)}" if different else "")
    )
    return 1 if different else 0


def _holds(name: str, fact: Fact, ours: Sequence[Row]) -> bool:
    """Print one fact and say whether every figure agrees to the digits shown."""
    rows = [[row.get(column) for column in fact["columns"]] for row in ours]
    same = len(rows) == len(fact["rows"]) and all(
        _same(expected, got)
        for line, found in zip(fact["rows"], rows, strict=True)
        for expected, got in zip(line, found, strict=True)
    )
    print(f"\n{name}  {'agrees' if same else 'DIFFERS'}")
    print("  " + " | ".join(fact["columns"]))
    for number in range(max(len(rows), len(fact["rows"]))):
        line = fact["rows"][number] if number < len(fact["rows"]) else None
        found = rows[number] if number < len(rows) else None
        print(f"  expected  {_shown(line)}")
        print(f"  ours      {_shown(found)}")
    sys.stdout.flush()
    return same


def _same(expected: Cell, got: Cell) -> bool:
    if isinstance(expected, float) and isinstance(got, int | float):
        digits = len(repr(expected).partition(".")[2])
        return bool(abs(got - expected) <= TOLERANCE * 10**-digits + 1e-9)
    return expected == got


def _shown(row: Sequence[Cell] | None) -> str:
    if row is None:
        return "(no such row)"
    return " | ".join("" if cell is None else f"{cell:.10g}" if isinstance(cell, float) else str(cell) for cell in row)
