"""The list of accounts, filtered, sorted and cut in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from clew.access.model import Actor
from clew.clock import DAY_US
from clew.context.model import CustomerState
from clew.db.spelling import all_within
from clew.db.tables import account, account_id, duplicate, handoff, promise, run, signal
from clew.live.contexts.queries import mine
from clew.live.contexts.states import (
    CUSTOMERS,
    HANDOFF_RETURNED,
    HANDOFF_WAITS,
    NOT_LOST,
    OF_A_FIRM,
    PROMISE_WAITS,
    handoff_late,
)
from clew.live.contexts.teams import bears_team
from clew.web.queries.signals import STILL_HOLDS

RENEWS_WITHIN_DAYS = 120


@dataclass(frozen=True)
class AccountsWanted:
    """Which accounts a list shows; "" and None leave open.

    mine    accounts that the actor works with   team    that works with it
    stands  customer | lost | prospect           signal  kind of an open signal
    needs   promise: a broken one | handoff: one that waits; of accounts that are not lost
    renews  within 120 days                      text    words of a name, or an id
    sort    name of a column of the list
    """

    now: int
    mine: Actor | None = None
    segment: str = ""
    team: str = ""
    stands: str = ""
    signal: str = ""
    needs: str = ""
    renews: bool = False
    text: str = ""
    sort: str = "name"
    falls: bool = False


@dataclass(frozen=True)
class AccountRow:
    """One account as a list shows it.

    broken    promises that were due, `open` those that are not yet
    waiting   handoffs without a receipt, `late` of them beyond the time for it; `returned` ones wait for who sent them
    stages    (journey, stage) of open runs
    """

    thread: str
    name: str
    segment: str | None
    owner: str | None
    team: str | None
    revenue: int | None
    renewal_at: int | None
    customer_since: int | None
    lost_at: int | None
    heard_at: int | None
    open: int
    broken: int
    waiting: int
    late: int
    returned: int
    signals: int
    stages: Sequence[tuple[str, str | None]] = ()

    @property
    def stands(self) -> CustomerState:
        """What it is to the firm."""
        if self.lost_at is not None:
            return CustomerState.LOST
        return CustomerState.PROSPECT if self.customer_since is None else CustomerState.CUSTOMER


_KNOWN = ("thread", "name", "segment", "owner", "team")
_SHOWN = (*_KNOWN, "revenue", "renewal_at", "customer_since", "lost_at", "heard_at")


def accounts_page(
    connection: Connection, wanted: AccountsWanted, *, first: int = 0, limit: int = 50
) -> tuple[Sequence[AccountRow], int]:
    """Return a page of accounts, and how many there are in all.

    first  leave out so many
    """
    counted = _Counted(wanted.now)
    fitting = counted.joined(select(account.c.thread)).where(*_conditions(connection, wanted, counted))
    total = connection.execute(select(func.count()).select_from(fitting.subquery())).scalar_one()
    asked = counted.joined(select(*(account.c[name] for name in _SHOWN), *counted.columns))
    asked = (
        asked.where(*_conditions(connection, wanted, counted))
        .order_by(*_order(wanted, counted))
        .offset(first)
        .limit(limit)
    )
    rows = [dict(row) for row in connection.execute(asked).mappings()]
    stages = stages_of(connection, [row["thread"] for row in rows])
    return [AccountRow(**row, stages=stages.get(row["thread"], ())) for row in rows], int(total)


def stages_of(connection: Connection, threads: Collection[str]) -> Mapping[str, Sequence[tuple[str, str | None]]]:
    """Return where the open runs of these accounts stand: (journey, stage) each."""
    found: dict[str, list[tuple[str, str | None]]] = {}
    columns = select(run.c.thread, run.c.journey, run.c.stage).distinct()
    asked = columns.where(run.c.thread.in_(list(threads)), run.c.ended_at.is_(None))
    for thread, journey, stage in connection.execute(asked.order_by(run.c.thread, run.c.journey, run.c.stage)):
        found.setdefault(thread, []).append((journey, stage))
    return found


def kinds_of_signals(connection: Connection) -> Sequence[str]:
    """Return the kinds of signals that hold of some account."""
    of_accounts = signal.c.subject.in_(select(account.c.thread))
    asked = select(signal.c.kind).distinct().where(STILL_HOLDS, of_accounts)
    return sorted(connection.execute(asked).scalars())


class _Counted:
    """What is counted of each account: promises, handoffs, signals; a row an account that has any."""

    def __init__(self, now: int) -> None:
        self.promises = (
            select(
                promise.c.thread,
                func.count(case((promise.c.due_at >= now, 1))).label("open"),
                func.count(case((promise.c.due_at < now, 1))).label("broken"),
            )
            .where(PROMISE_WAITS)
            .group_by(promise.c.thread)
            .subquery()
        )
        self.handoffs = (
            select(
                handoff.c.thread,
                func.count(case((HANDOFF_WAITS, 1))).label("waiting"),
                func.count(case((handoff_late(now), 1))).label("late"),
                func.count(case((HANDOFF_RETURNED, 1))).label("returned"),
            )
            .where(or_(HANDOFF_WAITS, HANDOFF_RETURNED))
            .group_by(handoff.c.thread)
            .subquery()
        )
        self.signals = (
            select(signal.c.subject, func.count().label("signals"))
            .where(STILL_HOLDS)
            .group_by(signal.c.subject)
            .subquery()
        )

    @property
    def columns(self) -> Sequence[ColumnElement[Any]]:
        return [func.coalesce(column, 0).label(name) for name, column in self._counts().items()]

    def count(self, name: str) -> ColumnElement[Any]:
        return func.coalesce(self._counts()[name], 0)

    def joined(self, asked: Select[Any]) -> Select[Any]:
        made = account.outerjoin(self.promises, self.promises.c.thread == account.c.thread)
        made = made.outerjoin(self.handoffs, self.handoffs.c.thread == account.c.thread)
        return asked.select_from(made.outerjoin(self.signals, self.signals.c.subject == account.c.thread))

    def _counts(self) -> Mapping[str, ColumnElement[Any]]:
        return {
            "open": self.promises.c.open,
            "broken": self.promises.c.broken,
            "waiting": self.handoffs.c.waiting,
            "late": self.handoffs.c.late,
            "returned": self.handoffs.c.returned,
            "signals": self.signals.c.signals,
        }


def _conditions(connection: Connection, wanted: AccountsWanted, counted: _Counted) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [OF_A_FIRM]
    if wanted.segment:
        found.append(account.c.segment == wanted.segment)
    if wanted.team:
        found.append(bears_team(connection, [wanted.team]))
    if wanted.mine is not None:
        found.append(mine(connection, wanted.mine))
    if wanted.stands:
        found.append(CUSTOMERS[wanted.stands])
    if wanted.needs:
        needs = {"promise": ("broken",), "handoff": ("waiting", "returned")}[wanted.needs]
        found.append(or_(*(counted.count(name) > 0 for name in needs)))
        found.append(NOT_LOST)  # to whom left nothing is due
    if wanted.signal:
        of = select(signal.c.subject).where(signal.c.kind == wanted.signal, STILL_HOLDS)
        found.append(account.c.thread.in_(of))
    if wanted.renews:
        found.append(account.c.renewal_at.between(wanted.now, wanted.now + RENEWS_WITHIN_DAYS * DAY_US))
        found.append(NOT_LOST)
    return [*found, *_named(wanted.text)]


def _named(text: str) -> Sequence[ColumnElement[bool]]:
    """Every word is in the name; or the whole is the beginning of one of its ids."""
    if not text.strip():
        return ()
    bare = text.strip().casefold()
    ids = select(account_id.c.thread).where(
        or_(account_id.c.bare.startswith(bare, autoescape=True), account_id.c.entity == text.strip())
    )
    return (or_(all_within(text, account.c.name), account.c.thread.in_(ids)),)


def _order(wanted: AccountsWanted, counted: _Counted) -> Sequence[ColumnElement[Any]]:
    """What is not known comes last, whichever way one sorts; then the name."""
    name = func.lower(account.c.name)
    by = {
        "name": name,
        "segment": account.c.segment,
        "owner": account.c.owner,
        "revenue": account.c.revenue,
        "renewal": account.c.renewal_at,
        "heard": account.c.heard_at,
        "promises": counted.count("broken") * 1_000_000 + counted.count("open"),
        "handoffs": counted.count("late") * 1_000_000 + counted.count("waiting") + counted.count("returned"),
        "signals": counted.count("signals"),
    }[wanted.sort or "name"]
    return (by.is_(None), by.desc() if wanted.falls else by.asc(), name, account.c.thread)


def likely_same(connection: Connection, thread: str) -> Sequence[str]:
    """Other accounts that may be this one, most probable first; nobody has decided about them yet."""
    mine = or_(duplicate.c.left == thread, duplicate.c.right == thread)
    asked = select(duplicate.c.left, duplicate.c.right).where(mine, duplicate.c.decision.is_(None))
    rows = connection.execute(asked.order_by(duplicate.c.chance.desc()).limit(3))
    return [row.right if row.left == thread else row.left for row in rows]
