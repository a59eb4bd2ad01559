"""Lists of promises and handoffs of all accounts: filtered, sorted and cut in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, func, or_, select, true

from clew.access.model import Actor, Permission
from clew.context.model import Handoff, HandoffState, Promise, PromiseState, Receipt
from clew.db.spelling import all_within, within
from clew.db.tables import account, handoff, promise
from clew.errors import BadRequest
from clew.live.contexts.states import HANDOFF_RETURNED, HANDOFF_WAITS, LAPSED, PROMISE_TEAM, handoff_late, promise_state
from clew.live.contexts.teams import mine, reach_filter

Row = TypeVar("Row")
Making = Callable[[str], ColumnElement[bool]]

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
    state = promise_state(now)
    making: Mapping[str, Making] = {
        "state": lambda told: state.in_(_TOGETHER.get(told, [told])),
        "team": lambda team: PROMISE_TEAM.in_([team]),
        "account": promise.c.thread.__eq__,
        "mine": lambda _yes: promise.c.thread.in_(select(account.c.thread).where(mine(connection, actor))),
    }
    name = _name_of(promise)
    columns: dict[str, Any] = {"account": name, "team": PROMISE_TEAM, "topic": promise.c.topic}
    columns |= {each: promise.c[f"{each}_at"] for each in ("due", "made", "kept")}
    joined = promise.outerjoin(account, account.c.thread == promise.c.thread)
    asked = _filtered(select(promise, name.label("called"), state.label("state")).select_from(joined), making, filters)
    told = promise.c.thread.in_(select(account.c.thread).where(reach_filter(connection, actor, Permission.SEE_PERSONS)))
    for word in text.split():
        asked = asked.where(within(word, promise.c.topic, name) | (within(word, promise.c.says) & told))
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
        "state": lambda told: handoff_late(now) if told == "late" else _stands(told),
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
    late = handoff_late(now).label("late")
    asked = _filtered(select(handoff, name.label("called"), late).select_from(joined), making, filters)
    asked = asked.where(all_within(text, name, handoff.c.source, handoff.c.target, handoff.c.journey))
    order = (*_ordered(columns[_known(sort, columns)], falls, handoff.c.thread), handoff.c.id)
    return _cut(connection, asked, order, first=first, limit=limit, make=_handoff_row)


def choices(connection: Connection) -> Choices:
    """Return what the accounts there are can be filtered by."""
    segments = connection.execute(select(account.c.segment).distinct()).scalars()
    teams = connection.execute(select(account.c.teams).distinct()).scalars()
    return Choices(sorted(one for one in segments if one), sorted({team for listed in teams for team in listed}))


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


def _name_of(table: Any) -> ColumnElement[str]:
    return func.coalesce(account.c.name, table.c.thread)


def _stands(told: str) -> ColumnElement[bool]:
    """As `clew.context.model.Handoff.state`; of those that wait, the ones whose run goes on."""
    allowed: dict[str, ColumnElement[bool]] = {one.value: handoff.c.state == one.value for one in HandoffState}
    allowed |= {HandoffState.SENT: HANDOFF_WAITS, "lapsed": LAPSED}
    return allowed[_known(told, allowed)]


def _of_teams(actor: Actor, told: str) -> ColumnElement[bool]:
    """Restrict handoffs to what concerns the teams of an actor in one of four ways."""
    waits = HANDOFF_WAITS
    returned = HANDOFF_RETURNED
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
