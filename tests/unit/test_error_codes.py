"""An error's code is its name for programs: each names one kind of error."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "src/clew"


def test_no_two_errors_have_the_same_code() -> None:
    found = defaultdict[str, list[str]](list)
    for path in SOURCES.rglob("*.py"):
        for one in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(one, ast.ClassDef):
                for code in _codes(one):
                    found[code].append(f"{path.relative_to(SOURCES)}: {one.name}")

    assert len(found) > 30
    assert {code: where for code, where in found.items() if len(where) > 1} == {}


def _codes(one: ast.ClassDef) -> list[str]:
    """What a class says as `code = "..."`."""
    return [
        line.value.value
        for line in one.body
        if isinstance(line, ast.Assign)
        and isinstance(line.value, ast.Constant)
        and isinstance(line.value.value, str)
        and [target.id for target in line.targets if isinstance(target, ast.Name)] == ["code"]
    ]
