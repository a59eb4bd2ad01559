"""The band of stages in plain text: planned as an outline, actual as what fills it, both to the scale of runs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from clew.questions.model import Answer, Cell, TooFew
from clew.questions.words import counted, share

Cells = Mapping[str, Cell | TooFew]
ACTUAL, PLANNED, OPTIONAL = "█", "░", "·"
_NOTES = (
    ("skipped", "skipped"),
    ("out_of_order", "order"),
    ("repeated", "again"),
    ("late", "late"),
    ("other_team", "team"),
)


@dataclass(frozen=True)
class _Form:
    """Columns for a name and a bar, what stands above the bar, and whether the shares stand beside it."""

    name: int
    bar: int
    heading: str
    shares: bool = True


_WIDE = _Form(22, 20, f"actual {ACTUAL} planned {PLANNED}")  # 92 columns
_MIDDLE = _Form(16, 14, f"act {ACTUAL} plan {PLANNED}")  # 80 columns
_NARROW = _Form(22, 20, _WIDE.heading, shares=False)  # 52 columns; the shares are told by the deviations too


def band(stages: Answer, width: int = 0) -> list[str]:
    """Draw the stages of `Conformance.stages` (one group); no line without stages.

    width  columns of the terminal, 0 for any; below 80 the shares of deviations are left out
    """
    if not stages.rows:
        return []
    form = _WIDE if not width or width >= 92 else _MIDDLE if width >= 80 else _NARROW
    most = max(int(str(row["came"])) for row in stages.rows)
    head = " ".join(f"{title:>7}" for _, title in _NOTES) if form.shares else ""
    heading = f"{'':{form.name}} {form.heading:{form.bar}} {'of':>8} {head}".rstrip()
    return [heading, *(_line(number, row, most, form=form) for number, row in enumerate(stages.rows, 1))]


def _line(number: int, row: Cells, most: int, *, form: _Form) -> str:
    came, part = int(str(row["came"])), row["entered"]
    entered = part * came if isinstance(part, float) else float(came)
    outline = round(form.bar * came / most) if most else 0
    filled = min(outline, round(form.bar * entered / most)) if most else 0
    rest = (OPTIONAL if row["planned"] != "required" else PLANNED) * (outline - filled)
    figures = " ".join(f"{_percent(row[name]):>7}" for name, _ in _NOTES) if form.shares else ""
    name = _fitted(f"{number} {row['stage']}", form.name)
    return f"{name} {ACTUAL * filled + rest:{form.bar}} {came:>8,} {figures}".rstrip()


def _percent(cell: Cell | TooFew) -> str:
    if isinstance(cell, TooFew):
        return "few"
    return "–" if not isinstance(cell, float) else str(share(cell)).replace(" ", "")


def _fitted(text: str, width: int) -> str:
    """Cut or fill to the width of a name; letters that take two columns count as two."""
    shown = ""
    for letter in text:
        wide = 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if _columns(shown) + wide > width:
            shown = shown[:-1] + "…"
            break
        shown += letter
    return shown + " " * (width - _columns(shown))


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def legend(stages: Answer, width: int = 0) -> str:
    """Say how the band of this width is to be read."""
    rows = stages.rows
    some = any(row["planned"] != "required" for row in rows)
    runs = max((int(str(row["came"])) for row in rows), default=0)
    dotted = f"; {OPTIONAL} is a stage that may be left out" if some else ""
    return (
        f"The outline is as long as the runs that came so far, of {counted(runs, 'run')}; it is filled by those that "
        f"entered the stage{dotted}." + ("" if 0 < width < 80 else " The shares are of the runs in which it could be.")
    )
