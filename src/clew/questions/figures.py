"""Cells that carry their n and interval, or say that there are too few: shares, quantiles and sums."""

from __future__ import annotations

from collections.abc import Sequence

from clew.archive.model import UNIT, Dictionary
from clew.questions.model import Cell, Column, TooFew, Unit
from clew.stats.shares import MINIMUM_FOR_SHARE, wilson

Row = dict[str, Cell | TooFew]

RUN_COLUMNS = (
    Column("subject", "who", Unit.TEXT, "The subject of the run."),
    Column("account", "account", Unit.TEXT, "Its account, where the subject is something else."),
)
LEAST = 5  # below this n a figure is not shown unless asked for (--least)


def share_columns(name: str, title: str, definition: str, n: str) -> list[Column]:
    """A share and the two ends of its Wilson interval."""
    return [
        Column(name, title, Unit.SHARE, definition, low=f"{name}_low", high=f"{name}_high", n=n),
        Column(f"{name}_low", f"{title}, low", Unit.SHARE, "Lower end of the 95 % interval (Wilson)."),
        Column(f"{name}_high", f"{title}, high", Unit.SHARE, "Upper end of the 95 % interval (Wilson)."),
    ]


def share_cells(name: str, part: int, n: int, least: int = LEAST) -> Row:
    """Cells of `share_columns`: part of n."""
    if n < least:
        return {name: TooFew(n, least), f"{name}_low": None, f"{name}_high": None}
    if n < MINIMUM_FOR_SHARE:
        return {name: part / n, f"{name}_low": None, f"{name}_high": None}
    found = wilson(part, n)
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def run_cells(entities: Dictionary, subject: int, thread: int) -> Row:
    """Cells of `RUN_COLUMNS`: whose run it is, by the codes of its subject and thread."""
    account = entities.text(thread).partition(":")[2] if thread != subject else None
    return {"subject": entities.text(subject).partition(":")[2], "account": account}


def money(millionths: int | None) -> float | None:
    """An exact sum of millionths in units of the currency."""
    return None if millionths is None else millionths / UNIT


def by_columns(names: Sequence[str]) -> list[Column]:
    """One column per dimension of the split."""
    return [Column(by_key(name), by_title(name), Unit.TEXT) for name in names]


def by_cells(names: Sequence[str], key: Sequence[str]) -> Row:
    """Cells of `by_columns`."""
    return {by_key(name): text for name, text in zip(names, key, strict=True)}


def by_key(name: str) -> str:
    """Stable column name of a dimension: period:month -> period."""
    head, _, rest = name.partition(":")
    text = head if head == "period" or not rest else f"{head}_{rest}"
    return "".join(letter if letter.isalnum() else "_" for letter in text)


def by_title(name: str) -> str:
    """Heading of a dimension."""
    head, _, rest = name.partition(":")
    return (rest or "month") if head == "period" else f"{head} over {rest}" if head == "pingpong" else name
