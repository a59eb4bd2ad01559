"""The database of a workspace: two SQLite files beside the log, or one PostgreSQL database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import QueuePool

from clew.config.store import private_folder
from clew.errors import ClewError

OPERATIONS = "operations.sqlite"
INBOX = "inbox.sqlite"
_AFTERWARDS = "after commit"  # in the notes of a connection: name -> what is done then
BUSY_S = 30  # how long a writer waits for the one before it

_READS: Mapping[str, dict[str, Any]] = {
    "sqlite": {"reads_only": True},  # known to the listeners below
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}


class NoDriver(ClewError):
    """The driver for PostgreSQL is not installed; install Clew as 'clew[postgres]'."""

    code = "no-driver"


class Database:
    """Operational data of one workspace.

    main   everything but the inbox
    inbox  where arriving events are appended: a file of its own on SQLite, so that who writes state never keeps an
           acknowledgement waiting; the same database on PostgreSQL
    store  the workspace's .clew folder
    bells  rung by name when something was written that somebody in this process waits for
    """

    def __init__(self, main: Engine, inbox: Engine, store: Path) -> None:
        self.main, self.inbox, self.store = main, inbox, store
        self.bells: dict[str, threading.Event] = {}

    @property
    def is_postgres(self) -> bool:
        return self.main.dialect.name == "postgresql"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction on the main database that may write: all of it or nothing, then what `after_commit` has."""
        with self.main.connect() as connection:
            connection.info.pop(_AFTERWARDS, None)  # of a transaction that was given up
            with connection.begin():
                yield connection
            acts = connection.info.pop(_AFTERWARDS, {})
        for act in acts.values():
            act(self)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that only reads, one snapshot of the main database; what would write fails."""
        with reading(self.main) as connection:
            yield connection

    @contextmanager
    def read_inbox(self) -> Iterator[Connection]:
        """A connection that only reads, one snapshot of the inbox; it never keeps an acknowledgement waiting."""
        with reading(self.inbox) as connection:
            yield connection

    def ring(self, bell: str) -> None:
        """Wake whoever waits for this in this process; elsewhere they look by themselves."""
        if bell in self.bells:
            self.bells[bell].set()

    def close(self) -> None:
        self.main.dispose()
        self.inbox.dispose()


def open_database(store: Path, url: str | None = None) -> Database:
    """Open the database of a workspace; tables are made and brought up to date by `clew.db.migrations.migrate`.

    store  the workspace's .clew folder
    url    of a PostgreSQL database ("postgresql://..."); None: SQLite files in the store
    """
    if url:
        _need_driver()
        engine = create_engine(_with_driver(url), pool_size=10, max_overflow=20, pool_pre_ping=True)
        return Database(engine, engine, store)
    private_folder(store)
    return Database(_sqlite(store / OPERATIONS), _sqlite(store / INBOX), store)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to a part of a database that only reads, one snapshot from its first statement on."""
    with engine.connect().execution_options(**_READS[engine.dialect.name]) as connection, connection.begin():
        yield connection


def after_commit(connection: Connection, name: str, act: Callable[[Database], object]) -> None:
    """Have something done once this transaction of `Database.write` is in force; of one name the latest alone."""
    connection.info.setdefault(_AFTERWARDS, {})[name] = act


def insert(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, whatever the database."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _need_driver() -> None:
    if find_spec("psycopg") is None:
        raise NoDriver


def _with_driver(url: str) -> str:
    """Name the driver, so that no default of a library decides."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _sqlite(path: Path) -> Engine:
    path.touch(mode=0o600)  # what arrives tells of persons; SQLite gives its other files the same mode
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=10,
        max_overflow=20,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": BUSY_S},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads before it writes must hold the lock from the start, or it fails half-way.
        reads = connection.get_execution_options().get("reads_only", False)
        if reads:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.info["reads_only"] = True
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def give_back(connection: Any, record: Any) -> None:
        if record.info.pop("reads_only", False) and connection is not None:
            connection.execute("PRAGMA query_only = OFF")

    return engine
