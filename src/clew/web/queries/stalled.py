"""Runs beyond their norm, asked of the live state: the owner's limit, else the time by which nine in ten leave a stage.

One definition with the question `stalled`: a mere timer is no stall, and the norm is a dated, stored number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, and_, case, cast, distinct, false, func, null, or_, select

from clew.clock import DAY_US
from clew.db.tables import account, handoff, run, signal
from clew.live.contexts.states import HANDOFF_WAITS, handoff_late
from clew.web.queries.signals import STILL_HOLDS

WITH_ACCOUNT = run.outerjoin(account, account.c.thread == run.c.thread)
Places = Mapping[str | None, Sequence[str]]  # variant (None: runs without one) -> stages


@dataclass(frozen=True)
class Norming:
    """What a stay in a stage of one journey is held against where its run has no limit of its own.

    spans   (stage, segment or None for all runs) -> microseconds
    timers  stages in which nobody waits
    """

    spans: Mapping[tuple[str, str | None], int] = field(default_factory=dict)
    timers: Places = field(default_factory=dict)


LIMITS = Norming()


@dataclass(frozen=True)
class StageStanding:
    """Open runs of one stage.

    stage     None: before any stage
    accounts  of which these runs are, of the stalled ones, and of those that are not
    value, at_stake  millionths: of all, and of the stalled ones; None where none is known
    weight    value (units of the currency) x days over the norm, added up over the stalled runs
    over      days over their norms, added up
    since     microseconds UTC at which the one that stands longest came
    """

    stage: str | None
    open: int
    accounts: int
    stalled: int
    stalled_accounts: int
    timely_accounts: int
    value: int | None
    at_stake: int | None
    weight: float
    over: float
    since: int


def stalls_at(norming: Norming) -> ColumnElement[Any]:
    """From when on a run stands beyond its norm, NULL where it has none; needs WITH_ACCOUNT."""
    of_segment = [
        (and_(run.c.stage == stage, account.c.segment == segment), span)
        for (stage, segment), span in norming.spans.items()
        if segment is not None
    ]
    of_all = [(run.c.stage == stage, span) for (stage, segment), span in norming.spans.items() if segment is None]
    spans = [*of_segment, *of_all]
    at: ColumnElement[Any] = run.c.limit_at
    if spans:
        at = func.coalesce(run.c.limit_at, run.c.entered_at + case(*spans, else_=null()))
    return case((in_places(norming.timers), null()), else_=at)


def in_places(places: Places) -> ColumnElement[bool]:
    """Whether a run stands in one of these stages, each under its variant."""
    parts = [and_(_of_variant(variant), run.c.stage.in_(stages)) for variant, stages in places.items() if stages]
    return or_(*parts) if parts else false()


def _of_variant(variant: str | None) -> ColumnElement[bool]:
    return run.c.variant.is_(None) if variant is None else run.c.variant == variant


def standing(connection: Connection, journey: str, norming: Norming, now: int) -> Sequence[StageStanding]:
    """Sum up the open runs of a journey, stage by stage."""
    at = stalls_at(norming)
    late = func.coalesce(at <= now, False)
    days = cast(now - at, Float) / DAY_US
    asked = (
        select(
            run.c.stage,
            func.count(),
            func.count(distinct(run.c.thread)),
            func.count(case((late, 1))),
            func.count(distinct(case((late, run.c.thread)))),
            func.count(distinct(case((~late, run.c.thread)))),
            func.sum(run.c.value),
            func.sum(case((late, run.c.value))),
            func.sum(case((late, cast(run.c.value, Float) / 1_000_000 * days))),
            func.sum(case((late, days))),
            func.min(run.c.entered_at),
        )
        .select_from(WITH_ACCOUNT)
        .where(run.c.journey == journey, run.c.ended_at.is_(None))
        .group_by(run.c.stage)
    )
    return [_standing(row) for row in connection.execute(asked)]


def _standing(row: Sequence[Any]) -> StageStanding:
    stage, opened, accounts, stalled, stalled_accounts, timely_accounts, value, at_stake, weight, over, since = row
    return StageStanding(
        stage=stage,
        open=opened,
        accounts=accounts,
        stalled=stalled,
        stalled_accounts=stalled_accounts,
        timely_accounts=timely_accounts,
        value=None if value is None else int(value),
        at_stake=None if at_stake is None else int(at_stake),
        weight=float(weight or 0),
        over=float(over or 0),
        since=since,
    )


@dataclass(frozen=True)
class Waiting:
    """Handoffs of a journey from one team to another that have no receipt yet; late: beyond the time for it."""

    source: str
    target: str
    count: int
    accounts: int
    late: int


def waiting_handoffs(connection: Connection, journey: str, now: int) -> Sequence[Waiting]:
    """Count the handoffs that wait for a receipt."""
    asked = (
        select(
            handoff.c.source,
            handoff.c.target,
            func.count(),
            func.count(distinct(handoff.c.thread)),
            func.count(case((handoff_late(now), 1))),
        )
        .where(handoff.c.journey == journey, HANDOFF_WAITS)
        .group_by(handoff.c.source, handoff.c.target)
        .order_by(handoff.c.source, handoff.c.target)
    )
    return [Waiting(*row) for row in connection.execute(asked)]


def signalled(connection: Connection, journey: str) -> Mapping[str | None, int]:
    """Count, by stage, the accounts of open runs of which a signal holds."""
    holds = and_(signal.c.subject == run.c.thread, STILL_HOLDS)
    asked = (
        select(run.c.stage, func.count(distinct(run.c.thread)))
        .select_from(run.join(signal, holds))
        .where(run.c.journey == journey, run.c.ended_at.is_(None))
        .group_by(run.c.stage)
    )
    return {row[0]: row[1] for row in connection.execute(asked)}
