"""What the page of one account asks beside its context: signals, relatives, who is who."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from clew.accounts.persons import Record, open_persons
from clew.config.store import STORE
from clew.db.tables import account, signal
from clew.web.queries.signals import STILL_HOLDS

MOST = 50  # signals of one account, and accounts below it, that a page shows


def signals_of(connection: Connection, thread: str, *, gone: bool = False) -> Sequence[Row[Any]]:
    """Signals of an account that hold, or that do not any more; latest first."""
    asked = select(signal).where(signal.c.subject == thread, ~STILL_HOLDS if gone else STILL_HOLDS)
    return connection.execute(asked.order_by(signal.c.at.desc(), signal.c.kind).limit(MOST)).all()


def children_of(connection: Connection, thread: str) -> Mapping[str, str]:
    """Return what accounts are called whose parent this is."""
    asked = select(account.c.thread, account.c.name).where(account.c.parent == thread)
    return {row.thread: row.name for row in connection.execute(asked.order_by(account.c.name).limit(MOST))}


def persons_of(folder: Path, numbers: Collection[int]) -> Mapping[int, Record]:
    """Say who these contacts are; erased ones are there without a name."""
    if not numbers or not (folder / STORE).is_dir():
        return {}
    with open_persons(folder / STORE) as persons:
        return {one.surrogate: one for one in persons.described(sorted(numbers))}
