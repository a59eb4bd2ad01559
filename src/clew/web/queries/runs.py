"""Live runs: those of an account or a journey, how many ended, and what has just happened to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, and_, distinct, func, select

from clew.db.tables import run, transition

_LOOKED_AT = 5_000  # latest transitions among which those of the latest events are looked for


@dataclass(frozen=True)
class EndedCount:
    """Runs that ended in one way, and the accounts of which they are."""

    outcome: str
    runs: int
    accounts: int


def ended_since(connection: Connection, since: int) -> Mapping[str, Sequence[EndedCount]]:
    """Count runs that ended since an instant, by journey and outcome."""
    asked = (
        select(run.c.journey, run.c.outcome, func.count(), func.count(distinct(run.c.thread)))
        .where(run.c.ended_at >= since)
        .group_by(run.c.journey, run.c.outcome)
    )
    found: dict[str, list[EndedCount]] = {}
    for journey, outcome, runs, accounts in connection.execute(asked):
        found.setdefault(journey, []).append(EndedCount(outcome or "ended", runs, accounts))
    return found


def runs_of(connection: Connection, thread: str) -> Sequence[Row[Any]]:
    """All runs of an account, open ones first, latest first."""
    asked = select(run).where(run.c.thread == thread)
    order = (run.c.ended_at.is_not(None), run.c.started_at.desc(), run.c.journey, run.c.subject, run.c.number)
    return connection.execute(asked.order_by(*order)).all()


def open_runs_of(connection: Connection, thread: str) -> Sequence[Row[Any]]:
    """Runs of an account that go on, latest first, without their paths: those of a busy account are long."""
    asked = select(*(column for column in run.c if column is not run.c.path)).where(
        run.c.thread == thread, run.c.ended_at.is_(None)
    )
    return connection.execute(asked.order_by(run.c.started_at.desc(), run.c.journey, run.c.subject)).all()


def latest_transitions(connection: Connection, *, journey: str | None = None, limit: int = 20) -> Sequence[Row[Any]]:
    """What has just happened to runs, latest first; what a load or a backfill brought is left out."""
    asked = select(transition).where(transition.c.quiet.is_(False))
    if journey is not None:
        asked = asked.where(transition.c.journey == journey)
    return connection.execute(asked.order_by(transition.c.id.desc()).limit(limit)).all()


def transitions_of(connection: Connection, thread: str, *, limit: int = 200) -> Sequence[Row[Any]]:
    """What happened to the runs of an account, latest first."""
    asked = select(transition).where(transition.c.thread == thread)
    return connection.execute(asked.order_by(transition.c.at.desc(), transition.c.id.desc()).limit(limit)).all()


def find_runs(
    connection: Connection, *, journey: str | None, stage: str | None, state: str, after: int, limit: int
) -> Sequence[Row[Any]]:
    """Runs in the order of their accounts.

    state  open | ended | all
    """
    order = (run.c.thread, run.c.journey, run.c.subject, run.c.number)
    keys = select(*run.primary_key)
    for column, value in ((run.c.journey, journey), (run.c.stage, stage)):
        keys = keys if value is None else keys.where(column == value)
    if state != "all":
        keys = keys.where(run.c.ended_at.is_(None) if state == "open" else run.c.ended_at.is_not(None))
    return _rows(connection, keys.offset(after).limit(limit), order)


def _rows(connection: Connection, keys: Select[Any], order: Sequence[Column[Any]]) -> Sequence[Row[Any]]:
    """Return the runs of keys, in an order: what is left out is counted in an index, without its rows."""
    chosen = keys.order_by(*order).subquery()
    mine = and_(*(column == chosen.c[column.name] for column in run.primary_key))
    return connection.execute(select(run).join(chosen, mine).order_by(*order)).all()


def transitions_at(connection: Connection, instants: Collection[int]) -> Sequence[Row[Any]]:
    """What happened to runs at these instants, because of an event."""
    mine = transition.c.at.in_(instants) & (transition.c.cause != "time") & transition.c.withdrawn.is_(False)
    latest = select(func.max(transition.c.id)).scalar_subquery()
    asked = select(transition).where(mine, transition.c.id > latest - _LOOKED_AT)
    return connection.execute(asked.order_by(transition.c.id)).all() if instants else ()
