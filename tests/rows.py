"""Rows for tests that care for a few columns only: the others get something of their type."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Table


def row(table: Table, **told: Any) -> dict[str, Any]:
    """Return values for every column that needs one."""
    unknown = told.keys() - {column.name for column in table.c}
    assert not unknown, f"{table.name} has no {sorted(unknown)}"
    return {column.name: _something(column) for column in table.c if _is_needed(column)} | told


def _is_needed(column: Any) -> bool:
    counts_up = column.primary_key and column.autoincrement in (True, "auto") and column.name == "id"
    return not (column.nullable or counts_up or column.default or column.server_default)


def _something(column: Any) -> Any:
    return {} if isinstance(column.type, JSON) else column.type.python_type()
