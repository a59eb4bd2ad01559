"""What the last events of a source would become under another text of its file: told before it is saved.

Accepted events are not kept as they were sent. At hand are those that are held and those that were rejected and wait;
of the others the names of their properties are known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from clew.db.engine import Database
from clew.db.tables import held, rejected
from clew.errors import nearest_name
from clew.live.intake.decoding import decoded
from clew.live.intake.keys import KnownKeys
from clew.live.intake.model import Coming, Outcome
from clew.live.intake.reading import as_body
from clew.live.intake.shaping import receiving
from clew.live.model import RejectedState
from clew.live.rejected.model import Preview
from clew.live.rejected.queries import preview_of
from clew.sources.mapped import needed_columns
from clew.sources.model import Source
from clew.sources.receiving import COLUMNS, PROPERTIES, record_column
from clew.workspace.workspace import Workspace

MOST = 20
_NUMBER = 0  # of no rejected event


@dataclass(frozen=True)
class Forecast:
    """What would become of the events at hand.

    events   under the new file, as many as are at hand           before  of the same, under the file as it is
    unseen   columns that the new file names, the old one does not, and no event has had; each with the nearest that
             was seen, "" where none is near
    accounts  columns in which the new file looks for the account
    """

    events: Sequence[Preview]
    before: Sequence[Preview]
    unseen: Sequence[tuple[str, str]]
    accounts: Sequence[str] = ()

    @property
    def accepted(self) -> Sequence[Preview]:
        return [one for one in self.events if one.outcome != Outcome.REJECTED]

    @property
    def without_account(self) -> int:
        """Count those that could be used and name no account."""
        return sum(not one.account for one in self.accepted)

    @property
    def rejected(self) -> Mapping[tuple[str, str, str], int]:
        """Count the others by reason, place and sentence, the most frequent first."""
        counts = Counter((one.reason, one.place, one.detail) for one in self.events if one.outcome == Outcome.REJECTED)
        return dict(counts.most_common())

    @property
    def losing(self) -> int:
        """Count those that name an account until now, and would name none."""
        return sum(bool(old.account) and not new.account for old, new in self._pairs())

    @property
    def refusing(self) -> int:
        """Count those that can be used until now, and could not be."""
        return sum(old.outcome != Outcome.REJECTED and new.outcome == Outcome.REJECTED for old, new in self._pairs())

    def _pairs(self) -> Iterator[tuple[Preview, Preview]]:
        return zip(self.before, self.events, strict=True)


def forecast(database: Database, before: Workspace, after: Workspace, name: str, *, now: int) -> Forecast:
    """Try the events at hand of a source under its file as it is and as it would be. Nothing is written."""
    keys = KnownKeys(after.store)
    with database.read() as connection:
        keys.refresh(connection)
        comings = [coming for row in _at_hand(connection, name) for coming in decoded(as_body(row))][:MOST]
    seen = {column for coming in comings for column in coming.arrival.record or ()}
    seen |= {PROPERTIES + told for told in keys.names(name)}
    told = receiving(after.sources, name)
    return Forecast(
        events=_tried(comings, after, keys, now),
        before=_tried(comings, before, keys, now),
        unseen=_unseen(receiving(before.sources, name), told, seen),
        accounts=[told.account[1]] if told and told.account else (),
    )


def _at_hand(connection: Connection, source: str) -> Sequence[Any]:
    """Return the latest rows of events that are still there as they were sent, the latest first."""
    waiting = select(rejected).where(rejected.c.source == source, rejected.c.state == RejectedState.WAITING)
    rows = [
        *connection.execute(select(held).where(held.c.source == source).order_by(held.c.id.desc()).limit(MOST)),
        *connection.execute(waiting.order_by(rejected.c.id.desc()).limit(MOST)),
    ]
    return sorted(rows, key=lambda row: -row.received_at)[:MOST]


def _tried(comings: Sequence[Coming], workspace: Workspace, keys: KnownKeys, now: int) -> Sequence[Preview]:
    return [preview_of(_NUMBER, coming, workspace, keys, now=now) for coming in comings]


def _unseen(before: Source | None, after: Source | None, seen: Collection[str]) -> Sequence[tuple[str, str]]:
    """Nothing is said where nothing has arrived to compare with; `properties` and `personal` are meant as written."""
    if after is None or not seen:
        return ()
    known = {*seen, *COLUMNS, *(_columns(before) if before else ())}
    missing = [column for column in _columns(after) if column not in known]
    plain = {column.removeprefix(PROPERTIES): column for column in seen}
    return [(_plain(column), _plain(plain.get(nearest_name(_plain(column), plain), ""))) for column in missing]


def _columns(source: Source) -> Sequence[str]:
    named = needed_columns(replace(source, properties=None, personal=()))
    return [record_column(name) for name in named]


def _plain(column: str) -> str:
    return column.removeprefix(PROPERTIES)
