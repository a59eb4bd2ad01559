"""Lists of accounts, promises and handoffs: filtered, sorted and cut in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, case, func, or_, select, true

from clew.access.model import Actor, Permission
from clew.context.model import Handoff, HandoffState, Promise, PromiseState, Receipt
from clew.db.tables import account, account_id, handoff, promise
from clew.errors import BadRequest
from clew.live.contexts.teams import bears_team, mine, reach_filter

Row = TypeVar("Row")
Making = Callable[[str], ColumnElement[bool]]

ACCOUNT_SORTS = ("name", "segment", "owner", "team", "revenue", "renewal_at", "heard_at", "last_at", "touches")
CUSTOMER, LOST, OTHER = "customer", "lost", "prospect"
YES = "yes"
_TOGETHER: Mapping[str, Sequence[str]] = {
    "waiting": (PromiseState.OPEN, PromiseState.BROKEN),
    "done": (PromiseState.KEPT, PromiseState.KEPT_LATE),
}


@dataclass(frozen=True)
class Found(Generic[Row]):
    """Some rows of a list, and how many there are."""

    rows: Sequence[Row]
    total: int


@dataclass(frozen=True)
class AccountRow:
    """An account in a list; fields as `clew.context.model.Header`."""

    thread: str
    name: str
    segment: str | None
    industry: str | None
    owner: str | None
    team: str | None
    teams: Sequence[str]
    revenue: int | None
    renewal_at: int | None
    parent: str | None
    customer_since: int | None
    lost_at: int | None
    first_at: int | None
    last_at: int | None
    heard_at: int | None
    touches: int


@dataclass(frozen=True)
class PromiseRow:
    """A promise in a list, with its account."""

    thread: str
    account: str
    promise: Promise
    state: PromiseState


@dataclass(frozen=True)
class HandoffRow:
    """A handoff in a list, with its account; late: it waits for its receipt longer than it may."""

    thread: str
    account: str
    handoff: Handoff
    late: bool


@dataclass(frozen=True)
class Choices:
    """What lists of accounts can be filtered by, each rising."""

    segments: Sequence[str]
    teams: Sequence[str]
    owners: Sequence[str]
    industries: Sequence[str]


def accounts_page(
    connection: Connection,
    actor: Actor,
    *,
    filters: Mapping[str, str] | None = None,
    text: str = "",
    sort: str = "name",
    falls: bool = False,
    first: int = 0,
    limit: int = 50,
) -> Found[AccountRow]:
    """Return accounts.

    filters  segment, industry, team (that works with it), owner, parent; mine: "yes"; state: customer | lost | prospect
    text     words, all of them in the name or in one id           sort  one of ACCOUNT_SORTS; unknown values last
    first    rows to leave out
    """
    making: Mapping[str, Making] = {
        "team": lambda team: bears_team(connection, [team]),
        "mine": lambda _yes: mine(connection, actor),
        "state": _customer_state,
        **{name: account.c[name].__eq__ for name in ("segment", "industry", "owner", "parent")},
    }
    asked = _filtered(select(*(account.c[name] for name in _fields(AccountRow))), making, filters)
    for word in text.split():
        asked = asked.where(_spelled(word))
    order = _ordered(account.c[_known(sort, ACCOUNT_SORTS)], falls, account.c.thread)
    return _cut(connection, asked, order, first=first, limit=limit, make=lambda row: AccountRow(**row._mapping))


def promises_page(
    connection: Connection,
    actor: Actor,
    *,
    now: int,
    filters: Mapping[str, str] | None = None,
    text: str = "",
    sort: str = "due",
    falls: bool = False,
    first: int = 0,
    limit: int = 50,
) -> Found[PromiseRow]:
    """Return promises of all accounts.

    filters  state: a PromiseState at `now`, "waiting" for those open or broken, "done" for those kept in time or
             late; team: that must keep it, else made it; account: a thread; mine: "yes", of accounts that the actor
             works with
    text     words, all of them in the topic or the account's name; in what was said only where the actor may see that
    sort     due | made | kept | topic | account | team
    """
    state, owner = _promise_state(now), func.coalesce(promise.c.owner, promise.c.team)
    making: Mapping[str, Making] = {
        "state": lambda told: state.in_(_TOGETHER.get(told, [told])),
        "team": lambda team: owner == team,
        "account": promise.c.thread.__eq__,
        "mine": lambda _yes: promise.c.thread.in_(select(account.c.thread).where(mine(connection, actor))),
    }
    name = _name_of(promise)
    columns: dict[str, Any] = {"account": name, "team": owner, "topic": promise.c.topic}
    columns |= {each: promise.c[f"{each}_at"] for each in ("due", "made", "kept")}
    joined = promise.outerjoin(account, account.c.thread == promise.c.thread)
    asked = _filtered(select(promise, name.label("called"), state.label("state")).select_from(joined), making, filters)
    told = promise.c.thread.in_(select(account.c.thread).where(reach_filter(connection, actor, Permission.SEE_PERSONS)))
    for word in text.split():
        asked = asked.where(_within(word, promise.c.topic, name) | (_within(word, promise.c.says) & told))
    order = (*_ordered(columns[_known(sort, columns)], falls, promise.c.thread), promise.c.id)
    return _cut(connection, asked, order, first=first, limit=limit, make=_promise_row)


def handoffs_page(
    connection: Connection,
    actor: Actor,
    *,
    now: int,
    filters: Mapping[str, str] | None = None,
    text: str = "",
    sort: str = "due",
    falls: bool = False,
    first: int = 0,
    limit: int = 50,
) -> Found[HandoffRow]:
    """Return handoffs of all accounts.

    filters  state: a HandoffState, "late" or "lapsed"; team: the receiving one; source: the giving one;
             account: a thread; journey; mine: "yes", of accounts that the actor works with
    sort     due | sent | account | target | source | state
    """
    making: Mapping[str, Making] = {
        "state": lambda told: _is_late(now) if told == "late" else _stands(told),
        "team": handoff.c.target.__eq__,
        "source": handoff.c.source.__eq__,
        "account": handoff.c.thread.__eq__,
        "journey": handoff.c.journey.__eq__,
        "of": lambda told: _of_teams(actor, told),
        "mine": lambda _yes: handoff.c.thread.in_(select(account.c.thread).where(mine(connection, actor))),
    }
    name = _name_of(handoff)
    columns: dict[str, Any] = {"due": handoff.c.due_at, "sent": handoff.c.sent_at, "account": name}
    columns |= {each: handoff.c[each] for each in ("target", "source", "state")}
    joined = handoff.outerjoin(account, account.c.thread == handoff.c.thread)
    late = _is_late(now).label("late")
    asked = _filtered(select(handoff, name.label("called"), late).select_from(joined), making, filters)
    for word in text.split():
        asked = asked.where(_within(word, name, handoff.c.source, handoff.c.target, handoff.c.journey))
    order = (*_ordered(columns[_known(sort, columns)], falls, handoff.c.thread), handoff.c.id)
    return _cut(connection, asked, order, first=first, limit=limit, make=_handoff_row)


def choices(connection: Connection) -> Choices:
    """Return what the accounts there are can be filtered by."""
    told = {
        name: [value for value in connection.execute(select(account.c[name]).distinct()).scalars() if value]
        for name in ("segment", "owner", "industry")
    }
    teams = {team for listed in connection.execute(select(account.c.teams).distinct()).scalars() for team in listed}
    return Choices(sorted(told["segment"]), sorted(teams), sorted(told["owner"]), sorted(told["industry"]))


def _filtered(asked: Select[Any], making: Mapping[str, Making], filters: Mapping[str, str] | None) -> Select[Any]:
    for name, value in (filters or {}).items():
        asked = asked.where(making[_known(name, making)](value))
    return asked


def _known(name: str, allowed: Sequence[str] | Mapping[str, Any]) -> str:
    if name not in allowed:
        raise BadRequest(f"'{name[:80]}' is not known here; allowed: {', '.join(allowed)}")
    return name


def _ordered(column: Any, falls: bool, thread: Column[Any]) -> tuple[Any, ...]:
    """Sort texts in any case, unknown values last; the thread decides between equals, so that pages never overlap."""
    spelled = func.lower(column) if isinstance(column.type, account.c.name.type.__class__) else column
    return ((spelled.desc() if falls else spelled.asc()).nulls_last(), thread)


def _cut(
    connection: Connection,
    asked: Select[Any],
    order: Sequence[Any],
    *,
    first: int,
    limit: int,
    make: Callable[[Any], Row],
) -> Found[Row]:
    total = connection.execute(select(func.count()).select_from(asked.order_by(None).subquery())).scalar_one()
    rows = connection.execute(asked.order_by(*order).offset(first).limit(limit)) if total > first else ()
    return Found([make(row) for row in rows], total)


def _fields(kind: type) -> Sequence[str]:
    return tuple(kind.__dataclass_fields__)  # type: ignore[attr-defined]


def _customer_state(told: str) -> ColumnElement[bool]:
    since, lost = account.c.customer_since.is_not(None), account.c.lost_at.is_not(None)
    allowed = {CUSTOMER: and_(since, ~lost), LOST: lost, OTHER: and_(~since, ~lost)}
    return allowed[_known(told, allowed)]


def _spelled(word: str) -> ColumnElement[bool]:
    """Whether a word stands in the name of an account or in one of its ids."""
    ids = select(account_id.c.thread).where(account_id.c.bare.contains(word.casefold(), autoescape=True))
    return or_(_within(word, account.c.name), account.c.thread.in_(ids))


def _within(word: str, *columns: Any) -> ColumnElement[bool]:
    """Whether a word stands in one of these texts, in any case."""
    lower = (func.lower(func.coalesce(column, "")).contains(word.lower(), autoescape=True) for column in columns)
    plain = (func.coalesce(column, "").contains(word, autoescape=True) for column in columns)
    return or_(*lower, *plain)  # SQLite lowers the letters of ASCII alone


def _name_of(table: Any) -> ColumnElement[str]:
    return func.coalesce(account.c.name, table.c.thread)


def _promise_state(now: int) -> ColumnElement[str]:
    """As `clew.context.model.Promise.state`."""
    kept, due = promise.c.kept_at, promise.c.due_at
    return case(
        (and_(kept.is_not(None), kept <= due), PromiseState.KEPT.value),
        (kept.is_not(None), PromiseState.KEPT_LATE.value),
        (promise.c.released_at.is_not(None), PromiseState.RELEASED.value),
        (due >= now, PromiseState.OPEN.value),
        else_=PromiseState.BROKEN.value,
    )


def _is_late(now: int) -> ColumnElement[bool]:
    return and_(_stands(HandoffState.SENT), func.coalesce(handoff.c.due_at < now, False))


def _stands(told: str) -> ColumnElement[bool]:
    """As `clew.context.model.Handoff.state`; of those that wait, the ones whose run goes on."""
    lapsed = handoff.c.lapsed_at.is_not(None)
    allowed: dict[str, ColumnElement[bool]] = {one.value: handoff.c.state == one.value for one in HandoffState}
    allowed[HandoffState.SENT] = and_(allowed[HandoffState.SENT], ~lapsed)
    allowed["lapsed"] = lapsed
    return allowed[_known(told, allowed)]


def _of_teams(actor: Actor, told: str) -> ColumnElement[bool]:
    """Restrict handoffs to what concerns the teams of an actor in one of four ways."""
    waits = _stands(HandoffState.SENT)
    returned = and_(_stands(HandoffState.RETURNED), handoff.c.lapsed_at.is_(None))
    accepted = _stands(HandoffState.ACCEPTED)
    teams = sorted(actor.teams)
    given = handoff.c.source.in_(teams) if teams else true()
    received = handoff.c.target.in_(teams) if teams else true()
    allowed = {
        "waiting": and_(waits, received),
        "returned": and_(returned, given),
        "sent": and_(or_(waits, returned), given),
        "settled": and_(accepted, or_(given, received)),
    }
    return allowed[_known(told, allowed)]


def _promise_row(row: Any) -> PromiseRow:
    names = _fields(Promise)
    told = Promise(**{name: row._mapping[name] for name in names})
    return PromiseRow(row.thread, row.called, told, PromiseState(row.state))


def _handoff_row(row: Any) -> HandoffRow:
    told = Handoff(
        id=row.id,
        journey=row.journey,
        subject=row.subject,
        source=row.source,
        target=row.target,
        history=[Receipt(at, HandoffState(state), by, reason) for at, state, by, reason in row.history],
        due_at=row.due_at,
        packet={part: text for part, text in row.packet.items() if text},
        wanted=list(row.packet),
        promises=row.promises,
        lapsed_at=row.lapsed_at,
    )
    return HandoffRow(row.thread, row.called, told, bool(row.late))
