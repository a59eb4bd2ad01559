"""How accounts, promises and handoffs stand, as conditions of a statement: one definition for every list and count.

`clew.context.model` says the same of a single one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func

from clew.archive.identity import CONTACT
from clew.context.model import CustomerState, HandoffState, PromiseState
from clew.db.tables import account, handoff, promise

OF_A_FIRM = ~account.c.thread.startswith(CONTACT)  # a person whose firm nobody knows is no account
NOT_LOST = account.c.lost_at.is_(None)  # true beside accounts that nothing is derived of, too
CUSTOMERS: Mapping[str, ColumnElement[bool]] = {
    CustomerState.CUSTOMER: and_(account.c.customer_since.is_not(None), NOT_LOST),
    CustomerState.LOST: account.c.lost_at.is_not(None),
    CustomerState.PROSPECT: and_(account.c.customer_since.is_(None), NOT_LOST),
}
PROMISE_WAITS = and_(promise.c.kept_at.is_(None), promise.c.released_at.is_(None))
PROMISE_TEAM: ColumnElement[Any] = func.coalesce(promise.c.owner, promise.c.team)  # that must keep it, else made it
LAPSED = handoff.c.lapsed_at.is_not(None)
HANDOFF_WAITS = and_(handoff.c.state == HandoffState.SENT.value, ~LAPSED)
HANDOFF_RETURNED = and_(handoff.c.state == HandoffState.RETURNED.value, ~LAPSED)


def promise_state(now: int) -> ColumnElement[str]:
    """Say what a promise is by now, as `Promise.state`."""
    kept, due = promise.c.kept_at, promise.c.due_at
    return case(
        (and_(kept.is_not(None), kept <= due), PromiseState.KEPT.value),
        (kept.is_not(None), PromiseState.KEPT_LATE.value),
        (promise.c.released_at.is_not(None), PromiseState.RELEASED.value),
        (due >= now, PromiseState.OPEN.value),
        else_=PromiseState.BROKEN.value,
    )


def handoff_late(now: int) -> ColumnElement[bool]:
    """Whether a handoff waits longer for its receipt than it may, as `Handoff.is_late`."""
    return and_(HANDOFF_WAITS, func.coalesce(handoff.c.due_at < now, False))
