"""What pages and API stand on: put together once by `clew.app`, or by a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clew import clock
from clew.config.store import STORE

if TYPE_CHECKING:
    from starlette.requests import Request

    from clew.config import Settings
    from clew.db.engine import Database


@dataclass(frozen=True)
class Parts:
    """The parts of one web process. `parts_of(request)` finds them again.

    folder    the workspace
    database  migrated
    settings  of the process
    now       reads the clock, microseconds UTC
    kept      what a builder of endpoints keeps for the life of the process, by its own name: the appender of arriving
              events, the watcher of changes
    """

    folder: Path
    database: Database
    settings: Settings
    now: Callable[[], int] = clock.now
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        """The folder of the log."""
        return self.folder / STORE


def parts_of(request: Request) -> Parts:
    """Return the parts of the application that a request came to."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts
