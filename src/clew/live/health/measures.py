"""Depths and lags, measured in the database: what all processes share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, func, select

from clew.archive.manifest import read_manifest
from clew.clock import US
from clew.db.cursors import position_of
from clew.db.engine import Database
from clew.db.tables import due, held, inbox, lease, rejected, tail_block, worker
from clew.live.contexts.waiting import count_waiting
from clew.live.health.processes import is_working
from clew.live.model import INBOX, SHARDS, THREAD, RejectedState
from clew.live.state.queries import folded_up_to, tail_end
from clew.metrics import Measure


def measures(database: Database, store: Path, *, now: int) -> list[Measure]:
    """Measure depths and lags; cheap enough to be asked every few seconds.

    store  the workspace's .clew folder
    """
    with database.read() as connection:
        taken = position_of(connection, INBOX)
        of_main = [*_tail(connection), *_folding(connection, now), *_due(connection, now), *_aside(connection)]
        of_main += [*_contexts(connection, now), *_leases(connection, now), *_processes(connection, now)]
    manifest = read_manifest(store)
    return [
        *_inbox(database, taken, now),
        *of_main,
        Measure("clew_archive_generation", "Generation of the archive in force.", manifest.generation),
        Measure("clew_archive_age_seconds", "Since the newest generation.", _seconds(now - manifest.loaded_at))
        if manifest.loads
        else Measure("clew_archive_age_seconds", "Since the newest generation.", 0),
    ]


def _inbox(database: Database, taken: int, now: int) -> Iterator[Measure]:
    with database.read_inbox() as connection:
        waiting = inbox.c.id > taken
        count = connection.execute(select(func.count()).select_from(inbox).where(waiting)).scalar_one()
        first = select(inbox.c.received_at).where(waiting).order_by(inbox.c.id).limit(1)
        oldest = connection.execute(first).scalar()
    yield Measure("clew_inbox_bodies", "Bodies acknowledged and not yet taken in.", count)
    yield Measure("clew_inbox_lag_seconds", "Age of the oldest of them.", _since(oldest, now))


def _tail(connection: Connection) -> Iterator[Measure]:
    rows = connection.execute(select(func.sum(tail_block.c.rows))).scalar()
    yield Measure("clew_tail_rows", "Rows kept in the tail; archived ones stay for a while.", rows or 0)


def _folding(connection: Connection, now: int) -> Iterator[Measure]:
    """How far behind the slowest shard is; one that never folded has everything before it."""
    end, folded = tail_end(connection), folded_up_to(connection) or 0
    behind = tail_block.c.position + tail_block.c.rows > folded
    first = select(tail_block.c.learnt_at).where(behind).order_by(tail_block.c.position).limit(1)
    oldest = connection.execute(first).scalar() if end > folded else None
    yield Measure("clew_fold_lag_rows", "Rows that the slowest shard has not folded.", max(end - folded, 0))
    yield Measure("clew_fold_lag_seconds", "Since the oldest of them was learnt.", _since(oldest, now))


def _due(connection: Connection, now: int) -> Iterator[Measure]:
    # By shard: the index leads with it, and there may be millions of instants that are not due yet.
    mine = (due.c.kind == THREAD) & (due.c.shard.in_(range(SHARDS))) & (due.c.at <= now)
    count, first = connection.execute(select(func.count(), func.min(due.c.at)).where(mine)).one()
    yield Measure("clew_due_waiting", "Instants that are due and not yet woken.", count)
    yield Measure("clew_due_overdue_seconds", "Since the oldest of them was due.", _since(first, now))


def _contexts(connection: Connection, now: int) -> Iterator[Measure]:
    count, first = count_waiting(connection, now=now)
    yield Measure("clew_contexts_waiting", "Accounts whose context is to be derived.", count)
    yield Measure("clew_contexts_waiting_seconds", "Since the first of them began to wait.", _since(first, now))


def _aside(connection: Connection) -> Iterator[Measure]:
    waiting = select(func.count()).select_from(rejected).where(rejected.c.state == RejectedState.WAITING)
    yield Measure("clew_rejected_waiting", "Rejected events to be mended.", connection.execute(waiting).scalar_one())
    count = connection.execute(select(func.count()).select_from(held)).scalar_one()
    yield Measure("clew_held", "Events that lie in the future.", count)


def _leases(connection: Connection, now: int) -> Iterator[Measure]:
    for name, until in connection.execute(select(lease.c.name, lease.c.until).order_by(lease.c.name)):
        yield Measure("clew_lease_held", "1 where a process holds the lease.", float(until > now), {"lease": name})


def _processes(connection: Connection, now: int) -> Iterator[Measure]:
    counted = select(worker.c.role, func.count()).where(is_working(now=now))
    for role, count in connection.execute(counted.group_by(worker.c.role).order_by(worker.c.role)):
        yield Measure("clew_processes", "Processes that were seen in the last half minute.", count, {"role": role})


def _since(then: int | None, now: int) -> float:
    return 0.0 if then is None else _seconds(now - then)


def _seconds(span: int) -> float:
    return max(span, 0) / US
