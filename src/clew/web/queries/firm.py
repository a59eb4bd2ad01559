"""How the firm stands, by practice (segment) and by team, and what is at stake; small figures hidden by one rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, and_, case, distinct, false, func, or_, select

from clew.access.model import Actor, Permission
from clew.access.policy import LEAST_ACCOUNTS, may, may_see_figure, may_see_groups
from clew.clock import DAY_US
from clew.context.model import CustomerState
from clew.db.tables import account, handoff, promise, run, signal, worked_out
from clew.live.contexts.states import CUSTOMERS, PROMISE_TEAM
from clew.questions.model import TooFew
from clew.signals.measuring.rates import rate_of, share_of
from clew.stats.model import Estimate
from clew.web.queries.signals import READY, SILENCE, STILL_HOLDS, STILL_SILENT

YEAR_US, QUARTER_US = 365 * DAY_US, 90 * DAY_US
_CUSTOMER = CUSTOMERS[CustomerState.CUSTOMER]
_FEW = LEAST_ACCOUNTS // 2 + 1  # neither the fewest nor the most that a hidden group may have
Groups = Mapping[str | None, Any]
Place = tuple[str, str | None]  # a stage of a journey


@dataclass(frozen=True)
class Amount:
    """A count or a sum, and the accounts behind it; value None where it is hidden."""

    value: int | None = 0
    accounts: int = 0


@dataclass(frozen=True)
class Share:
    """So many of n, the accounts with such a one and with another one; estimate None where it is hidden."""

    hits: int = 0
    n: int = 0
    accounts: int = 0
    with_hit: int = 0
    with_miss: int = 0
    estimate: Estimate | TooFew | None = None


@dataclass(frozen=True)
class GroupRow:
    """One practice or one team.

    accounts  customers of today          revenue   what they bring a year, millionths, as far as it is known
    open      runs                        stalled   of them beyond the owner's limit
    promises  kept by their day, of those due in a year             handoffs  received in time, of those due in a year
    silent    of the customers
    """

    name: str | None
    accounts: Amount
    revenue: Amount
    open: Amount
    stalled: Amount
    promises: Share
    handoffs: Share
    silent: Share


@dataclass(frozen=True)
class RenewalClass:
    """Customers whose contract renews soon, of one class of what was noticed of them in a quarter."""

    name: str
    accounts: Amount
    revenue: Amount


def kept_diagnosis(connection: Connection, name: str) -> tuple[int, int, Mapping[str, Any]] | None:
    """Return when a diagnosis was worked out, as of when, and what it says; None before the first."""
    row = connection.execute(select(worked_out).where(worked_out.c.name == name)).one_or_none()
    return None if row is None else (row.made_at, row.as_of, row.body)


def crossed_since(connection: Connection, kind: str, names: Sequence[str]) -> Mapping[str, int]:
    """Return since when thresholds are crossed, those that were noticed: name -> instant."""
    where = (signal.c.kind == kind, signal.c.subject.in_(list(names)))
    asked = select(signal.c.subject, func.max(signal.c.at)).where(*where).group_by(signal.c.subject)
    return {row[0]: row[1] for row in connection.execute(asked)} if names else {}


def by_segment(connection: Connection, actor: Actor, now: int) -> Sequence[GroupRow]:
    """The firm by practice, the largest first; each account counts in its segment."""
    of_account: ColumnElement[Any] = account.c.segment
    found = _Gathered(connection, now, of_account, of_account, of_account, of_account)
    return _rows(actor, found)


def by_team(connection: Connection, actor: Actor, now: int, teams: Mapping[tuple[str, str], str]) -> Sequence[GroupRow]:
    """The firm by team: accounts that it owns, runs in its stages, promises it must keep, handoffs it must receive.

    teams  (journey, stage) -> team that answers for it
    """
    stages = [(and_(run.c.journey == journey, run.c.stage == stage), team) for (journey, stage), team in teams.items()]
    of_run: ColumnElement[Any] = case(*stages, else_=None) if stages else account.c.team
    return _rows(actor, _Gathered(connection, now, account.c.team, of_run, PROMISE_TEAM, handoff.c.target))


class _Gathered:
    """What is known of each group, before anything is hidden."""

    def __init__(
        self,
        connection: Connection,
        now: int,
        of_account: ColumnElement[Any],
        of_run: ColumnElement[Any],
        of_promise: ColumnElement[Any],
        of_handoff: ColumnElement[Any],
    ) -> None:
        self._connection, self._now = connection, now
        self.customers = self._customers(of_account)
        self.runs = self._runs(of_run)
        self.promises = self._promises(of_promise)
        self.handoffs = self._handoffs(of_handoff)

    @property
    def names(self) -> list[str | None]:
        every = {*self.customers, *self.runs, *self.promises, *self.handoffs}
        return sorted(every, key=lambda name: (name is None, -self.customers.get(name, (0,))[0], name or ""))

    def _customers(self, by: ColumnElement[Any]) -> Groups:
        """group -> (customers, revenue, customers whose revenue is known, silent customers)."""
        silent = _noticed(signal.c.subject == account.c.thread, STILL_SILENT)
        counts = (
            func.count(),
            func.sum(account.c.revenue),
            func.count(account.c.revenue),
            func.count(case((silent, 1))),
        )
        asked = select(by, *counts).where(_CUSTOMER).group_by(by)
        return {row[0]: (row[1], int(row[2] or 0), row[3], row[4]) for row in self._connection.execute(asked)}

    def _runs(self, by: ColumnElement[Any]) -> Groups:
        """group -> (open runs, their accounts, late runs, accounts of those)."""
        late = func.coalesce(run.c.limit_at <= self._now, False)
        counts = (
            func.count(),
            func.count(distinct(run.c.thread)),
            func.count(case((late, 1))),
            func.count(distinct(case((late, run.c.thread)))),
        )
        joined = run.outerjoin(account, account.c.thread == run.c.thread)
        asked = select(by, *counts).select_from(joined).where(run.c.ended_at.is_(None)).group_by(by)
        return {row[0]: tuple(row[1:]) for row in self._connection.execute(asked)}

    def _promises(self, by: ColumnElement[Any]) -> Groups:
        kept = func.coalesce(promise.c.kept_at <= promise.c.due_at, False)
        due = (promise.c.due_at > self._now - YEAR_US, promise.c.due_at <= self._now, promise.c.released_at.is_(None))
        return self._of_accounts(by, promise, kept, due)

    def _handoffs(self, by: ColumnElement[Any]) -> Groups:
        accepted = and_(handoff.c.state == "accepted", handoff.c.settled_at <= handoff.c.due_at)
        due = (handoff.c.due_at > self._now - YEAR_US, handoff.c.due_at <= self._now)
        return self._of_accounts(by, handoff, func.coalesce(accepted, False), due)

    def _of_accounts(self, by: ColumnElement[Any], table: Any, hit: Any, due: Iterable[Any]) -> Groups:
        """group -> ([hits of each account], [all of each account])."""
        joined = table.outerjoin(account, account.c.thread == table.c.thread)
        asked = select(by, func.count(case((hit, 1))), func.count()).select_from(joined).where(*due)
        found: dict[str | None, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for name, hits, whole in self._connection.execute(asked.group_by(by, table.c.thread)):
            found[name][0].append(hits)
            found[name][1].append(whole)
        return dict(found)


def _rows(actor: Actor, found: _Gathered) -> Sequence[GroupRow]:
    rows = [_row(name, found) for name in found.names]
    for column in ("accounts", "revenue", "open", "stalled"):
        rows = _hidden_amounts(actor, rows, column)
    for column in ("promises", "handoffs", "silent"):
        rows = _hidden_shares(actor, rows, column)
    return rows


def _row(name: str | None, found: _Gathered) -> GroupRow:
    customers, revenue, known, silent = found.customers.get(name, (0, 0, 0, 0))
    opened, open_accounts, late, late_accounts = found.runs.get(name, (0, 0, 0, 0))
    return GroupRow(
        name,
        Amount(customers, customers),
        Amount(revenue, known),
        Amount(opened, open_accounts),
        Amount(late, late_accounts),
        _rate(*found.promises.get(name, ((), ()))),
        _rate(*found.handoffs.get(name, ((), ()))),
        Share(silent, customers, customers, silent, customers - silent, share_of(silent, customers)),
    )


def _rate(hits: Sequence[int], whole: Sequence[int]) -> Share:
    """A rate over accounts: what falls together in one account is resampled with it."""
    part, of = np.array(hits, np.int64), np.array(whole, np.int64)
    counts = (int(part.sum()), int(of.sum()), len(of), int((part > 0).sum()), int((part < of).sum()))
    return Share(*counts, rate_of(part, of))


def _hidden_amounts(actor: Actor, rows: Sequence[GroupRow], column: str) -> list[GroupRow]:
    cells: list[Amount] = [getattr(row, column) for row in rows]
    seen = may_see_groups(actor, [cell.accounts for cell in cells])
    kept = [cell if shown else replace(cell, value=None) for cell, shown in zip(cells, seen, strict=True)]
    return [_with(row, column, cell) for row, cell in zip(rows, kept, strict=True)]


def _hidden_shares(actor: Actor, rows: Sequence[GroupRow], column: str) -> list[GroupRow]:
    """A share tells of both of its parts: neither may be of few accounts."""
    cells: list[Share] = [getattr(row, column) for row in rows]
    parts: Sequence[Callable[[Share], int]] = (
        lambda cell: cell.accounts,
        lambda cell: cell.with_hit,
        lambda cell: cell.with_miss,
    )
    hidden: set[int] = set()
    before = -1
    while len(hidden) != before:
        before = len(hidden)
        for part in parts:
            seen = _seen(actor, [part(cell) for cell in cells], hidden)
            hidden |= {place for place, shown in enumerate(seen) if not shown}
    kept = [replace(cell, estimate=None) if place in hidden else cell for place, cell in enumerate(cells)]
    return [_with(row, column, cell) for row, cell in zip(rows, kept, strict=True)]


def _seen(actor: Actor, accounts: Sequence[int], hidden: Collection[int]) -> list[bool]:
    """As `may_see_groups`, where some groups are hidden for another reason: they count as ones of few accounts."""
    return may_see_groups(
        actor, [min(count, _FEW) if place in hidden else count for place, count in enumerate(accounts)]
    )


def _with(row: GroupRow, column: str, cell: Any) -> GroupRow:
    return replace(row, **{column: cell})


def renewals_by_class(connection: Connection, actor: Actor, now: int, within: int) -> Sequence[RenewalClass]:
    """Customers that renew within a time, by what was noticed of them in a quarter: silent, trouble, ready, nothing."""
    lately = (signal.c.subject == account.c.thread, STILL_HOLDS)
    is_silent = _noticed(*lately, STILL_SILENT)
    since = signal.c.at > now - QUARTER_US
    in_trouble = _noticed(*lately, since, signal.c.kind.not_in((READY, SILENCE)))
    is_ready = _noticed(*lately, since, signal.c.kind == READY)
    named = case((is_silent, "silent"), (in_trouble, "trouble"), (is_ready, "ready"), else_="nothing")
    soon = account.c.renewal_at.between(now, now + within)
    counts = (func.count(), func.sum(account.c.revenue), func.count(account.c.revenue))
    asked = select(named.label("class"), *counts).where(_CUSTOMER, soon).group_by("class")
    found = {row[0]: row[1:] for row in connection.execute(asked)}
    order = [name for name in ("silent", "trouble", "ready", "nothing") if name in found]
    seen = may_see_groups(actor, [found[name][0] for name in order])
    known = _seen(actor, [found[name][2] for name in order], {place for place, one in enumerate(seen) if not one})
    return [
        RenewalClass(
            name,
            Amount(found[name][0] if shown else None, found[name][0]),
            Amount(int(found[name][1] or 0) if shown and told else None, found[name][2]),
        )
        for name, shown, told in zip(order, seen, known, strict=True)
    ]


def _noticed(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(signal.c.id).where(*where).exists()


@dataclass(frozen=True)
class Together:
    """Open runs of the whole firm that stand beyond the owner's limit: known value in millionths."""

    runs: int = 0
    accounts: int = 0
    value: int = 0


def beyond_limits(connection: Connection, actor: Actor, shown: Collection[Place], now: int) -> Together | None:
    """Sum them up; None where from the sum, and the parts that stand beside it, something of few accounts followed.

    shown  stages whose own part stands beside it
    """
    late = and_(run.c.ended_at.is_(None), run.c.limit_at <= now)
    told = select(func.count(), func.count(distinct(run.c.thread)), func.sum(run.c.value)).where(late)
    runs, accounts, value = connection.execute(told).one()
    hidden = {tuple(row) for row in connection.execute(select(run.c.journey, run.c.stage).where(late).distinct())}
    hidden -= set(shown)
    behind = connection.execute(select(func.count(distinct(run.c.thread))).where(late, _in(hidden))).scalar_one()
    if may(actor, Permission.SEE_ACCOUNTS) or not runs or (not hidden and may_see_figure(actor, accounts)):
        return Together(runs, accounts, int(value or 0))
    safe = len(hidden) > 1 and behind >= LEAST_ACCOUNTS
    return Together(runs, accounts, int(value or 0)) if safe and may_see_figure(actor, accounts) else None


def _in(places: Collection[Place]) -> ColumnElement[bool]:
    parts = [and_(run.c.journey == journey, run.c.stage.is_not_distinct_from(stage)) for journey, stage in places]
    return or_(*parts) if parts else false()
