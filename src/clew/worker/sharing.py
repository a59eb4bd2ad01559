"""Who does what: leases of one process at a time go to whoever comes first, shards are shared equally."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from clew.db.engine import insert
from clew.db.leases import Lease, claim, release
from clew.db.tables import lease, worker
from clew.live.model import SHARDS
from clew.live.state.holding import FOLD
from clew.worker.model import ALIVE_US, Duty


def share(connection: Connection, me: str, duties: Collection[Duty], held: Sequence[Lease], *, now: int) -> list[Lease]:
    """Renew what this process holds, give back what others should have, claim what is free; return what it holds."""
    found = [_claimed(connection, duty.value, me, now) for duty in sorted(duties) if duty is not Duty.FOLD]
    if Duty.FOLD in duties:
        found += _shards(connection, me, [each for each in held if each.name.startswith(FOLD)], now)
    return [each for each in found if each is not None]


def _claimed(connection: Connection, name: str, me: str, now: int) -> Lease | None:
    return claim(connection, name, me, now=now)


def _shards(connection: Connection, me: str, held: Sequence[Lease], now: int) -> list[Lease | None]:
    fair = fair_share(me, folders(connection, now=now))
    surplus = held[fair:]
    for each in surplus:
        release(connection, each)
    kept = [claim(connection, each.name, me, now=now) for each in held[:fair]]
    mine = {each.name for each in kept if each is not None}
    for name in _free(connection, now):
        if len(mine) >= fair:
            break
        if name not in {each.name for each in surplus} and (taken := claim(connection, name, me, now=now)):
            kept.append(taken)
            mine.add(name)
    return kept


def fair_share(me: str, workers: Sequence[str]) -> int:
    """Return how many shards a process may hold: all get the same number, the first by name one more."""
    among = sorted({*workers, me})
    return SHARDS // len(among) + (among.index(me) < SHARDS % len(among))


def folders(connection: Connection, *, now: int) -> list[str]:
    """Return the processes that fold and were seen lately."""
    alive = worker.c.stopped_at.is_(None) & (worker.c.seen_at > now - ALIVE_US)
    rows = connection.execute(select(worker.c.id, worker.c.doing).where(alive))
    return [row.id for row in rows if Duty.FOLD.value in row.doing.get("duties", ())]


def _free(connection: Connection, now: int) -> list[str]:
    """Names of the shards that nobody holds."""
    names = [f"{FOLD}{number}" for number in range(SHARDS)]
    taken = select(lease.c.name).where(lease.c.name.in_(names) & (lease.c.until > now))
    others = set(connection.execute(taken).scalars())
    return [name for name in names if name not in others]


def announce(connection: Connection, told: dict[str, Any]) -> None:
    """Say that this process is there. told  a row of `worker`"""
    made = insert(connection, worker).values(told)
    again = {name: made.excluded[name] for name in ("seen_at", "stopped_at", "doing")}
    connection.execute(made.on_conflict_do_update(index_elements=["id"], set_=again))


def take_leave(connection: Connection, me: str, held: Sequence[Lease], *, now: int) -> None:
    """Give everything back, so that others need not wait."""
    for each in held:
        release(connection, each)
    connection.execute(update(worker).where(worker.c.id == me).values(stopped_at=now, seen_at=now))
