"""A small firm whose tools send events: bodies put into the inbox, turns of the intake and of the keeping, the log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from clew.archive.reader import open_archive
from clew.archive.spelling import spell
from clew.clock import HOUR_US, to_datetime
from clew.db.engine import Database
from clew.db.leases import Lease, claim
from clew.db.tables import arrived, held, inbox, rejected, tail_block
from clew.ingest.arriving.appending import appending
from clew.ingest.arriving.model import Arriving
from clew.live.intake.actions import Memory, take_in
from clew.live.intake.model import Taken
from clew.live.keeping.actions import keep
from clew.live.keeping.model import Kept
from clew.workspace.workspace import Workspace, open_workspace

NOW = 1_767_225_600_000_000  # 2026-01-01, midnight UTC
CHAT = "receives: clew\n"


class Desk:
    """A workspace with a source `chat` that receives Clew's own form, beside a database."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database, self.store = folder, database, folder / ".clew"
        self.now = NOW
        (folder / "sources").mkdir(exist_ok=True)
        (folder / "clew.yaml").write_text("firm: Desk\ncurrency: EUR\ntime_zone: UTC\n")
        self.source("chat", CHAT)

    def source(self, name: str, written: str) -> None:
        (self.folder / "sources" / f"{name}.yaml").write_text(written)

    @property
    def workspace(self) -> Workspace:
        return open_workspace(self.folder)

    def send(
        self,
        *events: Mapping[str, Any],
        source: str = "chat",
        quiet: bool = False,
        body: bytes | None = None,
        wire: str = "clew",
        at: int | None = None,
        kind: str = "batch",
    ) -> None:
        """Put one body into the inbox, as a request that was acknowledged."""
        told = json.dumps({"events": events}).encode() if body is None else body
        self.put([Arriving(source, wire, kind, self.now if at is None else at, told, quiet)])

    def put(self, bodies: Sequence[Arriving]) -> None:
        connection = self.database.inbox.raw_connection()
        try:
            appending(self.database)(connection.driver_connection, bodies)
        finally:
            connection.invalidate()

    def lease(self, name: str = "intake", owner: str = "me") -> Lease:
        with self.database.write() as connection:
            found = claim(connection, name, owner, now=self.now)
        assert found is not None
        return found

    def take_in(self, memory: Memory | None = None, limit: int = 1_000) -> Taken:
        return take_in(self.database, self.workspace, self.lease(), now=self.now, memory=memory, limit=limit)

    def keep(self, *, at_once: bool = True, **more: Any) -> Kept | None:
        return keep(self.database, self.workspace, self.lease("archive"), now=self.now, at_once=at_once, **more)

    def later(self, us: int = HOUR_US) -> None:
        self.now += us

    def log(self) -> Any:
        """The archive as words."""
        return spell(open_archive(self.store).view(as_of=2**62), learnt=False)

    def rows(self) -> int:
        with self.database.read() as connection:
            return int(connection.execute(select(func.coalesce(func.sum(tail_block.c.rows), 0))).scalar_one())

    def counts(self, source: str = "chat") -> dict[str, int]:
        """What became of the events of a source, over all minutes; nothing that is 0."""
        with self.database.read() as connection:
            found = connection.execute(select(arrived).where(arrived.c.source == source)).mappings().all()
        names = ("received", "accepted", "duplicate", "rejected", "held", "late", "about")
        told = {name: sum(row[name] for row in found) for name in names}
        return {name: count for name, count in told.items() if count}

    def rejected(self) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(select(rejected).order_by(rejected.c.id)).all())

    def held(self) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(select(held).order_by(held.c.id)).all())

    def bodies(self) -> bytes:
        """What the tail holds, as bytes."""
        with self.database.read() as connection:
            return b"".join(map(bytes, connection.execute(select(tail_block.c.body)).scalars()))

    def quiet(self) -> list[bool]:
        """Of each block of the tail whether it is backfill."""
        with self.database.read() as connection:
            return list(connection.execute(select(tail_block.c.quiet).order_by(tail_block.c.position)).scalars())

    def waiting(self) -> int:
        with self.database.inbox.connect() as connection:
            return connection.execute(select(func.count()).select_from(inbox)).scalar_one()

    def everything(self) -> bytes:
        """All bytes of the store and all cells of the database, to look for what must not be there."""
        files = [path.read_bytes() for path in sorted(self.store.rglob("*")) if path.is_file()]
        return b"\n".join([*files, *self._cells()])

    def _cells(self) -> list[bytes]:
        if not self.database.is_postgres:
            return []
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        with self.database.read() as connection:
            names = connection.execute(text(tables)).scalars().all()
            rows = [row for name in names for row in connection.execute(text(f'SELECT * FROM "{name}"'))]
        return [cell if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row]


def event(number: int, name: str = "said", *, at: int = NOW, **more: Any) -> dict[str, Any]:
    """An event of the account f1 by ada@x.org, an hour before NOW for each number."""
    when = to_datetime(at - number * HOUR_US).isoformat()
    return {"id": f"e{number}", "event": name, "at": when, "account": "f1", "contact": "ada@x.org", **more}
