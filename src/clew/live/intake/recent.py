"""What the last events became: for the engineer who connects a source. Duplicates are counted in `arrived` alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, select

from clew.archive.layout import Array
from clew.archive.model import NO_CODE
from clew.db.tables import held, rejected, tail_block
from clew.ingest.naming import SURROGATE
from clew.ingest.numbering import RECEIVED
from clew.ingest.staged import Staged
from clew.live.intake.decoding import decoded
from clew.live.intake.model import LATE_US, Outcome
from clew.live.intake.reading import as_body
from clew.live.model import RejectedState

LATE = "late"  # accepted, long after it occurred
MOST = 50
_BLOCKS_AT_ONCE = 8


@dataclass(frozen=True)
class Recent:
    """One event that arrived.

    at        when it occurred, None where that is not known
    event     its name, "" where it tells of an account, a person or a link only, or cannot be read
    account   the entity that its row is about, as the log spells it; "" where that is not known
    contact   number of the person, None where none is named
    outcome   accepted | late | held | rejected; then `reason` and `detail` say why
    number    among the held or the rejected ones, else its position in the log
    state     of RejectedState, "" of others
    """

    source: str
    received_at: int
    outcome: str
    number: int
    at: int | None = None
    event: str = ""
    account: str = ""
    contact: int | None = None
    quiet: bool = False
    reason: str = ""
    detail: str = ""
    state: str = ""

    @property
    def is_waiting(self) -> bool:
        return self.state == RejectedState.WAITING


def recent(connection: Connection, source: str | None = None, *, most: int = MOST) -> Sequence[Recent]:
    """Return the last events that arrived, of one source or all, the latest first."""
    found = [*_accepted(connection, source, most), *_held(connection, source, most)]
    found += _rejected(connection, source, most)
    return sorted(found, key=lambda one: (-one.received_at, one.outcome, -one.number))[:most]


def _accepted(connection: Connection, source: str | None, most: int) -> list[Recent]:
    """Return rows of the latest blocks; inside a block those that came last."""
    found, before = list[Recent](), None
    while len(found) < most:
        blocks = select(tail_block).order_by(tail_block.c.position.desc()).limit(_BLOCKS_AT_ONCE)
        if source is not None:
            blocks = blocks.where(tail_block.c.source == source)
        if before is not None:
            blocks = blocks.where(tail_block.c.position < before)
        rows = connection.execute(blocks).all()
        for row in rows:
            if len(found) < most:
                found += _of_block(row, most - len(found))
        if len(rows) < _BLOCKS_AT_ONCE:
            break
        before = rows[-1].position
    return found


def _of_block(block: Any, most: int) -> Iterator[Recent]:
    staged = Staged(bytes(block.body))
    rows = np.argsort(staged.array(RECEIVED), kind="stable")[::-1][:most]
    received, entity = staged.array(RECEIVED), staged.array("entity")
    contact = staged.array(SURROGATE) if SURROGATE in staged else None
    entities, names = staged.texts("entity"), _first_events(staged, rows)
    for row in rows.tolist():
        name, at = names.get(row, ("", None))
        late = at is not None and not block.quiet and int(received[row]) - at > LATE_US
        person = NO_CODE if contact is None else int(contact[row])
        yield Recent(
            source=block.source,
            received_at=int(received[row]),
            outcome=LATE if late else Outcome.ACCEPTED.value,
            number=block.position + row,
            at=at,
            event=name,
            account=entities[entity[row]],
            contact=None if person == NO_CODE else person,
            quiet=block.quiet,
        )


def _first_events(staged: Staged, rows: Array) -> Mapping[int, tuple[str, int | None]]:
    """Return name and time of the first event of each of these rows that tells of one."""
    of_row = staged.array("events.row")
    items = np.flatnonzero(np.isin(of_row, rows))
    if not len(items):
        return {}
    names, codes, at = staged.texts("events.event"), staged.array("events.event"), staged.array("events.at")
    told: dict[int, tuple[str, int | None]] = {}
    for item in items[np.argsort(at[items], kind="stable")].tolist():
        told.setdefault(int(of_row[item]), (names[codes[item]], int(at[item])))
    return told


def _held(connection: Connection, source: str | None, most: int) -> Iterator[Recent]:
    for row in _latest(connection, held, source, most):
        event, account, _ = _read(row)
        yield Recent(row.source, row.received_at, Outcome.HELD.value, row.id, row.at, event, account, quiet=row.quiet)


def _rejected(connection: Connection, source: str | None, most: int) -> Iterator[Recent]:
    for row in _latest(connection, rejected, source, most):
        event, account, at = _read(row)
        yield Recent(
            source=row.source,
            received_at=row.received_at,
            outcome=Outcome.REJECTED.value,
            number=row.id,
            at=at,
            event=event,
            account=account,
            quiet=row.quiet,
            reason=row.reason,
            detail=row.detail,
            state=row.state,
        )


def _latest(connection: Connection, table: Table, source: str | None, most: int) -> Sequence[Any]:
    chosen = select(table).order_by(table.c.id.desc()).limit(most)
    return connection.execute(chosen if source is None else chosen.where(table.c.source == source)).all()


def _read(row: Any) -> tuple[str, str, int | None]:
    """Return what the event itself says: its name, its account, when it occurred."""
    if not row.event:
        return "", "", None
    coming = next(iter(decoded(as_body(row))), None)
    if coming is None or coming.arrival.record is None:
        return "", "", None
    record = coming.arrival.record
    return str(record.get("event") or ""), str(record.get("account") or ""), coming.arrival.at
