"""An answer for programs: JSON and CSV, the same at every edge."""

from __future__ import annotations

import csv as csv_format
from dataclasses import asdict
from typing import TextIO

from clew.clock import US
from clew.questions.model import Answer, Cell, Query, TooFew, Unit
from clew.questions.words import iso


def as_json(answer: Answer, query: Query | None = None) -> dict[str, object]:
    """Everything the answer holds, and what was asked. Times are ISO 8601 in UTC, spans seconds, shares 0..1."""
    units = {column.name: column.unit for column in answer.columns}
    return {
        "question": answer.question,
        "title": answer.title,
        "journey": answer.journey,
        "version": answer.version,
        "as_of": iso(answer.as_of / US),
        "n": answer.n,
        "n_of": answer.n_of,
        "columns": [asdict(column) for column in answer.columns],
        "rows": [{name: json_cell(row.get(name), unit) for name, unit in units.items()} for row in answer.rows],
        "notes": list(answer.notes),
        "next": answer.next,
        "extra": dict(answer.extra),
        "query": asdict(query) if query else None,
    }


def json_cell(value: Cell | TooFew, unit: Unit) -> object:
    """A cell for programs; too few observations stay visible as such."""
    if isinstance(value, TooFew):
        return {"too_few": True, "n": value.n, "needed": value.needed}
    if unit is Unit.TIME and isinstance(value, int | float):
        return iso(value)
    return value


def write_csv(answer: Answer, out: TextIO) -> None:
    """Write the rows raw: seconds, shares of 1, ISO times."""
    writer = csv_format.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in answer.columns])
    for row in answer.rows:
        writer.writerow([_csv_cell(row.get(column.name), column.unit) for column in answer.columns])


def _csv_cell(value: Cell | TooFew, unit: Unit) -> object:
    if isinstance(value, TooFew):
        return ""
    return json_cell(value, unit)
