"""What waits for one person today: clocks, news, own accounts; and what changed because of us."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, distinct, false, func, or_, select

from clew.access.model import Actor
from clew.clock import DAY_US
from clew.db.tables import account, handoff, promise, run, signal, user
from clew.live.contexts.queries import mine
from clew.live.contexts.states import HANDOFF_RETURNED, HANDOFF_WAITS, NOT_LOST, PROMISE_TEAM, PROMISE_WAITS
from clew.web.queries.signals import NAME, OF_ACCOUNTS, READY, STILL_HOLDS, STILL_SILENT

LONG_US = 7 * DAY_US  # what has been over for longer comes after what can still be met
Stages = Mapping[str, Collection[str]]  # journey -> stages


@dataclass(frozen=True)
class Clock:
    """Something that is due, of one account.

    team  whose working hours count         what   topic, stage or id, as its source spells it
    made  when the time for it began        source  who handed over, "" else
    id    of the handoff or promise; of a run its journey            says  words of a promise: personal free text
    """

    thread: str
    name: str
    at: int
    team: str | None
    what: str
    made: int
    id: str = ""
    source: str = ""
    says: str = ""


@dataclass(frozen=True)
class AccountLine:
    """An account and what was noticed of it.

    at     of the latest signal, or the day in question        kinds  of signals, the latest first
    says   sentence of the latest one                          evidence  of the latest one
    """

    thread: str
    name: str
    at: int
    revenue: int | None = None
    kinds: Sequence[str] = ()
    says: str = ""
    evidence: Mapping[str, Any] | None = None
    heard_at: int | None = None

    @property
    def sources(self) -> Sequence[str]:
        events = (self.evidence or {}).get("events", ())
        return list(dict.fromkeys(one["source"] for one in events))


@dataclass(frozen=True)
class Some:
    """The first rows of a list, and how many there are."""

    rows: Sequence[Any]
    total: int


@dataclass(frozen=True)
class Changes:
    """What changed because of us since an instant, with the accounts behind each count."""

    kept: int
    kept_accounts: int
    accepted: int
    accepted_accounts: int
    ended: int
    ended_accounts: int


def spellings(connection: Connection, actor: Actor) -> Sequence[str]:
    """How sources may spell a user: by name or address."""
    found = connection.execute(select(user.c.name, user.c.email).where(user.c.id == actor.user)).one_or_none()
    return [text for text in (found or ()) if text]


def owned(connection: Connection, actor: Actor, spelled: Collection[str] = ()) -> ColumnElement[bool]:
    """Restrict a statement on `account` to those that an actor owns or was put on, whatever the teams.

    spelled  further spellings of the actor, as the name of a person in clew.yaml
    """
    alone = mine(connection, replace(actor, teams=frozenset()))
    return alone | func.lower(account.c.owner).in_([one.lower() for one in spelled])


def owned_count(connection: Connection, is_mine: ColumnElement[bool]) -> int:
    """How many accounts somebody owns that are not lost."""
    asked = select(func.count()).select_from(account).where(is_mine, NOT_LOST)
    return int(connection.execute(asked).scalar_one())


def waiting_handoffs(connection: Connection, teams: Collection[str] | None, *, now: int, limit: int) -> Some:
    """Handoffs that wait for a receipt of one of these teams (None: of any), the most urgent first."""
    where = [HANDOFF_WAITS]
    if teams is not None:
        where.append(handoff.c.target.in_(sorted(teams)))
    asked = select(handoff, func.coalesce(account.c.name, handoff.c.thread).label("called"))
    asked = asked.select_from(handoff.outerjoin(account, account.c.thread == handoff.c.thread)).where(*where)
    order = (*_urgency(handoff.c.due_at, now), handoff.c.sent_at, handoff.c.id)
    return _some(connection, asked.order_by(*order), _of_handoff, limit)


def returned_handoffs(connection: Connection, teams: Collection[str] | None, *, limit: int) -> Some:
    """Handoffs that came back to these teams (None: to any) to be completed, the longest ago first."""
    where = [HANDOFF_RETURNED]
    if teams is not None:
        where.append(handoff.c.source.in_(sorted(teams)))
    asked = select(handoff, func.coalesce(account.c.name, handoff.c.thread).label("called"))
    asked = asked.select_from(handoff.outerjoin(account, account.c.thread == handoff.c.thread)).where(*where)
    return _some(connection, asked.order_by(handoff.c.settled_at, handoff.c.id), _of_returned, limit)


def promises_due(
    connection: Connection,
    teams: Collection[str] | None,
    *,
    spelled: Collection[str],
    is_mine: ColumnElement[bool],
    now: int,
    until: int,
    limit: int,
) -> Some:
    """Promises that are due until an instant and neither kept nor released, the most urgent first.

    teams    that must keep them, or made them; None: any         spelled  or users who made them
    is_mine  or of these accounts
    """
    where = [PROMISE_WAITS, promise.c.due_at <= until, NOT_LOST]
    if teams is not None:
        users = func.lower(promise.c.user).in_([one.lower() for one in spelled])
        where.append(or_(PROMISE_TEAM.in_(sorted(teams)), func.coalesce(users, False), func.coalesce(is_mine, False)))
    asked = select(promise, func.coalesce(account.c.name, promise.c.thread).label("called"))
    asked = asked.select_from(promise.outerjoin(account, account.c.thread == promise.c.thread)).where(*where)
    return _some(connection, asked.order_by(*_urgency(promise.c.due_at, now), promise.c.id), _of_promise, limit)


def limits(connection: Connection, stages: Stages, *, since: int, until: int, limit: int) -> Some:
    """Open runs in these stages whose limit runs out in (since, until], soonest first."""
    where = [run.c.ended_at.is_(None), run.c.limit_at > since, run.c.limit_at <= until, _stands_in(stages)]
    asked = select(run, func.coalesce(account.c.name, run.c.thread).label("called"))
    asked = asked.select_from(run.outerjoin(account, account.c.thread == run.c.thread)).where(*where)
    return _some(connection, asked.order_by(run.c.limit_at, run.c.thread, run.c.subject), _of_run, limit)


def _stands_in(stages: Stages) -> ColumnElement[bool]:
    parts = [and_(run.c.journey == journey, run.c.stage.in_(sorted(names))) for journey, names in stages.items()]
    return or_(*parts) if parts else false()


def _urgency(due: Any, now: int) -> tuple[Any, ...]:
    """What runs out soonest or ran out lately first, by its time; then what is long over, the latest of it first."""
    long_over = func.coalesce(due < now - LONG_US, False)
    return long_over, case((long_over, -due), else_=due).nulls_last()


def _of_handoff(row: Any) -> Clock:
    at = row.due_at if row.due_at is not None else row.sent_at
    return Clock(row.thread, row.called, at, row.target, row.journey, row.sent_at, id=row.id, source=row.source)


def _of_returned(row: Any) -> Clock:
    at = row.settled_at if row.settled_at is not None else row.sent_at
    return Clock(row.thread, row.called, at, row.target, row.journey, row.sent_at, id=row.id, source=row.source)


def _of_promise(row: Any) -> Clock:
    team = row.owner or row.team
    return Clock(row.thread, row.called, row.due_at, team, row.topic or "", row.made_at, id=row.id, says=row.says or "")


def _of_run(row: Any) -> Clock:
    return Clock(row.thread, row.called, row.limit_at, None, row.stage or "", row.entered_at, id=row.journey)


def news(connection: Connection, whose: ColumnElement[bool] | None, *, since: int, oldest: int, limit: int) -> Some:
    """Accounts of which something was noticed since an instant and still holds, the largest revenue first.

    whose   restricts accounts, None: none         oldest  what occurred before is no news, though it came late
    """
    return _by_account(connection, [signal.c.noticed_at >= since, signal.c.at >= oldest], whose, limit)


def at_risk(connection: Connection, whose: ColumnElement[bool], *, since: int, limit: int) -> Some:
    """Accounts with signals since an instant that tell of trouble, those with the most kinds of them first."""
    return _by_account(connection, [signal.c.at >= since, signal.c.kind != READY], whose, limit)


def ready(connection: Connection, whose: ColumnElement[bool], *, since: int, limit: int) -> Some:
    """Accounts that were ready for the next value step since an instant, and nobody called in time."""
    return _by_account(connection, [signal.c.at >= since, signal.c.kind == READY], whose, limit)


def silent(connection: Connection, whose: ColumnElement[bool], *, limit: int) -> Some:
    """Accounts that fell silent and were not heard of since, the longest silence first."""
    return _by_account(connection, [STILL_SILENT], whose, limit, longest=True)


def renewals(connection: Connection, whose: ColumnElement[bool], *, since: int, until: int, limit: int) -> Some:
    """Accounts whose contract renews in [since, until), soonest first, with what was noticed of them in a quarter."""
    where = [account.c.renewal_at >= since, account.c.renewal_at < until, NOT_LOST, whose]
    asked = select(account).where(*where).order_by(account.c.renewal_at, account.c.thread)
    return _some(connection, asked, _of_renewal, limit)


def _of_renewal(row: Any) -> AccountLine:
    return AccountLine(row.thread, row.name, row.renewal_at, row.revenue, heard_at=row.heard_at)


def _by_account(
    connection: Connection,
    where: Sequence[ColumnElement[bool]],
    whose: ColumnElement[bool] | None,
    limit: int,
    *,
    longest: bool = False,
) -> Some:
    """Signals that hold, one line an account that is not lost."""
    joined = signal.outerjoin(account, account.c.thread == signal.c.subject)
    all_of = [OF_ACCOUNTS, STILL_HOLDS, NOT_LOST, *where]
    all_of += [] if whose is None else [whose]
    kinds, latest = func.count(distinct(signal.c.kind)), func.max(signal.c.at)
    asked = (
        select(signal.c.subject, NAME.label("called"), account.c.revenue, account.c.heard_at, latest.label("at"))
        .select_from(joined)
        .where(*all_of)
        .group_by(signal.c.subject, NAME, account.c.revenue, account.c.heard_at)
    )
    order = (latest,) if longest else (kinds.desc(), account.c.revenue.desc().nulls_last(), latest.desc())
    total = connection.execute(select(func.count()).select_from(asked.subquery())).scalar_one()
    rows = connection.execute(asked.order_by(*order, signal.c.subject).limit(limit)).all()
    told = _told_of(connection, [row.subject for row in rows], all_of, joined)
    return Some([_line(row, told[row.subject]) for row in rows], int(total))


def _told_of(
    connection: Connection, threads: Sequence[str], where: Sequence[ColumnElement[bool]], joined: Any
) -> Mapping[str, list[Any]]:
    """The signals of some accounts, the latest first."""
    asked = select(signal.c.subject, signal.c.kind, signal.c.says, signal.c.evidence).select_from(joined)
    found: dict[str, list[Any]] = {thread: [] for thread in threads}
    mine_only = asked.where(*where, signal.c.subject.in_(list(threads))).order_by(signal.c.at.desc(), signal.c.id)
    for row in connection.execute(mine_only) if threads else ():
        found[row.subject].append(row)
    return found


def _line(row: Any, told: Sequence[Any]) -> AccountLine:
    kinds = list(dict.fromkeys(one.kind for one in told))
    latest = told[0]
    return AccountLine(
        row.subject, row.called, row.at, row.revenue, kinds, latest.says, latest.evidence, heard_at=row.heard_at
    )


def changes(connection: Connection, since: int, good: Mapping[str, Collection[str]]) -> Changes:
    """Count what changed because of us since an instant; good: journey -> outcomes that are good."""
    kept = select(func.count(), func.count(distinct(promise.c.thread))).where(promise.c.kept_at >= since)
    accepted = select(func.count(), func.count(distinct(handoff.c.thread))).where(
        handoff.c.state == "accepted", handoff.c.settled_at >= since
    )
    well = [and_(run.c.journey == name, run.c.outcome.in_(sorted(outcomes))) for name, outcomes in good.items()]
    ended = select(func.count(), func.count(distinct(run.c.thread))).where(
        run.c.ended_at >= since, or_(*well) if well else false()
    )
    return Changes(*(int(one) for asked in (kept, accepted, ended) for one in connection.execute(asked).one()))


def _some(connection: Connection, asked: Select[Any], make: Any, limit: int) -> Some:
    total = connection.execute(select(func.count()).select_from(asked.order_by(None).subquery())).scalar_one()
    rows = connection.execute(asked.limit(limit)) if total else ()
    return Some([make(row) for row in rows], int(total))
