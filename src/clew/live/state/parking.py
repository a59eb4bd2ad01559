"""Park a row that makes the fold of its thread fail: it is seen among the rejected events and left out of the fold."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, delete, select, update

from clew.clock import MINUTE_US
from clew.db.engine import Database, insert
from clew.db.leases import Lease, check
from clew.db.tables import due, parked, rejected, tail_block
from clew.ingest.staged import Staged
from clew.ingest.wires.model import Why as Reason
from clew.live.model import THREAD, RejectedState, shard_of

LATER_US = 10 * MINUTE_US  # until a thread that fails for no row is tried again


@dataclass(frozen=True)
class Fault:
    """What makes the fold of a thread fail.

    position  of the row to blame, None where no row is     journey, error  whose fold failed, and how
    """

    thread: str
    position: int | None
    journey: str
    error: str


def park(database: Database, fault: Fault, leases: Sequence[Lease], *, now: int) -> bool:
    """Leave a row out from now on and show it among the rejected events; False where the tail does not hold it.

    Raises Fenced
    """
    with database.write() as connection:
        check(connection, leases)
        found = _block_of(connection, fault.position)
        if found is None:
            return False
        block, row = found
        staged = Staged(block.body)
        told = {
            "source": block.source,
            "wire": "clew",
            "received_at": block.learnt_at,
            "reason": Reason.CRASHED.value,
            "place": "",
            "detail": f"the fold of journey {fault.journey} fails with it ({fault.error}); it is left out",
            "event": json.dumps({"parked": _event(staged, row)}, ensure_ascii=False).encode(),
            "quiet": block.quiet,
            "state": RejectedState.WAITING,
        }
        number = connection.execute(insert(connection, rejected).values(told).returning(rejected.c.id)).scalar_one()
        hi, lo = (int(staged.array(name)[row : row + 1].view(np.int64)[0]) for name in ("hi", "lo"))
        connection.execute(
            insert(connection, parked)
            .values(
                position=fault.position,
                hi=hi,
                lo=lo,
                source=block.source,
                thread=fault.thread,
                journey=fault.journey,
                error=fault.error,
                parked_at=now,
                rejected_id=number,
            )
            .on_conflict_do_nothing()
        )
    return True


def take_in_again(database: Database, shards: Collection[int], leases: Sequence[Lease], *, now: int) -> None:
    """Try parked rows of shards again: definitions or the program are others. Raises Fenced"""
    with database.read() as connection:
        rows = [row for row in connection.execute(select(parked)) if shard_of(row.thread) in shards]
    if not rows:
        return
    with database.write() as connection:
        check(connection, leases)
        _let_in(connection, rows, now)


def fold_again(connection: Connection, among: ColumnElement[bool], *, now: int) -> int:
    """Let parked rows be folded again whose rejected event fulfils a condition; return how many."""
    theirs = select(rejected.c.id).where(among)
    rows = connection.execute(select(parked).where(parked.c.rejected_id.in_(theirs))).all()
    _let_in(connection, rows, now)
    return len(rows)


def _let_in(connection: Connection, rows: Iterable[Any], now: int) -> None:
    settled = {"state": RejectedState.REPLAYED, "settled_at": now, "event": b""}
    for row in rows:
        connection.execute(delete(parked).where(parked.c.position == row.position))
        connection.execute(update(rejected).where(rejected.c.id == row.rejected_id).values(settled))
        _wake(connection, row.thread, at=now, error=None)


def postpone(database: Database, fault: Fault, leases: Sequence[Lease], *, now: int) -> None:
    """Try a thread again later and say why. Raises Fenced."""
    with database.write() as connection:
        check(connection, leases)
        _wake(connection, fault.thread, at=now + LATER_US, error=f"{fault.journey}: {fault.error}")


def _wake(connection: Connection, thread: str, *, at: int, error: str | None) -> None:
    row = {"kind": THREAD, "key": thread, "shard": shard_of(thread), "at": at, "tries": int(error is not None)}
    made = insert(connection, due).values(**row, error=error)
    again = {"at": at, "error": error, "tries": due.c.tries + 1 if error else 0}
    connection.execute(made.on_conflict_do_update(index_elements=["kind", "key"], set_=again))


def _block_of(connection: Connection, position: int | None) -> tuple[Any, int] | None:
    if position is None:
        return None
    inside = (tail_block.c.position <= position) & (tail_block.c.position + tail_block.c.rows > position)
    block = connection.execute(select(tail_block).where(inside)).one_or_none()
    return (block, position - block.position) if block is not None else None


def _event(staged: Staged, row: int) -> dict[str, Any]:
    """What a row tells, without persons."""
    told: dict[str, Any] = {"account": _text(staged, "entity", "entity", row)}
    for name in staged.columns("property:"):
        told[f"properties.{name}"] = _text(staged, f"property:{name}", f"property:{name}", row)
    rows = staged.array("events.row")
    for place in np.flatnonzero(rows == row).tolist():
        told["event"] = _text(staged, "events.event", "events.event", place)
        told["at"] = int(staged.array("events.at")[place])
    return {name: value for name, value in told.items() if value is not None}


def _text(staged: Staged, array: str, texts: str, place: int) -> str | None:
    if array not in staged:
        return None
    code = int(staged.array(array)[place])
    return staged.texts(texts)[code] if code >= 0 else None
