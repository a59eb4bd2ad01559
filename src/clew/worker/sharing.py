"""Who does what: leases of one process at a time go to whoever comes first, shards are shared equally."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from clew.clock import DAY_US
from clew.db.engine import insert
from clew.db.leases import Lease, claim, release
from clew.db.tables import lease, worker
from clew.live.health.processes import TAKEN_OVER_US, is_working
from clew.live.model import SHARDS
from clew.live.state.holding import FOLD
from clew.worker.model import Duty


def share(connection: Connection, me: str, duties: Collection[Duty], held: Sequence[Lease], *, now: int) -> list[Lease]:
    """Renew what this process holds, give back what others should have, claim what is free; return what it holds.

    Rows are locked in the order of their names, as whoever checks them does. One that somebody else has locked is not
    waited for: its holder is at work, or hangs, and must not make us hang too.
    """
    singles = {duty.value for duty in duties if duty is not Duty.FOLD}
    shards = {f"{FOLD}{number}" for number in range(SHARDS)} if Duty.FOLD in duties else set[str]()
    mine = {each.name: each for each in held if each.name in singles | shards}
    kept = _renewed(connection, me, sorted(mine))
    room = fair_share(me, folders(connection, now=now)) - len(kept & shards) if shards else 0
    surplus = sorted(kept & shards, key=_number)[room:] if room < 0 else []
    for name in surplus:
        release(connection, mine[name])
    free = [name for name in _free(connection, singles | shards, now) if name not in kept]
    wanted = [name for name in free if name in singles] + [name for name in free if name in shards][: max(room, 0)]
    claimed = [claim(connection, name, me, now=now) for name in sorted({*kept.difference(surplus), *wanted})]
    return [each for each in claimed if each is not None]


def _number(name: str) -> int:
    return int(name.rpartition(":")[2])


def _renewed(connection: Connection, me: str, names: Sequence[str]) -> set[str]:
    """Names of the leases that are still ours; their rows are locked from now on."""
    rows = connection.execute(select(lease).where(lease.c.name.in_(names)).order_by(lease.c.name).with_for_update())
    return {row.name for row in rows if row.owner == me and row.until > 0}


def _free(connection: Connection, names: Collection[str], now: int) -> list[str]:
    """Names of the leases that nobody holds, in order; those that were never held among them."""
    rows = select(lease.c.name).where(lease.c.name.in_(names)).order_by(lease.c.name)
    known = set(connection.execute(rows).scalars())
    over = connection.execute(rows.where(lease.c.until <= now).with_for_update(skip_locked=True)).scalars()
    return sorted({*over, *(set(names) - known)})


def fair_share(me: str, workers: Sequence[str]) -> int:
    """Return how many shards a process may hold: all get the same number, the first by name one more."""
    among = sorted({*workers, me})
    return SHARDS // len(among) + (among.index(me) < SHARDS % len(among))


def folders(connection: Connection, *, now: int) -> list[str]:
    """Return the processes that fold and were seen lately."""
    alive = is_working(now=now, silent_us=TAKEN_OVER_US)
    rows = connection.execute(select(worker.c.id, worker.c.doing).where(alive))
    return [row.id for row in rows if Duty.FOLD.value in row.doing.get("duties", ())]


def announce(connection: Connection, told: dict[str, Any]) -> None:
    """Say that this process is there. told  a row of `worker`"""
    made = insert(connection, worker).values(told)
    again = {name: made.excluded[name] for name in ("seen_at", "stopped_at", "doing")}
    connection.execute(made.on_conflict_do_update(index_elements=["id"], set_=again))


def forget_the_dead(connection: Connection, *, now: int) -> None:
    """Remove processes that nobody has seen for a week."""
    connection.execute(delete(worker).where(worker.c.seen_at < now - 7 * DAY_US))


def take_leave(connection: Connection, me: str, held: Sequence[Lease], *, now: int) -> None:
    """Give everything back, so that others need not wait."""
    for each in held:
        release(connection, each)
    connection.execute(update(worker).where(worker.c.id == me).values(stopped_at=now, seen_at=now))
