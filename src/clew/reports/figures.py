"""From an answer's cells to figures and tables: a number takes its interval and its n with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clew.questions.model import Answer, Cell, Column, TooFew, Unit
from clew.reports.model import Figure, Shown, Table, TableColumn

Row = Mapping[str, Cell | TooFew]


def figure(answer: Answer, row: Row, name: str, *, missing: str = "") -> Figure:
    """Return the figure of one column, with interval and n where the column names them.

    missing  what to say where there is no value: "not half have left yet"
    """
    column = next(column for column in answer.columns if column.name == name)
    cell = row.get(name)
    n = number(row, column.n)
    if isinstance(cell, TooFew):
        return Figure(None, column.unit, n=cell.n, needed=cell.needed - cell.n)
    if cell is None:
        return Figure(None, column.unit, n=n, words=missing)
    return Figure(float(cell), column.unit, _value(row, column.low), _value(row, column.high), n)


def number(row: Row, name: str | None) -> int | None:
    """Return a count, None where the row has none."""
    value = row.get(name or "")
    return None if value is None or isinstance(value, TooFew) else round(float(value))


def text(row: Row, name: str) -> str:
    """Return a text, "" where the row has none."""
    value = row.get(name)
    return "" if value is None else str(value)


def table(
    answer: Answer,
    title: str,
    columns: Sequence[tuple[str, str, str]],
    rows: Sequence[Row],
    *,
    titles: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
    more: int = 0,
) -> Table:
    """Return some columns of an answer as a table.

    columns  (name, title, key of the definition)
    titles   what the page calls a name: of a stage, of a team
    """
    by_name = {column.name: column for column in answer.columns}
    heads = tuple(TableColumn(name, head, by_name[name].unit, term) for name, head, term in columns)
    shown = tuple(tuple(_cell(answer, row, by_name[name], titles or {}) for name, _, _ in columns) for row in rows)
    return Table(title, heads, shown, tuple(notes), more)


def _cell(answer: Answer, row: Row, column: Column, titles: Mapping[str, str]) -> Shown:
    cell = row.get(column.name)
    if isinstance(cell, bool):
        return cell
    if column.unit is Unit.TEXT or cell is None:
        return None if cell is None else titles.get(str(cell), str(cell))
    return figure(answer, row, column.name)


def _value(row: Row, name: str | None) -> float | None:
    cell = row.get(name or "")
    return None if cell is None or isinstance(cell, TooFew | str) else float(cell)
