"""Everything known of one person, the living stores included: what waits, is held, or could not be used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select

from clew.access.users.queries import find_address
from clew.accounts.dossier import dossier, events_about
from clew.acts.model import SOURCE
from clew.archive.layout import EVENTS
from clew.clock import to_datetime
from clew.db.engine import Database
from clew.db.tables import act, held, inbox, rejected
from clew.ingest.arriving.model import Arriving
from clew.live.fresh.log import open_fresh
from clew.live.intake.decoding import decoded

_AT_ONCE = 500


def whole_dossier(store: Path, database: Database, identifier: str) -> dict[str, Any]:
    """Return what `clew.accounts.dossier.dossier` does and, beside it, what the living stores hold, as JSON values.

    events    those of the fresh tail are among them
    inbox, acts, held, rejected   events as they were sent, or as people did them, not yet in the log or unusable
    user      whether and as what this person may sign in to Clew; None for others
    An unknown identifier gives empty lists.
    """
    told = dossier(store, identifier)
    numbers = [record["number"] for record in told["persons"]]
    events = sorted(
        [*told["events"], *_fresh(store, database, numbers)], key=lambda event: (event["at"], event["event"])
    )
    naming = _naming([identifier, *(record[name] for record in told["persons"] for name in ("identifier", "email"))])
    return {
        **told,
        "events": events,
        "inbox": list(_waiting(database, naming)),
        "acts": list(_acting(database, naming)),
        "held": list(_parked(database, select(held), naming)),
        "rejected": list(_parked(database, select(rejected), naming)),
        "user": _user(database, identifier),
    }


def is_unknown(told: Mapping[str, Any]) -> bool:
    """Say whether a dossier tells of nobody."""
    return not any(told[name] for name in ("persons", "inbox", "acts", "held", "rejected", "user"))


def numbers_of(told: Mapping[str, Any]) -> str:
    """Name the persons of a dossier by their numbers, as the audit log does: "person:12"."""
    return named([record["number"] for record in told["persons"]])


def named(numbers: Sequence[int]) -> str:
    """Name persons by their numbers, which stay when the name is gone."""
    return ", ".join(f"person:{number}" for number in numbers) or "nobody"


def counts_of(told: Mapping[str, Any]) -> dict[str, int]:
    """Count what a dossier holds."""
    return {name: len(told[name]) for name in ("events", "properties", "inbox", "acts", "held", "rejected")}


def _fresh(store: Path, database: Database, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    if not numbers:
        return
    standing = open_fresh(store, database).standing
    sources = {number: name for name, number in standing.whole.sources.numbers.items()}
    tables = (chunk.tables[EVENTS] for chunk in standing.tail.chunks)
    yield from events_about(tables, standing.names, sources, numbers)


def _naming(names: Sequence[str | None]) -> re.Pattern[str]:
    """Return what finds any of these names as a whole, in any case."""
    told = sorted({re.escape(name.strip()) for name in names if name and name.strip()})
    return re.compile(rf"(?<![\w@.+-])(?:{'|'.join(told) or '(?!)'})(?![\w@-])", re.IGNORECASE)


def _waiting(database: Database, naming: re.Pattern[str]) -> Iterator[dict[str, Any]]:
    """Yield events of bodies in the inbox; of a batch only those that name the person."""
    last = 0
    while True:
        with database.read_inbox() as connection:
            asked = select(inbox).where(inbox.c.id > last).order_by(inbox.c.id).limit(_AT_ONCE)
            rows = connection.execute(asked).all()
        if not rows:
            return
        last = rows[-1].id
        for row in rows:
            told = (row.source, row.wire, row.kind, row.received_at, bytes(row.body), row.quiet, row.headers)
            for coming in decoded(Arriving(*told)):
                yield from _told(row.source, row.received_at, coming.arrival.raw, naming)


def _acting(database: Database, naming: re.Pattern[str]) -> Iterator[dict[str, Any]]:
    """Yield what people did that waits to be taken in, where it names the person."""
    with database.read() as connection:
        rows = connection.execute(select(act).where(act.c.taken_at.is_(None)).order_by(act.c.id)).all()
    for row in rows:
        yield from _told(SOURCE, row.at, bytes(row.body), naming)


def _parked(database: Database, table: Select[Any], naming: re.Pattern[str]) -> Iterator[dict[str, Any]]:
    with database.read() as connection:
        for row in connection.execute(table.execution_options(yield_per=_AT_ONCE)):
            yield from _told(row.source, row.received_at, bytes(row.event), naming)


def _told(source: str, received_at: int, raw: bytes, naming: re.Pattern[str]) -> Iterator[dict[str, Any]]:
    try:
        event: Any = json.loads(raw)
    except ValueError:
        event = raw.decode("utf-8", "replace")
    if any(naming.search(text) for text in _texts(event)):
        received = to_datetime(received_at).isoformat().replace("+00:00", "Z")
        yield {"source": source, "received_at": received, "event": event}


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value; numbers too, for identifiers that a tool sends as such."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif one is not None and not isinstance(one, bool):
            yield str(one)


def _user(database: Database, identifier: str) -> dict[str, Any] | None:
    with database.read() as connection:
        found = find_address(connection, identifier)
    if found is None:
        return None
    return {"email": found.email, "name": found.name, "role": found.role.value, "teams": sorted(found.teams)}
