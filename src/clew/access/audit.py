"""The audit log: rows that are only ever appended, each with a keyed digest over itself and the one before."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from clew.access.audit_head import FIRST, PURPOSE, keep_head
from clew.access.model import Actor
from clew.access.secret import key_for
from clew.db.engine import after_commit, insert
from clew.db.tables import audit, cursor

CURSOR = "audit"  # row of `cursor` that holds the last number given, and whose lock puts writers in a row


def record(
    connection: Connection,
    by: Actor,
    action: str,
    *,
    object: str,
    now: int,
    secret: str,
    detail: Mapping[str, object] | None = None,
) -> int:
    """Append a row inside the transaction of what it tells of; return its number.

    action  what was done, as "read", "export", "erase", "add user"
    object  to what: "user:3", "person:12", "source:crm"
    detail  JSON values; never a person's data
    secret  of the workspace: `Settings.secret`

    Call it last in the transaction of `Database.write`: on PostgreSQL other writers wait from here to its end. Once it
    is in force the new head of the log is kept.
    """
    number = _next_number(connection)
    before = connection.execute(select(audit.c.digest).where(audit.c.id == number - 1)).scalar_one_or_none()
    told = plain(detail or {})
    row = {"id": number, "at": now, "actor": by.id, "action": action, "object": object, "detail": told}
    digest = chained(key_for(secret, PURPOSE), before or FIRST, row)
    connection.execute(insert(connection, audit).values(**row, digest=digest))
    after_commit(connection, PURPOSE, lambda database: keep_head(database, database.store, secret=secret))
    return number


def _next_number(connection: Connection) -> int:
    first = insert(connection, cursor).values(name=CURSOR, position=0)
    connection.execute(first.on_conflict_do_nothing())
    mine = cursor.c.name == CURSOR
    last = connection.execute(select(cursor.c.position).where(mine).with_for_update()).scalar_one()
    connection.execute(update(cursor).where(mine).values(position=last + 1))
    return int(last) + 1


def plain(detail: Mapping[str, object]) -> dict[str, Any]:
    """Return a detail as every database gives it back: fractions as text, because they are spelt in several ways."""
    told: dict[str, Any] = json.loads(json.dumps(detail, default=str), parse_float=str)
    return told


def chained(key: bytes, before: str, row: Mapping[str, Any]) -> str:
    """Return the digest of a row: over all it says and the digest before."""
    said = [before, *(row[name] for name in ("id", "at", "actor", "action", "object", "detail"))]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
