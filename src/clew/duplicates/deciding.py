"""Decisions about pairs: a person says that two accounts are one, or that they are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from clew.access.audit import record as note
from clew.access.model import Actor, Permission
from clew.access.policy import require
from clew.acts.recording import record
from clew.acts.vocabulary import merged, parted
from clew.db.bulk import among
from clew.db.engine import insert
from clew.db.tables import account, account_id, duplicate
from clew.duplicates.model import Decision
from clew.errors import BadRequest, ClewError
from clew.live.contexts.queries import account_team, teams_of_accounts

MERGED, PARTED = "merge accounts", "part accounts"  # actions of the audit log


class NoSuchPair(ClewError):
    """These two are not accounts any more, or never were."""

    code = "unknown-pair"


def merge(connection: Connection, one: str, other: str, *, by: Actor, now: int, secret: str) -> int:
    """Say that two accounts are one; return the number of the act. All of both shows as one account afterwards.

    Raises Forbidden, NoSuchPair
    """
    left, right = _checked(connection, one, other, by)
    act = record(connection, merged(left, [(left, right)]), by=by, now=now)
    _decide(connection, left, right, Decision.SAME, by=by, now=now)
    _note(connection, MERGED, left, [(left, right)], act, by=by, now=now, secret=secret)
    return act


def part(
    connection: Connection, account: str, pairs: Sequence[tuple[str, str]], *, by: Actor, now: int, secret: str
) -> int:
    """Say of ids of an account that they are not one; return the number of the act. Splits it, or undoes a merge.

    pairs   of entities, as `clew.live.fresh.merging.cut` names them
    Raises  Forbidden, BadRequest where there is none
    """
    require(by, Permission.ACT, account_team(connection, account))
    if not pairs:
        raise BadRequest("nothing links these ids with the others; choose some of those that links name")
    act = record(connection, parted(account, pairs), by=by, now=now)
    for left, right in (sorted(pair) for pair in pairs):
        _decide(connection, left, right, Decision.DIFFERENT, by=by, now=now)
    _note(connection, PARTED, account, pairs, act, by=by, now=now, secret=secret)
    return act


def rejoin(
    connection: Connection, account: str, pairs: Sequence[tuple[str, str]], *, by: Actor, now: int, secret: str
) -> int:
    """Take back that ids are not one account; return the number of the act. Raises Forbidden, BadRequest.

    account  on which it is asked; who takes it back may act on what each of the ids is part of
    """
    if not pairs:
        raise BadRequest("name the ids that are one account after all")
    parts = _threads(connection, {end for pair in pairs for end in pair}).values()
    for team in teams_of_accounts(connection, {account, *parts}).values():
        require(by, Permission.ACT, team)
    act = record(connection, merged(account, pairs), by=by, now=now)
    for left, right in (sorted(pair) for pair in pairs):
        _decide(connection, left, right, Decision.SAME, by=by, now=now)
    _note(connection, MERGED, account, pairs, act, by=by, now=now, secret=secret)
    return act


def keep_apart(connection: Connection, one: str, other: str, *, by: Actor, now: int, secret: str) -> None:
    """Say that two accounts are different; the pair is not shown to anybody again. Raises Forbidden, NoSuchPair."""
    left, right = _checked(connection, one, other, by)
    _decide(connection, left, right, Decision.DIFFERENT, by=by, now=now)
    note(
        connection, by, "keep accounts apart", object=f"account:{left}", detail={"from": right}, now=now, secret=secret
    )


def reopen(connection: Connection, one: str, other: str, *, by: Actor, now: int, secret: str) -> None:
    """Take back that two accounts are different; they may be found alike again. Raises Forbidden, NoSuchPair."""
    left, right = _checked(connection, one, other, by)
    forget(connection, left, right)
    note(
        connection, by, "ask again of accounts", object=f"account:{left}", detail={"and": right}, now=now, secret=secret
    )


def _note(
    connection: Connection, action: str, thread: str, pairs: Sequence[tuple[str, str]], act: int, **of: Any
) -> None:
    """Note it in the audit log; ids of accounts are no person's data."""
    detail = {"pairs": [sorted(pair) for pair in pairs], "act": act}
    note(connection, of["by"], action, object=f"account:{thread}", detail=detail, now=of["now"], secret=of["secret"])


def _checked(connection: Connection, one: str, other: str, by: Actor) -> tuple[str, str]:
    left, right = sorted((one, other))
    if left == right:
        raise BadRequest(f"'{one[:80]}' is one account already; name two")
    known = set(connection.execute(select(account.c.thread).where(account.c.thread.in_((left, right)))).scalars())
    gone = {left, right} - known
    if gone:
        raise NoSuchPair(f"there is no account '{min(gone)[:80]}': it may have become part of another")
    for team in teams_of_accounts(connection, (left, right)).values():
        require(by, Permission.ACT, team)
    return left, right


def _decide(connection: Connection, left: str, right: str, decision: Decision, *, by: Actor, now: int) -> None:
    told = {"decision": decision, "decided_by": by.id, "decided_at": now}
    row = {"left": left, "right": right, "chance": 0, "reasons": [], "found_at": now, **told}
    made = insert(connection, duplicate).values(row)
    connection.execute(made.on_conflict_do_update(index_elements=["left", "right"], set_=told))


def forget(connection: Connection, left: str, right: str) -> None:
    """Open a pair again that was decided."""
    left, right = sorted((left, right))
    mine = (duplicate.c.left == left) & (duplicate.c.right == right)
    connection.execute(update(duplicate).where(mine).values(decision=None, decided_by=None, decided_at=None))


def decided_pairs(connection: Connection) -> set[tuple[str, str]]:
    """Return the pairs of accounts, as they are by now, of which somebody said something.

    A decision holds for what the two have become: the accounts that the ids of its threads are part of.
    """
    told = select(duplicate.c.left, duplicate.c.right).where(duplicate.c.decision.is_not(None))
    rows = connection.execute(told).all()
    now = _threads(connection, {end for row in rows for end in row})
    found = (sorted((now.get(left, left), now.get(right, right))) for left, right in rows)
    return {(left, right) for left, right in found if left != right}


def _threads(connection: Connection, entities: set[str]) -> Mapping[str, str]:
    asked = select(account_id.c.entity, account_id.c.thread).where(among(connection, account_id.c.entity, entities))
    return {row.entity: row.thread for row in connection.execute(asked)}
