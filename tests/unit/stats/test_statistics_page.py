"""The page on statistics states every minimum as the code has it."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import clew.stats

PAGE = (Path(__file__).parents[3] / "docs/reference/statistics.md").read_text(encoding="utf-8")


def minimums() -> dict[str, int]:
    modules = [
        importlib.import_module(f"clew.stats.{found.name}") for found in pkgutil.iter_modules(clew.stats.__path__)
    ]
    return {name: getattr(module, name) for module in modules for name in dir(module) if name.startswith("MINIMUM_")}


def test_every_minimum_stands_on_the_page_with_its_number() -> None:
    missing = [name for name, least in minimums().items() if f"| `{name}` | {least} |" not in PAGE]

    assert len(minimums()) >= 7
    assert not missing
