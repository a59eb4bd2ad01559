"""Rows for tests that care for a few columns only: the others get something of their type."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Integer, Table


def row(table: Table, **told: Any) -> dict[str, Any]:
    """Return values for every column that needs one."""
    unknown = told.keys() - {column.name for column in table.c}
    assert not unknown, f"{table.name} has no {sorted(unknown)}"
    return {column.name: _something(column) for column in table.c if _is_needed(column)} | told


def _is_needed(column: Any) -> bool:
    counts_up = column.name == "id" and isinstance(column.type, Integer) and column.autoincrement is not False
    return not (column.nullable or counts_up or column.server_default)


def _something(column: Any) -> Any:
    return {} if isinstance(column.type, JSON) else column.type.python_type()
