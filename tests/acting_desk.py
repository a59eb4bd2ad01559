"""A desk at which people act: acts written down as pages write them, and who is one account by now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from clew.access.model import Actor, Role
from clew.acts.model import Act
from clew.acts.recording import record
from clew.acts.vocabulary import merged, parted
from clew.archive.reader import open_archive
from clew.db.engine import Database
from clew.db.tables import act
from clew.live.fresh.log import Fresh, open_fresh
from tests.arriving_world import Desk

MINA = Actor("user", "user:3", "Mina Brandt", Role.MEMBER, frozenset({"success"}), user=3)
ALWAYS_AFTER = 2**61  # an instant after everything


class ActingDesk(Desk):
    """A desk with two tools whose ids of accounts differ; `desk:` and `crm:` may be linked by events."""

    def __init__(self, folder: Path, database: Database) -> None:
        super().__init__(folder, database)
        self.source("chat", "receives: clew\naccount: {desk: account}\nlinks: [{desk: account, crm: links.crm}]\n")

    def act(self, one: Act, *, by: Actor = MINA) -> int:
        """Write an act down, as a page does."""
        with self.database.write() as connection:
            return record(connection, one, by=by, now=self.now)

    def merge(self, *pairs: tuple[str, str], at: int | None = None) -> int:
        return self.act(_at(merged(pairs[0][0], pairs), at))

    def part(self, *pairs: tuple[str, str], at: int | None = None) -> int:
        return self.act(_at(parted(pairs[0][0], pairs), at))

    def acts(self) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(select(act).order_by(act.c.id)).all())

    def fresh(self) -> Fresh:
        return open_fresh(self.store, self.database, self.workspace.sources)

    def threads(self, entities: Sequence[str], *, as_of: int = ALWAYS_AFTER, before: int | None = None) -> list[str]:
        """The thread of each entity, archive and tail together."""
        standing = self.fresh().standing
        threads, names = standing.moment(as_of, before).identity.threads, standing.names["entity"]
        codes = [names.code(entity) for entity in entities]
        return [names.text(int(threads[code])) if code >= 0 else entities[n] for n, code in enumerate(codes)]

    def archived_threads(self, entities: Sequence[str], *, as_of: int = ALWAYS_AFTER) -> list[str]:
        """The same, of the archive alone."""
        view = open_archive(self.store).view(as_of)
        names, threads = view.names["entity"], view.threads
        codes = [names.code(entity) for entity in entities]
        return [names.text(int(threads[code])) if code >= 0 else entities[n] for n, code in enumerate(codes)]


def _at(one: Act, at: int | None) -> Act:
    return Act("", one.account, at=at, same=one.same, apart=one.apart)
