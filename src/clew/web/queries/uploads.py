"""Exports that were sent to a source, and what became of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, Row, select

from clew.db.tables import upload

MOST = 20


@dataclass(frozen=True)
class Sent:
    """One export.

    name    as its sender called it      state  waiting | loaded | failed
    report  rows by what became of them: read, accepted, duplicate, superseding, rejected, and `reasons` of the last
    error   why it could not be loaded, "" where it was, or waits
    """

    number: int
    name: str
    received_at: int
    state: str
    report: Mapping[str, Any]
    error: str

    @property
    def reasons(self) -> str:
        """Why rows were rejected, the most frequent reason first."""
        told: Mapping[str, int] = self.report.get("reasons") or {}
        return ", ".join(f"{reason} ({count:,})" for reason, count in sorted(told.items(), key=lambda one: -one[1]))


def uploads_of(connection: Connection, source: str, *, most: int = MOST) -> Sequence[Sent]:
    """Return the exports that were sent to a source, the latest first."""
    mine = select(upload).where(upload.c.source == source).order_by(upload.c.id.desc()).limit(most)
    return [_sent(row) for row in connection.execute(mine)]


def _error(row: Row[Any], name: str) -> str:
    """Why it could not be loaded, without the place at which it lies."""
    return re.sub(r"\S*" + re.escape(PurePosixPath(row.file).name), name, str((row.report or {}).get("says", "")))


def _sent(row: Row[Any]) -> Sent:
    report = row.report or {}
    name = PurePosixPath(row.file).name.split("-", 2)[-1]  # behind the instant and four signs of chance
    return Sent(row.id, name, row.received_at, row.state, report, _error(row, name))
