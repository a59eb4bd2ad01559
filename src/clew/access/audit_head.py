"""The head of the audit log, kept outside the database: who cuts off its end must also forge a signed file."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from clew.access.secret import key_for
from clew.config.store import private_folder
from clew.db.engine import Database
from clew.db.tables import audit
from clew.files.replace import replace_file

FILE = "audit.head"
FIRST = "0" * 64  # the digest before the first row
PURPOSE = "audit"


@dataclass(frozen=True)
class Head:
    """The latest row that is known to have been there; (0, FIRST) before any."""

    id: int = 0
    digest: str = FIRST

    def __str__(self) -> str:
        return f"{self.id}:{self.digest}"


def keep_head(database: Database, store: Path, *, secret: str) -> Head:
    """Note the latest row in the store, after it was committed; return it.

    Of two processes the slower may put back a slightly older head: then the check reaches less far, and is still right.
    """
    with database.read() as connection:
        head = latest(connection)
    replace_file(private_folder(store) / FILE, json.dumps({"head": str(head), "seal": _seal(secret, head)}) + "\n")
    return head


def latest(connection: Connection) -> Head:
    """Return the latest row of the log."""
    row = connection.execute(select(audit.c.id, audit.c.digest).order_by(audit.c.id.desc()).limit(1)).one_or_none()
    return Head(row.id, row.digest) if row else Head()


def kept_head(store: Path, *, secret: str) -> Head | None:
    """Return the head that was noted; None where there is none, or where its seal is not ours."""
    try:
        told = json.loads((store / FILE).read_text("utf-8"))
        head = head_of(told["head"])
        return head if hmac.compare_digest(str(told["seal"]), _seal(secret, head)) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def head_of(text: str) -> Head:
    """Read a head as it is printed: "number:digest". Raises ValueError."""
    number, _, digest = text.partition(":")
    return Head(int(number), digest)


def _seal(secret: str, head: Head) -> str:
    return hmac.new(key_for(secret, f"{PURPOSE} head"), str(head).encode(), hashlib.sha256).hexdigest()
