"""Let the kept signals be what the detectors answer: new ones come, others go, whatever was interrupted before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Executable, Row, bindparam, delete, insert, select, update

from clew.db.cursors import move, position_of
from clew.db.engine import Database
from clew.db.leases import Lease, check
from clew.db.tables import signal
from clew.live.failpoints import reach
from clew.signals.keeping.model import KEPT_US, SIGNALS, Changed, Key, Noticed
from clew.signals.registry import BY_NAME

AT_ONCE = 500  # rows of one transaction: nobody else waits long
Change = Callable[[Connection], object]


def keep(database: Database, found: Mapping[Key, Noticed], leases: Sequence[Lease], *, as_of: int, now: int) -> Changed:
    """Bring table `signal` to what was noticed; signals of other kinds, as crossed thresholds, stay as they are.

    as_of   of the sight in which it was noticed
    now     when it was; what was there when Clew looked for the first time counts as noticed when it occurred
    Raises  Fenced where another process took over: what was written by then is right, the rest is not written
    """
    with database.read() as connection:
        compared = _compared(connection, found, as_of)
        first = not position_of(connection, SIGNALS)
    changes = list(_changes(compared, now, first=first))
    for number, change in enumerate(changes, start=1):
        with database.write() as connection:
            check(connection, leases)
            change(connection)
            if number == len(changes):
                move(connection, SIGNALS, position_of(connection, SIGNALS) + 1)
        reach("signals.after-some")
    return compared.changed


@dataclass(frozen=True)
class _Compared:
    """What was noticed beside what is kept; rows of the table are named by their ids."""

    new: Sequence[Noticed]
    told: Sequence[tuple[Row[Any], Noticed]]
    gone: Sequence[int]
    old: Sequence[int]

    @property
    def changed(self) -> Changed:
        back = sum(row.gone_at is not None for row, _ in self.told)
        return Changed(len(self.new), len(self.told) - back, len(self.gone), back, len(self.old))


def _compared(connection: Connection, found: Mapping[Key, Noticed], as_of: int) -> _Compared:
    asked = select(signal).where(signal.c.kind.in_(tuple(BY_NAME)))
    known: dict[Key, Row[Any]] = {(row.kind, row.subject, row.at): row for row in connection.execute(asked)}
    over = [row for key, row in known.items() if key not in found]
    return _Compared(
        new=[each for key, each in found.items() if key not in known],
        told=[(row, found[key]) for key, row in known.items() if key in found and _differs(row, found[key])],
        gone=[row.id for row in over if row.at > as_of - KEPT_US and row.gone_at is None],
        old=[row.id for row in over if row.at <= as_of - KEPT_US],
    )


def _differs(row: Row[Any], found: Noticed) -> bool:
    return bool(row.gone_at is not None or row.says != found.says or row.evidence != found.evidence)


def _changes(compared: _Compared, now: int, *, first: bool) -> Iterator[Change]:
    """One change a transaction."""
    new = [{**_row(each), "noticed_at": each.at if first else now} for each in compared.new]
    told = [{"which": row.id, "says": each.says, "evidence": each.evidence} for row, each in compared.told]
    anew = update(signal).where(signal.c.id == bindparam("which")).values(gone_at=None)
    for some in _some(new):
        yield partial(_execute, insert(signal), some)
    for some in _some(told):
        yield partial(_execute, anew, some)
    for ids in _some(compared.gone):
        yield partial(_execute, update(signal).where(signal.c.id.in_(ids)).values(gone_at=now), None)
    for ids in _some(compared.old):
        yield partial(_execute, delete(signal).where(signal.c.id.in_(ids)), None)
    if first and not new:
        yield lambda _connection: None


def _execute(statement: Executable, rows: Sequence[Any] | None, connection: Connection) -> None:
    connection.execute(statement, rows)


def _some(rows: Sequence[Any]) -> Iterator[Any]:
    return (rows[first : first + AT_ONCE] for first in range(0, len(rows), AT_ONCE))


def _row(found: Noticed) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "subject": found.subject,
        "at": found.at,
        "says": found.says,
        "evidence": found.evidence,
    }
