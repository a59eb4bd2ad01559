"""What can be asked of rejected events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from clew.archive.model import NO_CODE
from clew.db.engine import Database
from clew.db.tables import parked, rejected
from clew.live.intake.decoding import decoded
from clew.live.intake.keys import KnownKeys
from clew.live.intake.model import Coming, Fate, Outcome
from clew.live.intake.reading import as_body
from clew.live.intake.shaping import judged_alone
from clew.live.model import RejectedState
from clew.live.rejected.model import Chosen, Group, NoSuchEvent, Preview, Rejected
from clew.sources.blocks import ShapedBlock
from clew.workspace.workspace import Workspace

MOST = 100
_SHOWN = (
    rejected.c.id.label("number"),
    rejected.c.source,
    rejected.c.wire,
    rejected.c.received_at,
    rejected.c.reason,
    rejected.c.place,
    rejected.c.detail,
    rejected.c.quiet,
    rejected.c.state,
    rejected.c.settled_at,
)


def groups(connection: Connection, source: str | None = None) -> Sequence[Group]:
    """Count the waiting events by source, reason and place, the most frequent first."""
    key, at = (rejected.c.source, rejected.c.reason, rejected.c.place), rejected.c.received_at
    asked = select(*key, func.count(), func.min(at), func.max(at), func.max(rejected.c.id))
    asked = asked.where(rejected.c.state == RejectedState.WAITING).group_by(*key)
    if source is not None:
        asked = asked.where(rejected.c.source == source)
    found = (Group(*row) for row in connection.execute(asked))
    return sorted(found, key=lambda one: (-one.count, one.source, one.reason, one.place))


def waiting_by_source(connection: Connection) -> Mapping[str, int]:
    """Count waiting events by source."""
    asked = select(rejected.c.source, func.count()).where(rejected.c.state == RejectedState.WAITING)
    return {row[0]: int(row[1]) for row in connection.execute(asked.group_by(rejected.c.source))}


def listed(
    connection: Connection, chosen: Chosen, *, before: int | None = None, most: int = MOST
) -> Sequence[Rejected]:
    """Return waiting events, the latest first.

    before  a number: those below it, for the next page
    """
    asked = select(*_SHOWN).where(chosen.condition())
    if before is not None:
        asked = asked.where(rejected.c.id < before)
    return [Rejected(**row) for row in connection.execute(asked.order_by(rejected.c.id.desc()).limit(most)).mappings()]


def page_of_rejected(
    connection: Connection, chosen: Chosen, *, sort: str, falls: bool, first: int, limit: int
) -> Sequence[Rejected]:
    """Return one page of waiting events. sort: number | received | place; of equal ones the latest first."""
    by = {"number": rejected.c.id, "received": rejected.c.received_at, "place": rejected.c.place}[sort]
    asked = select(*_SHOWN).where(chosen.condition()).order_by(by.desc() if falls else by, rejected.c.id.desc())
    return [Rejected(**row) for row in connection.execute(asked.offset(first).limit(limit)).mappings()]


def count(connection: Connection, chosen: Chosen) -> int:
    """Count waiting events."""
    asked = (select(func.count()).where(some.condition()) for some in chosen.portions())
    return sum(int(connection.execute(one).scalar_one()) for one in asked)


def one(connection: Connection, number: int) -> tuple[Rejected, bytes]:
    """Return an event with its content as it was sent, b"" where it is settled. Raises NoSuchEvent."""
    row = connection.execute(select(*_SHOWN, rejected.c.event).where(rejected.c.id == number)).mappings().one_or_none()
    if row is None:
        raise NoSuchEvent(f"there is no rejected event {number}; 'clew rejected list' shows them")
    told = dict(row)
    content = bytes(told.pop("event"))
    return Rejected(**told), content


def try_again(database: Database, workspace: Workspace, numbers: Sequence[int], *, now: int) -> Sequence[Preview]:
    """Say what would become of waiting events under the source files as they are, without doing it."""
    keys = KnownKeys(workspace.store)
    with database.read() as connection:
        keys.refresh(connection)
        chosen = Chosen(numbers=numbers).condition()
        rows = connection.execute(select(rejected).where(chosen).order_by(rejected.c.id)).all()
        left_out = set(connection.execute(select(parked.c.rejected_id)).scalars())
    return [preview for row in rows for preview in _previews(row, row.id in left_out, workspace, keys, now)]


def _previews(row: Any, is_left_out: bool, workspace: Workspace, keys: KnownKeys, now: int) -> Iterator[Preview]:
    if is_left_out:
        yield Preview(row.id, Outcome.ACCEPTED.value, detail="it stands in the log; its thread is folded again")
        return
    for coming in decoded(as_body(row)):
        yield preview_of(row.id, coming, workspace, keys, now=now)


def preview_of(number: int, coming: Coming, workspace: Workspace, keys: KnownKeys, *, now: int) -> Preview:
    """Say what would become of one event. Nothing is written."""
    fate, block = judged_alone(workspace.sources, coming, keys=keys, now=now)
    return _preview(number, fate, block)


def _preview(number: int, fate: Fate, block: ShapedBlock | None) -> Preview:
    reason = fate.why.value if fate.why is not None else ""
    if block is None or fate.outcome is Outcome.REJECTED:
        return Preview(number, fate.outcome.value, reason, fate.place, fate.detail)
    names = block.events.event.texts()
    tells = tuple((str(name), int(at)) for name, at in zip(names, block.events.at.tolist(), strict=True))
    entity = int(block.rows.entity[0])
    account = "" if entity == NO_CODE else block.entities[entity]
    return Preview(number, fate.outcome.value, tells=tells, account=account)
