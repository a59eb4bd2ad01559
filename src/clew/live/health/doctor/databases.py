"""The database: whether it answers, has the present schema, is whole, and keeps the same time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from clew.accounts.persons import PERSONS
from clew.clock import US
from clew.db.engine import INBOX, OPERATIONS, Database
from clew.db.migrations import known_schemas, present, schema_of
from clew.live.health.doctor.model import Finding, fine, look, wrong

_SKEW_US = 2 * US  # leases are told by the clocks of those who hold them


def examine_schema(database: Database) -> Iterator[Finding]:
    """Say which schema the database has."""
    found = schema_of(database)
    kind = "PostgreSQL" if database.is_postgres else "SQLite"
    newer = [schema for schema in found.values() if schema is not None and schema not in known_schemas()]
    if newer:
        says = f"{kind} has schema {newer[0]}, this Clew knows schemas up to {present()}"
        yield wrong("database", says, "install the newer Clew that wrote it, or bring back a backup of before")
    elif set(found.values()) != {present()}:
        says = f"{kind} has not the present schema {present()} yet"
        yield wrong("database", says, "start 'clew serve' or 'clew worker': either brings it up to date")
    else:
        yield fine("database", f"{kind} answers, schema {present()}")


def examine_integrity(store: Path) -> Iterator[Finding]:
    """Let SQLite check its files."""
    whole = []
    for name in (OPERATIONS, INBOX, PERSONS):
        if not (store / name).exists():
            continue
        faults = _faults(store / name)
        if faults:
            mend = "stop Clew, keep a copy of the file, and bring back the last backup"
            yield wrong("database", f"{store / name} is damaged: {faults[0]}", mend)
        else:
            whole.append(name)
    if whole:
        yield fine("database", f"{', '.join(whole)}: whole")


def _faults(path: Path) -> list[str]:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as connection:
            said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
    except sqlite3.Error as fault:
        return [str(fault)]
    return [] if said == ["ok"] else said


def examine_clock(database: Database, *, now: int) -> Iterator[Finding]:
    """Compare this machine's clock with the database's, which other machines use too."""
    if not database.is_postgres:
        return
    with database.read() as connection:
        seconds = connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
    skew = int(seconds * US) - now
    if abs(skew) > _SKEW_US:
        says = f"this machine's clock and the database's are {abs(skew) / US:,.1f} s apart"
        yield look("clock", says, "let both keep time by the network (NTP): leases and due instants go by it")
    else:
        yield fine("clock", "this machine and the database keep the same time")
