"""Hold the audit log against its digests: a row that was changed, taken out or cut off shows."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from clew.access.audit import CURSOR, chained
from clew.access.audit_head import FILE, FIRST, PURPOSE, Head, kept_head
from clew.access.secret import key_for
from clew.db.cursors import position_of
from clew.db.engine import Database
from clew.db.tables import audit

_AT_ONCE = 1_000
_MOST_FAULTS = 20


@dataclass(frozen=True)
class AuditCheck:
    """What a check found.

    rows    how many there are
    faults  a sentence each, at most 20; empty: nothing was altered
    head    of the log as it is now: note it elsewhere and give it to the next check
    """

    rows: int
    faults: Sequence[str]
    head: Head


def check_audit(database: Database, store: Path, *, secret: str, noted: Sequence[Head] = ()) -> AuditCheck:
    """Check the log of a workspace against its digests, the head in its store, and heads that somebody wrote down."""
    kept = kept_head(store, secret=secret)
    with database.read() as connection:
        found = verify_audit(connection, secret=secret, heads=[*noted, *([kept] if kept else [])])
    if kept is None and found.rows:
        fault = f"{store / FILE} is missing or was altered: whether the end of the log was cut off cannot be told"
        return replace(found, faults=(*found.faults, fault))
    return found


def verify_audit(connection: Connection, *, secret: str, heads: Sequence[Head] = ()) -> AuditCheck:
    """Check every row's digest and number, and that the log reaches at least to these heads.

    heads  noted outside the database: `kept_head`, or one that somebody wrote down
    """
    faults: list[str] = []
    rows, before, digests = 0, Head(), {0: FIRST}
    wanted = {head.id for head in heads}
    for row in _rows(connection):
        rows += 1
        faults += _faults_of(row, before, key_for(secret, PURPOSE))
        before = Head(row.id, row.digest)
        if row.id in wanted:
            digests[row.id] = row.digest
    faults += [fault for head in heads for fault in _beyond(head, digests, before)]
    faults += _counted(connection, before)
    return AuditCheck(rows, tuple(faults[:_MOST_FAULTS]), before)


def _rows(connection: Connection) -> Iterator[Row[Any]]:
    last = 0
    while found := connection.execute(
        select(audit).where(audit.c.id > last).order_by(audit.c.id).limit(_AT_ONCE)
    ).all():
        yield from found
        last = found[-1].id


def _faults_of(row: Row[Any], before: Head, key: bytes) -> Iterator[str]:
    if row.id != before.id + 1:
        gone = f"row {before.id + 1} is" if row.id == before.id + 2 else f"rows {before.id + 1} to {row.id - 1} are"
        yield f"{gone} missing"
    elif not hmac.compare_digest(chained(key, before.digest, row._asdict()), row.digest):
        yield f"row {row.id} was altered, or written without the secret of this workspace"


def _beyond(head: Head, digests: dict[int, str], last: Head) -> Iterator[str]:
    if head.id > last.id:
        yield f"the log ends at row {last.id}, but row {head.id} was there: its end was cut off"
    elif digests.get(head.id) != head.digest:
        yield f"row {head.id} is another one than was noted"


def _counted(connection: Connection, last: Head) -> Iterator[str]:
    given = position_of(connection, CURSOR)
    if given != last.id:
        yield f"the log ends at row {last.id}, but {given} numbers were given"
