"""The band of stages in plain text: planned as an outline, actual as what fills it, both to the scale of runs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from clew.questions.model import Answer, Cell, TooFew
from clew.questions.words import counted, share

Cells = Mapping[str, Cell | TooFew]
BAR, NAME = 20, 22
ACTUAL, PLANNED, OPTIONAL = "█", "░", "·"
_NOTES = (
    ("skipped", "skipped"),
    ("out_of_order", "order"),
    ("repeated", "again"),
    ("late", "late"),
    ("other_team", "team"),
)


def band(stages: Answer) -> list[str]:
    """Draw the stages of `Conformance.stages` (one group), 80 columns wide; no line without stages."""
    if not stages.rows:
        return []
    most = max(int(str(row["came"])) for row in stages.rows)
    head = " ".join(f"{title:>7}" for _, title in _NOTES)
    heading = f"{'':{NAME}} {f'actual {ACTUAL} planned {PLANNED}':{BAR}} {'of':>8} {head}".rstrip()
    return [heading, *(_line(number, row, most) for number, row in enumerate(stages.rows, 1))]


def _line(number: int, row: Cells, most: int) -> str:
    came, part = int(str(row["came"])), row["entered"]
    entered = part * came if isinstance(part, float) else float(came)
    outline = round(BAR * came / most) if most else 0
    filled = min(outline, round(BAR * entered / most)) if most else 0
    rest = (OPTIONAL if row["planned"] != "required" else PLANNED) * (outline - filled)
    figures = " ".join(f"{_percent(row[name]):>7}" for name, _ in _NOTES)
    name = _fitted(f"{number} {row['stage']}")
    return f"{name} {ACTUAL * filled + rest:{BAR}} {came:>8,} {figures}".rstrip()


def _percent(cell: Cell | TooFew) -> str:
    if isinstance(cell, TooFew):
        return "few"
    return "–" if not isinstance(cell, float) else str(share(cell)).replace(" ", "")


def _fitted(text: str) -> str:
    """Cut or fill to the width of a name; letters that take two columns count as two."""
    shown = ""
    for letter in text:
        wide = 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if _columns(shown) + wide > NAME:
            shown = shown[:-1] + "…"
            break
        shown += letter
    return shown + " " * (NAME - _columns(shown))


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def legend(stages: Answer) -> str:
    """Say how the band is to be read."""
    rows = stages.rows
    some = any(row["planned"] != "required" for row in rows)
    runs = max((int(str(row["came"])) for row in rows), default=0)
    dotted = f"; {OPTIONAL} is a stage that may be left out" if some else ""
    return (
        f"The outline is as long as the runs that came so far, of {counted(runs, 'run')}; it is filled by those that "
        f"entered the stage{dotted}. The shares are of the runs in which it could be."
    )
