"""One cell of a table on the page: a number with its interval and n in a quieter tone, a text as it is."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from clew.questions.model import Unit
from clew.reports import words
from clew.reports.model import Figure, Shown, Table


def show_in(currency: str) -> Callable[..., Markup]:
    """Return the function that sets a cell for a firm's currency."""

    def show(cell: Shown, unit_of: float | None = None) -> Markup:
        if isinstance(cell, Figure):
            return _figure(cell, currency, unit_of)
        if cell is None:
            return Markup('<span class="quiet">–</span>')
        return Markup("<bdi>{}</bdi>").format("yes" if cell is True else "no" if cell is False else cell)

    return show


def sort_value(cell: Shown) -> str:
    """Return what the column is sorted by."""
    if isinstance(cell, Figure):
        return "" if cell.value is None else repr(float(cell.value))
    return str(cell or "")


def column_units(table: Table) -> list[float | None]:
    """Return for each column the span that lends its unit to all cells, None where it holds no spans."""
    return [words.common_unit(row[place] for row in table.rows) for place in range(len(table.columns))]


def is_numeric(table: Table, place: int) -> bool:
    """Tell whether a column holds numbers."""
    return table.columns[place].unit not in (Unit.TEXT, Unit.TIME)


def _figure(shown: Figure, currency: str, unit_of: float | None) -> Markup:
    few = " few" if shown.value is None else ""
    number = Markup('<span class="number{}">{}</span>').format(few, words.figure(shown, currency, unit_of))
    quiet = words.beside(shown, currency, unit_of)
    return number + Markup(' <span class="quiet">{}</span>').format(quiet) if quiet else number
