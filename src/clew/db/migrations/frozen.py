"""Statements of a step that were written down once, for each database, and never change."""

from __future__ import annotations

from pathlib import Path

STEPS = Path(__file__).parent / "steps"
_END = ";\n"


def run_frozen(step: str, part: str) -> None:
    """Run what stands in steps/STEP/PART.DIALECT.sql, on the connection of the migration under way."""
    from alembic import op

    connection = op.get_bind()
    written = (STEPS / step / f"{part}.{connection.dialect.name}.sql").read_text("utf-8")
    for statement in written.split(_END):
        if statement.strip():
            connection.exec_driver_sql(statement)
