"""Accounts beside each other: what each is, how much happened there, what becomes of both as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Connection, case, func, select

from clew.archive.layout import ATTRIBUTES, EVENTS
from clew.archive.model import NO_CODE
from clew.context.model import Header, Promise
from clew.db.bulk import among
from clew.db.tables import run
from clew.live.contexts.queries import context_of

if TYPE_CHECKING:
    from clew.live.fresh.log import Fresh


@dataclass(frozen=True)
class Side:
    """One account of a pair.

    people  contacts that are there        runs  journey -> how many, of which open
    """

    header: Header
    people: int
    runs: Mapping[str, tuple[int, int]]
    promises: Sequence[Promise]
    answers: int


@dataclass(frozen=True)
class Said:
    """What sources say of an attribute: the value in force, since when."""

    value: str
    at: int


def sides(connection: Connection, threads: Sequence[str]) -> Mapping[str, Side]:
    """Read accounts as they stand beside each other; those that are none are left out."""
    runs = _runs(connection, threads)
    found = {thread: context for thread in threads if (context := context_of(connection, thread)) is not None}
    return {
        thread: Side(
            context.header,
            len({one.contact for one in context.memberships if one.until is None}),
            runs.get(thread, {}),
            context.promises,
            len(context.answers),
        )
        for thread, context in found.items()
    }


def _runs(connection: Connection, threads: Sequence[str]) -> Mapping[str, Mapping[str, tuple[int, int]]]:
    is_open = func.count(case((run.c.ended_at.is_(None), 1)))
    asked = select(run.c.thread, run.c.journey, func.count(), is_open).where(among(connection, run.c.thread, threads))
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for thread, journey, count, open_ones in connection.execute(asked.group_by(run.c.thread, run.c.journey)):
        found.setdefault(thread, {})[journey] = (int(count), int(open_ones))
    return found


def attributes_of(fresh: Fresh, thread: str, now: int) -> Mapping[str, Said]:
    """Read each attribute of an account in force now, with its date: the latest that sources tell."""
    view = fresh.view_of([thread], now)
    table = view.bucket.table(ATTRIBUTES)
    order = np.argsort(table.column("at"), kind="stable")
    columns = (table.column(name)[order].tolist() for name in ("name", "value", "at"))
    found: dict[str, Said] = {}
    for name, value, at in zip(*columns, strict=True):
        if value != NO_CODE:
            text = view.names["attribute"].text(name)
            found[text] = Said(view.names[f"attribute:{text}"].text(value), at)
    return found


def events_by_id(fresh: Fresh, thread: str, now: int) -> Mapping[str, int]:
    """Count the events of an account by the id under which each of them came."""
    view = fresh.view_of([thread], now)
    party, count = np.unique(view.bucket.table(EVENTS).column("party"), return_counts=True)
    return dict(zip((view.names["entity"].text(code) for code in party.tolist()), count.tolist(), strict=True))
