"""Make the first tables."""

from __future__ import annotations

from alembic import op

from clew.db.tables import INBOX, MAIN

revision = "0001"
down_revision = None


def upgrade(part: str) -> None:
    """Make the tables of one part: main or inbox."""
    (MAIN if part == "main" else INBOX).create_all(op.get_bind())
