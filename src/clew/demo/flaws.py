"""The faults of real exports: rows noted days late, rows exported twice, and rows that cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from clew.demo.dice import Dice
from clew.demo.hours import DAY
from clew.demo.tables import Table, joined, length, taken

LATE, TWICE = 0.006, 0.002  # shares of rows
LOGS = ("marketing", "activities", "onboarding", "tickets", "surveys", "usage")  # exports that grow row by row
_WITH_ID = ("marketing", "activities", "onboarding", "tickets", "surveys")

Cells = dict[str, str]


def noted(name: str, table: Table, *, seed: int, first: int) -> Table:
    """Number the rows of a log from `first` on, and say when each was noted: a few days late, a few twice."""
    if name not in LOGS:
        return {**table, "number": np.arange(first, first + length(table))}
    table = {**table, "number": np.arange(first, first + length(table))}
    dice = Dice.of(seed, table["number"]).each(f"noted in {name}", 0)
    late = (dice.chance("late", LATE) * dice.between("days", 1, 6) * DAY).astype(np.int64)
    table["noted"] = table["at"] + late
    if name not in _WITH_ID:
        return table
    again = taken(table, dice.chance("twice", TWICE))
    again["noted"] = again["noted"] + DAY
    return joined([table, again])


def spoil(path: Path) -> int:
    """Add unusable rows to the end of an export, if it has any; return how many."""
    with path.open(encoding="utf-8") as file:
        header, first = file.readline().rstrip("\n"), file.readline().rstrip("\n")
    make = _BY_EXPORT.get(path.stem)
    if make is None or not first:
        return 0
    columns = header.split(",")
    lines = make(header, columns, dict(zip(columns, first.split(","), strict=True)))
    with path.open("a", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    return len(lines)


def _tickets(header: str, columns: Sequence[str], row: Cells) -> list[str]:
    """A header from joining two exports, a row cut short, and times that never were."""
    times = {
        "T-900000001": "0001-01-01 00:00:00",
        "T-900000002": "2025-02-31 10:00:00",
        "T-900000003": "2026-03-08 02:30:00",
    }
    cut = ",".join(list(row.values())[:4])
    return [header, cut, *(_line(columns, row | {"ticket_id": id, "changed_at": at}) for id, at in times.items())]


def _onboarding(header: str, columns: Sequence[str], row: Cells) -> list[str]:
    """An event of nobody."""
    return [_line(columns, row | {"event_id": "O-9000001", "account_id": ""})]


def _deals(header: str, columns: Sequence[str], row: Cells) -> list[str]:
    """A deal whose amount is no number."""
    return [_line(columns, row | {"deal_id": "D-900001", "amount_eur": "to be agreed"})]


def _usage(header: str, columns: Sequence[str], row: Cells) -> list[str]:
    """A clock that ran ahead."""
    return [_line(columns, row | {"used_at": "2099-01-01 09:00:00"})]


def _marketing(header: str, columns: Sequence[str], row: Cells) -> list[str]:
    """An address that is none."""
    return [_line(columns, row | {"message_id": "M-90000001", "email": "unknown recipient"})]


_BY_EXPORT: Mapping[str, Callable[[str, Sequence[str], Cells], list[str]]] = {
    "tickets": _tickets,
    "onboarding": _onboarding,
    "deals": _deals,
    "usage": _usage,
    "marketing": _marketing,
}


def _line(columns: Sequence[str], row: Cells) -> str:
    return ",".join(row[column] for column in columns)
