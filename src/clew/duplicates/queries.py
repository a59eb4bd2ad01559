"""What is asked of pairs: which are open, which were decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from clew.access.model import Actor, Permission
from clew.db.tables import account, audit, duplicate
from clew.duplicates.deciding import MERGED, PARTED
from clew.duplicates.model import MOST, Decision, Reason
from clew.live.contexts.teams import reach_filter


@dataclass(frozen=True)
class Kept:
    """A pair as it is kept. chance: 0..1; decision, decided_by, decided_at: None while it is open"""

    left: str
    right: str
    chance: float
    reasons: Sequence[Reason]
    found_at: int
    decision: Decision | None = None
    decided_by: str | None = None
    decided_at: int | None = None


OPEN = "open"
SORTS: Mapping[str, Any] = {"chance": duplicate.c.chance, "found": duplicate.c.found_at}
_LEFT, _RIGHT = account.alias("left_account"), account.alias("right_account")


def pairs_page(
    connection: Connection,
    *,
    state: str = OPEN,
    text: str = "",
    sort: str = "chance",
    falls: bool = True,
    first: int = 0,
    limit: int = 20,
) -> tuple[Sequence[Kept], int]:
    """Return pairs of accounts that are both there by now, and how many there are.

    state  open | same | different | "" for all     text  words, all of them in the two names or threads
    sort   chance | found
    """
    asked = _between_accounts()
    if state:
        asked = asked.where(duplicate.c.decision.is_(None) if state == OPEN else duplicate.c.decision == state)
    for word in text.casefold().split():
        asked = asked.where(func.lower(_told()).contains(word, autoescape=True))
    total = connection.execute(select(func.count()).select_from(asked.subquery())).scalar_one()
    column = SORTS[sort]
    order = (column.desc() if falls else column.asc(), duplicate.c.left, duplicate.c.right)
    rows = connection.execute(asked.order_by(*order).offset(first).limit(limit))
    return [_kept(row) for row in rows], total


def open_count(connection: Connection) -> int:
    """Count the pairs that wait for a decision."""
    asked = _between_accounts().where(duplicate.c.decision.is_(None))
    return int(connection.execute(select(func.count()).select_from(asked.subquery())).scalar_one())


def pairs_of(connection: Connection, thread: str) -> Sequence[Kept]:
    """Return the open pairs that an account is part of, most probable first."""
    mine = (duplicate.c.left == thread) | (duplicate.c.right == thread)
    asked = _between_accounts().where(mine, duplicate.c.decision.is_(None))
    return [_kept(row) for row in connection.execute(asked.order_by(duplicate.c.chance.desc(), duplicate.c.left))]


def pair(connection: Connection, one: str, other: str) -> Kept | None:
    """Return one pair, None where nothing is kept of it."""
    left, right = sorted((one, other))
    asked = select(duplicate).where(duplicate.c.left == left, duplicate.c.right == right)
    row = connection.execute(asked).one_or_none()
    return None if row is None else _kept(row)


def may_act_on(connection: Connection, actor: Actor, threads: Sequence[str]) -> frozenset[str]:
    """Return those of these accounts on which somebody may act."""
    mine = reach_filter(connection, actor, Permission.ACT)
    asked = select(account.c.thread).where(account.c.thread.in_(threads), mine)
    return frozenset(connection.execute(asked).scalars())


def _between_accounts() -> Select[Any]:
    """Pairs of which both are accounts: one that was merged into another is none any more."""
    joined = duplicate.join(_LEFT, _LEFT.c.thread == duplicate.c.left)
    return select(duplicate).select_from(joined.join(_RIGHT, _RIGHT.c.thread == duplicate.c.right))


def _told() -> Any:
    space = " "
    return _LEFT.c.name + space + _RIGHT.c.name + space + duplicate.c.left + space + duplicate.c.right


def _kept(row: Any) -> Kept:
    return Kept(
        row.left,
        row.right,
        row.chance / MOST,
        tuple(Reason.read(told) for told in row.reasons),
        row.found_at,
        Decision(row.decision) if row.decision else None,
        row.decided_by,
        row.decided_at,
    )


@dataclass(frozen=True)
class Word:
    """What a person said of two ids, by the audit log: who and when."""

    by: str
    at: int


def words_said(connection: Connection) -> Mapping[tuple[str, str], Word]:
    """Return who said last of each pair of ids that both are one account, or are not.

    Pairs as they were named, the smaller id first.
    """
    asked = select(audit.c.actor, audit.c.at, audit.c.detail).where(audit.c.action.in_((MERGED, PARTED)))
    found: dict[tuple[str, str], Word] = {}
    for row in connection.execute(asked.order_by(audit.c.id)):
        for left, right in row.detail.get("pairs", ()):
            found[left, right] = Word(row.actor, row.at)
    return found
