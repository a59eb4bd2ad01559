"""Commands that write the log beside a running system: it goes on, and only one writes the archive."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from clew.cli.opened import Opened
    from clew.ingest.next_generation import Fence

_URL = "CLEW_DATABASE_URL"


@contextmanager
def archive_held(store: Path) -> Iterator[tuple[Opened | None, Fence]]:
    """Hold the archive against workers and other commands, and give what is held while a generation is put in force.

    Where the workspace has no database nobody else can be at work, and none is made.
    """
    if not has_database(store):
        yield None, nullcontext
        return
    from clew import clock
    from clew.cli.opened import opened
    from clew.live.keeping.holding import held_archive

    with opened() as here, held_archive(here.database, store, owner=owner(), clock=clock.now, told=say) as holding:
        yield here, holding.fence


def note(folder: Path, action: str, target: str, **detail: object) -> None:
    """Leave a row in the audit log of a workspace that has a database; where it has none, none is made."""
    from clew.cli.opened import opened
    from clew.config.store import STORE

    if has_database(folder / STORE):
        with opened(folder) as here:
            here.note(action, target, **detail)


def owner() -> str:
    """Name this command as the holder of leases."""
    import socket

    from clew.live.keeping.holding import COMMAND

    return f"{COMMAND}{socket.gethostname()}:{os.getpid()}"


def say(sentence: str) -> None:
    """Tell a person who waits why."""
    typer.echo(sentence, err=True)


def has_database(store: Path) -> bool:
    """Say whether a workspace has operational data: an own database, or settings that may name one."""
    from clew.config import settings_file

    given = any(os.environ.get(name) for name in (_URL, f"{_URL}_FILE"))
    return given or (store / "operations.sqlite").exists() or settings_file(store, os.environ).exists()
