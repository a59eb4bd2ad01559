"""Write keys: with which a tool sends events to one source. Kept as SHA-256; the key itself is shown once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from clew.db.tables import write_key
from clew.errors import BadRequest, UnknownName

PREFIX = "cw_"  # tells a key of Clew apart in a leaked file; never valid in base64, so it may stand there raw
_BYTES = 24  # of chance
_SHOWN = 8  # signs by which people tell keys apart


class Scope(StrEnum):
    """What a write key may send."""

    EVENTS = "events"
    BACKFILL = "backfill"  # quiet events: state and history, no consequences
    UPLOAD = "upload"  # files


@dataclass(frozen=True)
class WriteKey:
    """A key as it is kept.

    shown    its beginning
    used_at  last use, noted about once a minute; None: never
    off_at   refused from then on; in the future for a key that is being rotated, None: holds on
    """

    id: int
    source: str
    shown: str
    scopes: frozenset[Scope]
    made_at: int
    used_at: int | None = None
    off_at: int | None = None

    def holds(self, now: int) -> bool:
        """Say whether it is accepted at a moment."""
        return self.off_at is None or now < self.off_at


def digest_of(key: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def add_key(
    connection: Connection, source: str, *, scopes: Iterable[Scope], now: int, key: str | None = None
) -> tuple[str, WriteKey]:
    """Make a key; return it, this once, and what is kept.

    key  None: made by chance. A given one takes over what a tool sends with already
    """
    key = key or PREFIX + secrets.token_urlsafe(_BYTES)
    wanted = sorted(set(scopes))
    if not wanted:
        raise BadRequest(f"a key without scopes can send nothing; allowed: {', '.join(Scope)}")
    if connection.execute(select(write_key.c.id).where(write_key.c.digest == digest_of(key))).first():
        raise BadRequest("this key is known already, or was once; one key is one source's")
    row: dict[str, Any] = {"source": source, "shown": key[:_SHOWN], "scopes": wanted, "made_at": now}
    made = connection.execute(insert(write_key).values(**row, digest=digest_of(key)))
    assert made.inserted_primary_key is not None
    return key, WriteKey(made.inserted_primary_key[0], source, row["shown"], frozenset(wanted), now)


def rotate_key(connection: Connection, number: int, *, overlap_us: int, now: int) -> tuple[str, WriteKey]:
    """Make a key with the source and scopes of another, which goes on to hold for the overlap and then ends."""
    old = key_of(connection, number)
    if not old.holds(now):
        raise BadRequest(f"key {number} has ended; add one for source '{old.source}' instead")
    made = add_key(connection, old.source, scopes=old.scopes, now=now)
    _end(connection, number, now + overlap_us if old.off_at is None else min(old.off_at, now + overlap_us))
    return made


def end_key(connection: Connection, number: int, *, now: int) -> WriteKey:
    """End a key; it is refused from now on."""
    old = key_of(connection, number)
    if old.holds(now):
        _end(connection, number, now)
    return key_of(connection, number)


def key_of(connection: Connection, number: int) -> WriteKey:
    """Return a key by its number. Raises UnknownName."""
    found = {key.id: key for key in all_keys(connection)}
    if number not in found:
        raise UnknownName("key", str(number), map(str, found))
    return found[number]


def all_keys(connection: Connection, source: str | None = None) -> Sequence[WriteKey]:
    """Return keys, ended ones too, by source and age."""
    asked = select(write_key).order_by(write_key.c.source, write_key.c.id)
    if source is not None:
        asked = asked.where(write_key.c.source == source)
    return [_key(row) for row in connection.execute(asked)]


def keys_in_force(connection: Connection, now: int) -> Mapping[str, WriteKey]:
    """Return keys that hold, by digest."""
    held = (write_key.c.off_at.is_(None)) | (write_key.c.off_at > now)
    return {row.digest: _key(row) for row in connection.execute(select(write_key).where(held))}


def note_uses(connection: Connection, used_at: Mapping[int, int]) -> None:
    """Note when keys were last used, by number."""
    for number, at in used_at.items():
        mine = (write_key.c.id == number) & ((write_key.c.used_at.is_(None)) | (write_key.c.used_at < at))
        connection.execute(update(write_key).where(mine).values(used_at=at))


def _end(connection: Connection, number: int, at: int) -> None:
    connection.execute(update(write_key).where(write_key.c.id == number).values(off_at=at))


def _key(row: Any) -> WriteKey:
    scopes = frozenset(Scope(scope) for scope in row.scopes)
    return WriteKey(row.id, row.source, row.shown, scopes, row.made_at, row.used_at, row.off_at)
