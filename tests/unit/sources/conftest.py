"""Reading one small export, and what came of it in plain words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clew.clock import to_datetime, to_micros
from clew.sources.blocks import ShapedBlock
from clew.sources.model import EventSpec, Source
from clew.sources.read import read_blocks

NOW = to_micros(datetime(2024, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Read:
    """The blocks of one small source, spelled out."""

    blocks: list[ShapedBlock]

    @property
    def lines(self) -> list[int]:
        return [line for block in self.blocks for line in block.rows.line.tolist()]

    @property
    def rejected(self) -> list[tuple[int, str, str, str]]:
        """(line, column, value, reason) of every rejected row."""
        return [(row.line, row.column, row.value, row.reason.value) for block in self.blocks for row in block.rejected]

    @property
    def notes(self) -> dict[str, int]:
        return {note.name: count for block in self.blocks for note, count in block.notes.items()}

    @property
    def entities(self) -> list[str | None]:
        return [
            block.entities[code] if code >= 0 else None for block in self.blocks for code in block.rows.entity.tolist()
        ]

    @property
    def events(self) -> list[tuple[str | None, str]]:
        """(name, time in UTC; a mere day without its clock) of every event."""
        found = []
        for block in self.blocks:
            events = block.events
            for name, at, day in zip(events.event.texts(), events.at.tolist(), events.day.tolist(), strict=True):
                moment = to_datetime(at)
                found.append((name, moment.date().isoformat() if day else moment.isoformat(sep=" ")[:-6]))
        return found

    def column(self, name: str) -> list[str | None]:
        """The texts of one property, row by row."""
        return [text for block in self.blocks for text in block.rows.properties[name].texts()]

    @property
    def keys(self) -> list[tuple[int, int]]:
        return [
            key for block in self.blocks for key in zip(block.rows.hi.tolist(), block.rows.lo.tolist(), strict=True)
        ]

    @property
    def contents(self) -> list[int]:
        return [content for block in self.blocks for content in block.rows.content.tolist()]


Reader = Callable[..., Read]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Read a text (or bytes) as the export of a source that sees {ticket: id} and an event "opened" at `at`."""

    def reading(content: str | bytes, *, block_bytes: int = 2**20, file: str = "export.csv", **source: Any) -> Read:
        path = tmp_path / file
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Read(list(read_blocks(described(tmp_path, **source), [path], now=NOW, block_bytes=block_bytes)))

    return reading


def described(root: Path, **source: Any) -> Source:
    plain: dict[str, Any] = {
        "name": "tickets",
        "rank": 0,
        "version": "0",
        "path": root / "sources" / "tickets.yaml",
        "files": ("export.csv",),
        "id": ("id",),
        "subjects": {"ticket": "id"},
        "events": (EventSpec("opened", "at"),),
    }
    return Source(**{**plain, **source})


@pytest.fixture
def describe(tmp_path: Path) -> Callable[..., Source]:
    """Describe a source of the test's own folder."""
    return lambda **source: described(tmp_path, **source)


@pytest.fixture(autouse=True)
def _counts_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test reads, every row is either usable or rejected."""
    made = ShapedBlock.__init__

    def checked(self: ShapedBlock, *given: Any, **named: Any) -> None:
        made(self, *given, **named)
        assert self.read == len(self.rows) + len(self.rejected)

    monkeypatch.setattr(ShapedBlock, "__init__", checked)
