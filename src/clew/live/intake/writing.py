"""Write what a turn of the intake made of events: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, update

from clew.acts.taking import note_taken
from clew.db.cursors import move, position_of
from clew.db.engine import Database, insert
from clew.db.leases import Lease, check
from clew.db.tables import arrived, held, rejected, tail_block
from clew.live import failpoints
from clew.live.intake.model import RECEIVED, Counts, Fate, Judged, Lot, Outcome, counted, minute_of
from clew.live.intake.reading import Batch
from clew.live.model import INBOX, TAIL, RejectedState

_COUNTS = (RECEIVED, *(outcome.value for outcome in Outcome), "late", "about")
_AT_ONCE = 400  # rows of one statement
_NUL, _NOTHING = "\0", "\ufffd"


class Changed(Exception):
    """What this turn stands on is no longer as it was read: somebody discarded an event meanwhile."""


@dataclass
class Writing:
    """Everything that one transaction writes."""

    batch: Batch
    judged: Sequence[Judged]
    position: int
    learnt_at: int
    now: int
    counts: Counts = field(init=False)

    def __post_init__(self) -> None:
        fates = [fate for judged in self.judged for fate in judged.fates]
        again, self._fates = _again(fates)
        self._stay_held = [fate for fate in again if fate.outcome is Outcome.HELD]
        self._stay_rejected = [fate for fate in again if fate.outcome is Outcome.REJECTED]
        self.counts = counted(self._fates)

    def run(self, database: Database, lease: Lease) -> None:
        """Write. Raises Fenced, Changed."""
        with database.write() as connection:
            check(connection, [lease])
            if position_of(connection, INBOX) != self.batch.begin:
                raise Changed
            self._blocks(connection)
            failpoints.reach("intake.within-transaction")
            self._take_acts(connection)
            failpoints.reach("intake.acts-taken")
            self._settle(connection)
            self._park(connection)
            _count(connection, self.counts)
            move(connection, INBOX, self.batch.end)
            failpoints.reach("intake.before-commit")
        failpoints.reach("intake.after-commit")

    def _blocks(self, connection: Connection) -> None:
        lots = [lot for judged in self.judged for lot in judged.lots]
        position = self.position
        for lot in lots:
            connection.execute(insert(connection, tail_block).values(self._block(lot, position)))
            position += lot.rows
        if lots:
            move(connection, TAIL, position)

    def _block(self, lot: Lot, position: int) -> dict[str, Any]:
        return {
            "position": position,
            "rows": lot.rows,
            "source": lot.source,
            "learnt_at": self.learnt_at,
            "quiet": lot.quiet,
            "body": lot.body,
        }

    def _take_acts(self, connection: Connection) -> None:
        taken = dict(self._positions())
        _all_of(note_taken(connection, taken.items(), now=self.now), len(self.batch.acts))

    def _positions(self) -> Iterator[tuple[int, int | None]]:
        """Yield every act with its position; of one that the log has already any that lies behind it."""
        begin = self.position
        for judged in self.judged:
            following = begin
            for fate in judged.fates:
                accepted, number = fate.outcome is Outcome.ACCEPTED, fate.coming.act
                if number is not None:
                    known = accepted or fate.outcome is Outcome.DUPLICATE
                    yield number, (following if accepted else self.position) if known else None
                following += accepted
            begin += sum(lot.rows for lot in judged.lots)

    def _settle(self, connection: Connection) -> None:
        """Let go what was held or rejected until now; what stays so is noted as it is now."""
        staying = {fate.coming.held for fate in self._stay_held}
        for fate in self._stay_held:
            connection.execute(update(held).where(held.c.id == fate.coming.held).values(at=fate.at))
        for fate in self._stay_rejected:
            waits = (rejected.c.id == fate.coming.replayed) & (rejected.c.state == RejectedState.WAITING)
            _all_of(connection.execute(update(rejected).where(waits).values(_reason(fate))).rowcount, 1)
        gone = [row for row in self.batch.due if row.id not in staying]
        _all_of(_each(connection, delete(held), held, gone), len(gone))
        kept = {fate.coming.replayed for fate in self._stay_rejected}
        replayed = [row for row in self.batch.replays if row.id not in kept]
        nothing = {"event": b"", "headers": None, "place": "", "detail": ""}
        emptied = update(rejected).values(state=RejectedState.REPLAYED, settled_at=self.now, **nothing)
        _all_of(_each(connection, emptied, rejected, replayed), len(replayed))
        _uncount(connection, gone, Outcome.HELD)
        _uncount(connection, replayed, Outcome.REJECTED)

    def _park(self, connection: Connection) -> None:
        _insert(connection, held, (_held(fate) for fate in self._fates if fate.outcome is Outcome.HELD))
        _insert(connection, rejected, (_rejected(fate) for fate in self._fates if fate.outcome is Outcome.REJECTED))


def _again(fates: Sequence[Fate]) -> tuple[list[Fate], list[Fate]]:
    """Part those that stay what they were, and only that, from all others.

    A body that was parked as a whole and is read now counts as the events that it holds.
    """
    numbers = Counter(fate.coming.replayed for fate in fates if fate.coming.replayed is not None)
    alone = {number for number, events in numbers.items() if events == 1}
    staying, others = list[Fate](), list[Fate]()
    for fate in fates:
        coming = fate.coming
        stays = (coming.held is not None and fate.outcome is Outcome.HELD) or (
            coming.replayed in alone and fate.outcome is Outcome.REJECTED
        )
        (staying if stays else others).append(fate)
    return staying, others


def _reason(fate: Fate) -> dict[str, str]:
    assert fate.why is not None
    return {"reason": fate.why.value, "place": storable(fate.place), "detail": storable(fate.detail)}


def _held(fate: Fate) -> dict[str, Any]:
    coming = fate.coming
    return _parked(fate) | {"at": fate.at, "event": coming.arrival.raw, "headers": coming.headers}


def _rejected(fate: Fate) -> dict[str, Any]:
    coming = fate.coming
    return _parked(fate) | {
        **_reason(fate),
        "kind": coming.kind,
        "event": b"" if fate.erased else coming.arrival.raw,
        "headers": coming.headers,
        "state": RejectedState.DISCARDED if fate.erased else RejectedState.WAITING,
    }


def _parked(fate: Fate) -> dict[str, Any]:
    coming, arrival = fate.coming, fate.coming.arrival
    return {
        "source": coming.source,
        "wire": coming.wire,
        "received_at": arrival.received_at,
        "quiet": arrival.quiet,
    }


def storable(text: str) -> str:
    """Return a text without what PostgreSQL takes in no text."""
    return text.replace(_NUL, _NOTHING).encode("utf-8", "replace").decode()


def _insert(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    values = list(rows)
    for begin in range(0, len(values), _AT_ONCE):
        connection.execute(insert(connection, table), values[begin : begin + _AT_ONCE])


def _each(connection: Connection, change: Any, table: Table, rows: Sequence[Any]) -> int:
    """Make a change to rows by number; return how many there were."""
    done = 0
    for begin in range(0, len(rows), _AT_ONCE):
        numbers = [row.id for row in rows[begin : begin + _AT_ONCE]]
        mine: ColumnElement[bool] = table.c.id.in_(numbers)
        if table is rejected:
            mine &= table.c.state == RejectedState.WAITING
        done += connection.execute(change.where(mine)).rowcount
    return done


def _all_of(done: int, wanted: int) -> None:
    if done != wanted:
        raise Changed


def _count(connection: Connection, counts: Counts) -> None:
    """Add to the counts of sources and minutes."""
    keys = dict.fromkeys((source, minute) for source, minute, _ in counts)
    rows = [
        {"source": source, "minute": minute, **{name: counts[source, minute, name] for name in _COUNTS}}
        for source, minute in keys
    ]
    if rows:
        adding = insert(connection, arrived)
        more = {name: arrived.c[name] + adding.excluded[name] for name in _COUNTS}
        connection.execute(adding.on_conflict_do_update(index_elements=["source", "minute"], set_=more), rows)


def _uncount(connection: Connection, rows: Iterable[Any], outcome: Outcome) -> None:
    """Take events out of the counts under which they stood until now: they are counted anew."""
    for row in rows:
        mine = (arrived.c.source == row.source) & (arrived.c.minute == minute_of(row.received_at))
        less = {name: arrived.c[name] - 1 for name in (RECEIVED, outcome.value)}
        connection.execute(update(arrived).where(mine).values(less))
