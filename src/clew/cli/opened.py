"""The operational data of the workspace here, opened for one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from clew.config.store import STORE

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clew.access.model import Actor
    from clew.config import Settings
    from clew.db.engine import Database


class By(TypedDict):
    """What every act is told: who does it, when, and with what the audit log is signed."""

    by: Actor
    now: int
    secret: str


@dataclass(frozen=True)
class Opened:
    """A workspace whose database is open and up to date.

    by  the system user, who has the files and may everything
    """

    folder: Path
    settings: Settings
    database: Database
    by: Actor
    now: int

    @property
    def store(self) -> Path:
        return self.folder / STORE

    @property
    def acting(self) -> By:
        return {"by": self.by, "now": self.now, "secret": self.settings.secret}

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction for acts that leave their row in the audit log."""
        with self.database.write() as connection:
            yield connection

    def note(self, action: str, target: str, **detail: object) -> None:
        """Leave a row in the audit log. What it says of a person is a number."""
        from clew.access.audit import record

        with self.write() as connection:
            record(connection, object=target, action=action, detail=detail, **self.acting)


@contextmanager
def opened(start: Path | None = None) -> Iterator[Opened]:
    """Open the workspace here, or the one at `start`. Raises NotAWorkspace, BadSettings, Unreachable."""
    import os

    from clew import clock
    from clew.config import read_settings
    from clew.db.engine import open_database
    from clew.db.migrations import migrate
    from clew.workspace.find import find_workspace

    folder = find_workspace(start)
    settings = read_settings(folder / STORE, os.environ)
    database = open_database(folder / STORE, settings.database_url)
    try:
        migrate(database)
        yield Opened(folder, settings, database, system_user(), clock.now())
    finally:
        database.close()


def system_user() -> Actor:
    """Return who gives this command: whoever has the files may everything."""
    from clew.access.model import Actor, Role

    return Actor("command", _name(), role=Role.ADMIN)


def _name() -> str:
    """The system user, as the audit log names who gives commands."""
    import getpass

    try:
        return f"command:{getpass.getuser()}"
    except (OSError, KeyError):  # a container without a name for its user
        return "command:unknown"
