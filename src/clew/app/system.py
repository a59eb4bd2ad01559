"""A workspace made ready to be served: settings read, database open and current, parts of the web process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from clew import clock, logs
from clew.access.signing_in.links import first_link
from clew.acts.recording import BELL
from clew.config import Settings, read_settings
from clew.config.store import STORE
from clew.db.engine import Database, open_database
from clew.db.migrations import migrate
from clew.web.ingest.limits import limits_of
from clew.web.ingest.receiving import RECEIVING, Receiving, open_receiving
from clew.web.ingest.sources import SourceWires
from clew.web.parts import Parts
from clew.web.signing_in.links import link_path


@dataclass(frozen=True)
class System:
    """What one process stands on."""

    folder: Path
    settings: Settings
    database: Database

    @property
    def store(self) -> Path:
        return self.folder / STORE


@contextmanager
def opened(folder: Path, environ: Mapping[str, str], **chosen: object) -> Iterator[System]:
    """Read settings, open the database and bring it up to date; closed in the end.

    folder  of the workspace       chosen  settings that an option gave: host, port
    Raises  BadSettings, NewerSchema
    """
    settings = read_settings(folder / STORE, environ)
    settings = replace(settings, **{name: value for name, value in chosen.items() if value is not None})  # type: ignore[arg-type]
    logs.begin(settings.log_level, settings.log_format)
    database = open_database(folder / STORE, settings.database_url)
    try:
        migrate(database)
        yield System(folder, settings, database)
    finally:
        database.close()


@contextmanager
def web_parts(system: System, bell: Event | None = None) -> Iterator[Parts]:
    """Put together what the web application stands on; what was handed over is written in the end.

    bell  rung when events have arrived, or somebody's act was written down
    """
    if bell is not None:
        system.database.bells[BELL] = bell
    wires = SourceWires(system.folder)
    limits = limits_of(system.settings)
    receiving: Receiving = open_receiving(system.database, system.folder, wires, limits=limits, bell=bell)
    try:
        yield Parts(system.folder, system.database, system.settings, kept={RECEIVING: receiving})
    finally:
        receiving.close()


def first_way_in(system: System) -> str:
    """Return the link by which somebody becomes the first admin, "" where people may sign in already."""
    with system.database.write() as connection:
        token = first_link(connection, now=clock.now())
    return system.settings.address + link_path(token) if token else ""
