"""Examine a workspace from its settings to its last backup; what cannot be examined is a finding itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from clew.access.audit_check import check_audit
from clew.config import BadSettings, Settings, read_settings
from clew.config.store import STORE
from clew.db.engine import OPERATIONS, Database, open_database
from clew.db.migrations import is_current
from clew.db.reaching import MEND, no_answer
from clew.errors import ClewError
from clew.live.health.doctor.databases import examine_clock, examine_integrity, examine_schema
from clew.live.health.doctor.logs import examine_archive, examine_tail
from clew.live.health.doctor.model import Finding, Grade, fine, wrong
from clew.live.health.doctor.place import examine_disk, examine_environment, examine_files, examine_secrets
from clew.live.health.doctor.work import (
    alive_processes,
    examine_aside,
    examine_backlog,
    examine_backups,
    examine_failing,
    examine_processes,
)
from clew.live.health.measures import measures

_ORDER = list(Grade)


def examine(folder: Path, environ: Mapping[str, str], *, now: int) -> list[Finding]:
    """Examine everything; what is wrong comes first."""
    return sorted(_all(folder, environ, now), key=lambda finding: _ORDER.index(finding.grade))


def _all(folder: Path, environ: Mapping[str, str], now: int) -> Iterator[Finding]:
    store = folder / STORE
    yield from _safely("files", lambda: examine_files(folder))
    if not store.is_dir():
        yield fine("archive", "nothing was loaded and nothing arrived yet")
        return
    yield from _safely("settings", lambda: examine_environment(store, environ))
    yield from _safely("secrets", lambda: examine_secrets(store))
    yield from _safely("disk", lambda: examine_disk(store))
    yield from _safely("archive", lambda: examine_archive(store))
    yield from _safely("database", lambda: examine_integrity(store))
    try:
        settings = read_settings(store, environ)
    except BadSettings as refused:
        yield from (wrong("settings", problem, "mend it: nothing starts until then") for problem in refused.problems)
        return
    if settings.database_url is None and not (store / OPERATIONS).exists():
        yield fine("database", "no operational data yet: 'clew serve' makes them")
        return
    yield from _safely("database", lambda: _operational(store, settings, now))


def _operational(store: Path, settings: Settings, now: int) -> Iterator[Finding]:
    database = open_database(store, settings.database_url)
    try:
        yield from examine_schema(database)
        if is_current(database):
            yield from _safely("clock", lambda: examine_clock(database, now=now))
            yield from _safely("tail", lambda: examine_tail(database, store))
            yield from _safely("workers", lambda: _working(database, store, now))
            yield from _safely("audit", lambda: _audited(database, store, settings))
    finally:
        database.close()


def _working(database: Database, store: Path, now: int) -> Iterator[Finding]:
    measured = {one.name: one for one in measures(database, store, now=now)}
    yield from examine_backlog(measured, working=alive_processes(database, now=now))
    with database.read() as connection:
        yield from examine_processes(connection, now=now)
        yield from examine_aside(connection)
        yield from examine_failing(connection, now=now)
        yield from examine_backups(connection, now=now)


def _audited(database: Database, store: Path, settings: Settings) -> Iterator[Finding]:
    checked = check_audit(database, store, secret=settings.secret)
    for fault in checked.faults:
        yield wrong("audit", fault, "find out who altered the database; a backup holds the log as it was")
    if not checked.faults:
        yield fine("audit", f"{checked.rows:,} rows, none altered")


def _safely(area: str, found: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield findings; an examination that fails is one."""
    try:
        yield from found()
    except SQLAlchemyError as fault:
        yield wrong(area, no_answer(fault), MEND)
    except (ClewError, OSError) as fault:
        yield wrong(area, str(fault), "mend that and run 'clew doctor' again")
