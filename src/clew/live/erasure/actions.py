"""Erase a person everywhere: what has arrived is taken in first, so that nothing is missed and no total changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select

from clew.accounts.persons import PersonStore, open_persons
from clew.db.engine import Database
from clew.db.leases import Lease
from clew.db.tables import backup
from clew.ingest.erasure import UnknownPerson, erase_person
from clew.live import failpoints
from clew.live.erasure.derived import clean_derived
from clew.live.erasure.model import Everywhere, OldBackup
from clew.live.erasure.parked import forget_held, forget_rejected, names_somebody, remove_uploads
from clew.live.erasure.written import clean_state, clean_tail, forget_pages
from clew.live.intake.actions import LEASE as INTAKE
from clew.live.intake.actions import Memory, take_in
from clew.live.keeping.actions import keep
from clew.live.keeping.holding import COMMAND, held_archive, held_lease
from clew.workspace.workspace import Workspace


def erase_everywhere(
    workspace: Workspace,
    database: Database,
    identifier: str,
    *,
    clock: Callable[[], int],
    owner: str = f"{COMMAND}erasure",
    told: Callable[[str], None] = lambda _: None,
) -> Everywhere:
    """Erase the persons with this identifier or e-mail address from the log and from all that waits beside it.

    Beside a running system: its intake and its keeping are overtaken, what has arrived is taken in and brought into
    the archive, exports that were sent are loaded; then the person is erased. What arrives of the person afterwards
    finds the tombstone. One that was stopped half-way is taken up by the same call.

    clock, owner, told  as of `held_archive`
    Raises              UnknownPerson where nothing names them
    """
    with (
        held_lease(database, INTAKE, owner=owner, clock=clock, told=told) as intake,
        held_archive(database, workspace.store, owner=owner, clock=clock, told=told) as archive,
    ):
        _bring_in(database, workspace, intake.lease, archive.lease, clock)
        failpoints.reach("erasure.brought-in")
        return _Erasing(workspace, database, identifier.strip(), clock()).run()


def _bring_in(
    database: Database, workspace: Workspace, intake: Lease, archive: Lease, clock: Callable[[], int]
) -> None:
    """Take in everything that waits; events that lie ahead stay held."""
    memory = Memory(workspace.store)
    try:
        while take_in(database, workspace, intake, now=clock(), memory=memory).more:
            pass
    finally:
        memory.close()
    while (kept := keep(database, workspace, archive, now=clock(), at_once=True)) is not None and kept.more:
        pass


class _Erasing:
    """What is done while nobody else writes. What the person was called is forgotten last."""

    def __init__(self, workspace: Workspace, database: Database, identifier: str, now: int) -> None:
        self._workspace, self._database, self._identifier, self._now = workspace, database, identifier, now

    def run(self) -> Everywhere:
        with open_persons(self._workspace.store) as persons:
            names = self._buried(persons)
            held = forget_held(self._database, persons, names)
            rejected = forget_rejected(self._database, persons, names, now=self._now)
            uploads = remove_uploads(self._database, self._workspace.dir, names)
            failpoints.reach("erasure.parked-erased")
            blocks = clean_tail(self._database, persons.cleaning)
            state = clean_state(self._database, persons.cleaned)
        failpoints.reach("erasure.cleaned")
        log = erase_person(self._workspace.dir, self._identifier)
        failpoints.reach("erasure.log-erased")
        with open_persons(self._workspace.store) as persons:  # last: what is derived meanwhile is derived of the log
            state += clean_derived(self._database, persons.cleaned_value, now=self._now)
        forget_pages(self._database)
        return Everywhere(log, held, rejected, blocks, state, uploads, _older_backups(self._database, self._now))

    def _buried(self, persons: PersonStore) -> Sequence[str]:
        """Write the tombstones; return what the persons were called."""
        records = persons.find(self._identifier)
        known = records or persons.former_number(self._identifier) is not None
        if not known and self._identifier and names_somebody(self._database, self._identifier):
            with persons.transaction():  # known from events alone that are not in the log
                persons.surrogates([self._identifier])
            records = persons.find(self._identifier)
        if records:
            persons.bury(records, self._identifier)
        called = {name for record in records for name in (record.identifier, record.email, record.name) if name}
        return sorted({self._identifier, *called} - {""})


def _older_backups(database: Database, now: int) -> Sequence[OldBackup]:
    made = select(backup.c.place, backup.c.at).where(backup.c.at <= now).order_by(backup.c.at)
    with database.read() as connection:
        return tuple(OldBackup(row.place, row.at) for row in connection.execute(made))


__all__ = ["UnknownPerson", "erase_everywhere"]
