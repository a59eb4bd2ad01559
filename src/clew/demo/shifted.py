"""Bring a sample firm's files to the present: every date moves by the same whole weeks, so weekdays stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from clew.demo.hours import LAST_DAY

_DATE = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_FILES = ("exports/*.csv", "truth/planted.csv", "clew.yaml")


def weeks_until(today: date) -> int:
    """Return by how many weeks the exports move to end within the last week; below 0 where today is earlier."""
    return ((today - LAST_DAY).days - 1) // 7


def shift(folder: Path, weeks: int) -> int:
    """Move every date in the files of a sample firm; return how many files changed. What is no date stays."""
    changed = 0
    for path in _paths(folder):
        text = path.read_text("utf-8")
        moved = _DATE.sub(lambda found: _moved(found, weeks), text)
        if moved != text:
            path.write_text(moved, "utf-8")
            changed += 1
    return changed


def _paths(folder: Path) -> Iterator[Path]:
    for pattern in _FILES:
        yield from sorted(folder.glob(pattern))


def _moved(found: re.Match[str], weeks: int) -> str:
    try:
        day = date.fromisoformat(found[0])
    except ValueError:  # one of the flaws that the exports hold on purpose
        return found[0]
    return (day + timedelta(weeks=weeks)).isoformat()
