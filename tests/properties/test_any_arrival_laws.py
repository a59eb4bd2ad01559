"""Whatever arrives, the intake goes on: the inbox is read to its end, and good events beside it are taken in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from clew.accounts.persons import open_persons
from clew.db.engine import Database
from clew.db.tables import cursor
from clew.ingest.arriving.model import Arriving
from clew.ingest.wires.model import Wire
from clew.live.intake.actions import Memory
from clew.sources.receiving import WIRES as RECEIVED
from tests.arriving_world import NOW, Desk, event

WIRES = tuple(map(Wire, RECEIVED))
NAMES = {Wire.CLEW: "events"}
EVENTS = {
    Wire.SEGMENT: {"type": "track", "userId": "u", "event": "e"},
    Wire.RUDDERSTACK: {"type": "group", "userId": "u", "groupId": "g"},
    Wire.POSTHOG: {"distinct_id": "u", "event": "e"},
    Wire.CLOUDEVENTS: {"specversion": "1.0", "id": "i", "source": "s", "type": "e"},
    Wire.CLEW: {"event": "e", "account": "f1"},
}

_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**18, 10**40)
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=12)
    | st.sampled_from(["ada@x.org", "P-7", "\ud800", "a\0b", "2026-01-01", "9" * 400, "-1e999"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
_field = st.sampled_from(
    "id messageId uuid at timestamp originalTimestamp sentAt sent_at time event type contact account userId traits"
    " context properties personal attributes subjects links value data offset $set groupId distinct_id previous".split()
)
_raw = st.sampled_from(
    [
        b"[" * 940 + b"]" * 940,
        b'{"a":' * 940 + b'"ada@x.org"' + b"}" * 940,
        b"[" * 100_000,
        b"1e99999999999999999999",
        b"-" + b"9" * 5_000,
        b'"\\ud800"',
        b"\xff\xfe",
        b"NaN",
        b'"' + b'\\"' * 50_000,
        json.dumps({f"p{number}": "P-7" for number in range(2_000)}).encode(),
        json.dumps(["x" * 300_000]).encode(),
    ]
)


@st.composite
def _body(draw: st.DrawFn) -> tuple[Wire, bytes]:
    """Bytes, or a batch of one event that has some fields of the wire with any values."""
    wire = draw(st.sampled_from(WIRES))
    if draw(st.integers(0, 4)) == 0:
        return wire, draw(st.binary(max_size=40) | _raw)
    told: dict[str, Any] = EVENTS[wire] | draw(st.dictionaries(_field, _json, max_size=4))
    written = json.dumps(told).encode()
    if draw(st.booleans()):
        written = written[:-1] + b',"%s":%s}' % (draw(_field).encode(), draw(_raw))
    if wire is Wire.CLOUDEVENTS:
        return wire, b"[%s]" % written
    name = NAMES.get(wire, "batch").encode()
    return wire, b'{"%s":[%s],"sentAt":%s}' % (name, written, json.dumps(draw(_json)).encode())


class Firm(Desk):
    """A source for each wire, and one person of whom there are tombstones."""

    numbers = count(1)

    def __init__(self, folder: Path, database: Database) -> None:
        super().__init__(folder, database)
        for wire in WIRES:
            self.source(wire.value, f"receives: {wire}\n")
        self.memory = Memory(self.store)

    def bury(self) -> None:
        with open_persons(self.store) as persons:
            for name in ("ada@x.org", "P-7"):
                with persons.transaction():
                    persons.surrogates([name])
                persons.erase(persons.find(name), name)

    def is_done(self) -> bool:
        """Whether the inbox was read to its end."""
        with self.database.read() as connection:
            reached = connection.execute(select(cursor.c.position).where(cursor.c.name == "inbox")).scalar()
        return reached is not None and self.waiting() == 0

    def good(self) -> dict[str, Any]:
        return event(1, account="good") | {"id": f"good-{next(self.numbers)}", "contact": "eve@x.org"}

    def whatever(self, bodies: list[tuple[Wire, bytes]]) -> None:
        """Let bodies arrive between good events."""
        self.send(self.good())
        for wire, body in bodies:
            self.put([Arriving(wire.value, wire.value, "batch", NOW, body)])
            self.send(self.good())


@pytest.fixture
def firm(tmp_path: Path, database: Database) -> Iterator[Firm]:
    made = Firm(tmp_path, database)
    yield made
    made.memory.close()


DEEP = b'{"batch":[{"type":"track","userId":"u","event":"e","properties":{"x":%s}}]}' % (b"[" * 940 + b"]" * 940)


@pytest.mark.parametrize("is_erased", [False, True])
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(_body(), min_size=1, max_size=6))
@example(bodies=[(Wire.SEGMENT, DEEP)])
def test_whatever_arrives_the_intake_reads_on(firm: Firm, is_erased: bool, bodies: list[tuple[Wire, bytes]]) -> None:
    if is_erased:
        firm.bury()
    before = firm.counts().get("accepted", 0)
    firm.whatever(bodies)

    while firm.take_in(firm.memory).more:
        pass

    assert firm.is_done()
    assert firm.counts().get("accepted", 0) == before + len(bodies) + 1
