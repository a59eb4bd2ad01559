"""Write acts down once: what is sent twice is done once, and of two who do the same the first does it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Connection, delete, select

from clew.access.model import Actor, Permission
from clew.access.policy import may
from clew.accounts.persons import Record, open_persons
from clew.acts.model import Act
from clew.acts.recording import record
from clew.clock import DAY_US
from clew.db.engine import insert
from clew.db.tables import act_once, handoff, membership
from clew.errors import BadRequest, ClewError
from clew.live.contexts.queries import teams_of_accounts

KEPT_US = 30 * DAY_US  # that a request sent again is known; afterwards the log still takes its event in once
LONGEST_KEY = 200


class Overtaken(ClewError):
    """Somebody else did it a moment ago; look again."""

    code = "overtaken"

    def __init__(self, by: str, at: int) -> None:
        self.by, self.at = by, at
        super().__init__(f"{by} was faster and has settled this a moment ago; open it again to see how it stands")


class KeyUsed(ClewError):
    """The same key came with another request before."""

    code = "key-used"

    def __init__(self, key: str) -> None:
        super().__init__(f"the key '{key[:80]}' was sent before with another request; take a new key for each act")


@dataclass(frozen=True)
class Once:
    """What happens once.

    key     of whoever asks, the same when they ask again; "" where nobody named one
    asked   everything that was asked for
    settles what this brings to its end, "" for nothing: of two who do it the first does
    """

    key: str = ""
    asked: Mapping[str, str] | None = None
    settles: str = ""

    @property
    def digest(self) -> str:
        return _digest(*(f"{name}={value}" for name, value in sorted((self.asked or {}).items())))


@dataclass(frozen=True)
class Done:
    """An act that was written down. again: it was before, and nothing was done now"""

    act: int
    again: bool = False


def stable_id(by: Actor, key: str) -> str:
    """Return what names the act that a key stands for, whenever it is sent; "" without a key. Raises BadRequest."""
    if len(key) > LONGEST_KEY:
        raise BadRequest(f"a key of {len(key)} characters is too long; at most {LONGEST_KEY}")
    return _digest(by.id, key)[:32] if key else ""


def done_before(connection: Connection, by: Actor, once: Once) -> Done | None:
    """Return what was done for this key, None where it is new. Raises KeyUsed."""
    if not once.key:
        return None
    asked = select(act_once).where(act_once.c.key == _digest("key", by.id, once.key))
    row = connection.execute(asked).one_or_none()
    if row is None:
        return None
    if row.digest != once.digest:
        raise KeyUsed(once.key)
    return Done(row.act, again=True)


def write_down(connection: Connection, act: Act, once: Once, *, by: Actor, now: int) -> Done:
    """Write an act down unless it was done; inside the transaction that notes it in the audit log.

    Raises Overtaken where somebody else settled the same, or the same key came at the same instant
    """
    connection.execute(delete(act_once).where(act_once.c.at < now - KEPT_US))
    number = record(connection, act, by=by, now=now, id=stable_id(by, once.key))
    keys = [_digest("key", by.id, once.key)] if once.key else []
    keys += [_digest("settles", once.settles)] if once.settles else []
    for key in keys:
        row = {"key": key, "act": number, "digest": once.digest, "by": by.name or by.id, "at": now}
        first = insert(connection, act_once).values(row).on_conflict_do_nothing().returning(act_once.c.key)
        if connection.execute(first).one_or_none() is None:
            other = connection.execute(select(act_once).where(act_once.c.key == key)).one()
            raise Overtaken(other.by, other.at)
    return Done(number)


def threads_of_handoff(connection: Connection, id: str) -> Sequence[str]:
    """Return the accounts that have a handoff of this id: one, but for things that belong to several."""
    asked = select(handoff.c.thread).where(handoff.c.id == id).order_by(handoff.c.thread)
    return connection.execute(asked).scalars().all()


def strangers(connection: Connection, actor: Actor, thread: str, named: str, *, store: Path) -> Sequence[Record]:
    """Return who is known by an id or address, of other accounts alone, and whom the actor may not know from there.

    thread  the account on which somebody names them      store  the workspace's .clew folder
    """
    with open_persons(store) as persons:
        found = persons.find(named)
    return [one for one in found if not _may_know(connection, actor, thread, one.surrogate)]


def _may_know(connection: Connection, actor: Actor, thread: str, contact: int) -> bool:
    at = set(connection.execute(select(membership.c.thread).where(membership.c.contact == contact)).scalars())
    teams = teams_of_accounts(connection, at).values() if thread not in at else ()
    return thread in at or any(may(actor, Permission.SEE_PERSONS, team) for team in teams)


def _digest(*parts: str) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
