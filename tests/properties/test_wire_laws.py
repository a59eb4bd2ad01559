"""Laws of what tools send: whatever a body holds, every event of it is a record or says why not, and nothing raises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clew.ingest.wires.checking import events_in
from clew.ingest.wires.decoding import decode
from clew.ingest.wires.fault import BadBody
from clew.ingest.wires.model import EVENT, Arrival, Wire
from clew.ingest.wires.shaping import shape_arrivals
from clew.sources.parse import parse_source
from clew.sources.receiving import WIRES as RECEIVED

NOW = 1_800_000_000_000_000
SOURCE = parse_source("receives: segment\n", Path("sources/app.yaml"))
CALLS = ["track", "identify", "group", "page", "screen", "alias", "merge", "batch", "import", "binary", "events", EVENT]
BATCHES = {Wire.POSTHOG: "batch", Wire.CLOUDEVENTS: "", Wire.CLEW: "events"}

SENT = tuple(map(Wire, RECEIVED))  # as tools send them
wires = st.sampled_from(SENT)
kinds = st.sampled_from(CALLS)
texts = st.text(max_size=8) | st.sampled_from(
    [
        "",
        "u1",
        "acme",
        "track",
        "group",
        "$groupidentify",
        "Order",
        "1.0",
        "2026-03-04T10:22:31Z",
        "0001-01-01T00:00:00+14:00",
    ]
)
plain = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
KEYS = """
type event userId anonymousId messageId timestamp originalTimestamp sentAt groupId previousId traits
properties context name category mergeProperties distinct_id uuid $set options offset sent_at
specversion id source time subject data data_base64 datacontenttype account contact at value subjects
links personal attributes team channel by role
""".split()
PROPERTIES = ["$groups", "$group_type", "$group_key", "$group_set", "alias", "distinct_id", "revenue", "$set", "email"]
properties = st.dictionaries(st.sampled_from(PROPERTIES) | texts, values, max_size=4)
events = st.dictionaries(st.sampled_from(KEYS), values | properties, max_size=10)
batches = st.lists(events | values, max_size=4)


def written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()


def in_batch(wire: Wire, batch: list[Any]) -> bytes:
    key = BATCHES.get(wire, "batch")
    return written({key: batch, "sentAt": "2026-03-04T10:22:31Z", "context": {"ip": "::1"}} if key else batch)


def told(arrivals: list[Arrival]) -> list[Any]:
    return [arrival.record or (arrival.why, arrival.place) for arrival in arrivals]


@given(wires, kinds, st.binary(max_size=60) | values.map(written) | events.map(written), st.booleans())
@example(Wire.SEGMENT, "batch", b'{"batch":[{"type":"track","userId":"\\ud800","event":"e"}]}', False)
@example(Wire.CLEW, "events", b"[" * 100_000, False)
@example(Wire.POSTHOG, "batch", b'{"batch":null}', False)
@example(Wire.CLOUDEVENTS, "binary", b"\xff", False)
def test_no_body_raises_and_none_is_lost(wire: Wire, kind: str, body: bytes, quiet: bool) -> None:
    arrivals = decode(wire, kind, {"ce-id": "1", "content-type": "application/json"}, body, NOW, quiet)

    assert all((arrival.record is None) == (arrival.why is not None) for arrival in arrivals)
    assert all(arrival.detail for arrival in arrivals if arrival.why)
    try:
        assert len(arrivals) == (1 if kind == EVENT else events_in(wire, kind, body))  # an event is all of its body
    except BadBody:
        assert len(arrivals) == 1
        assert arrivals[0].raw == body


@given(wires, batches)
def test_every_event_of_a_batch_is_a_record_or_says_why(wire: Wire, batch: list[Any]) -> None:
    arrivals = decode(wire, "batch", {}, in_batch(wire, batch), NOW)

    assert len(arrivals) == len(batch)
    records = [arrival.record for arrival in arrivals if arrival.record is not None]
    assert all(record["at"] and record["received_at"] and record["type"] for record in records)
    assert len({record["id"] for record in records if str(record["id"]).startswith("made-")}) == sum(
        str(record["id"]).startswith("made-") for record in records
    )


@given(wires, batches, st.integers(0, 3))
def test_a_bad_event_does_not_spoil_its_batch(wire: Wire, batch: list[Any], place: int) -> None:
    alone = decode(wire, "batch", {}, in_batch(wire, batch), NOW)
    beside = decode(wire, "batch", {}, in_batch(wire, [*batch[:place], ["bad"], *batch[place:]]), NOW)

    place = min(place, len(batch))
    assert beside[place].why is not None
    assert told(beside[:place] + beside[place + 1 :]) == told(alone)


@given(wires, batches, st.integers(0, 3_000_000))
def test_the_same_body_sent_again_holds_the_same_events(wire: Wire, batch: list[Any], later: int) -> None:
    body = in_batch(wire, batch)
    once, again = (
        decode(wire, "batch", {}, body, at) for at in (NOW - NOW % 3_600_000_000, NOW - NOW % 3_600_000_000 + later)
    )

    shaped = [shape_arrivals(SOURCE, arrivals, NOW) for arrivals in (once, again)]
    keys, contents = (
        [list(zip(part.of_row, getattr(part.block.rows, name).tolist(), strict=True)) for part in shaped]
        for name in ("hi", "content")
    )
    assert keys[0] == keys[1]
    assert contents[0] == contents[1]


@given(wires, st.sampled_from(["batch", "track", "group", EVENT]), batches)
def test_an_event_kept_by_itself_reads_as_in_its_body(wire: Wire, kind: str, batch: list[Any]) -> None:
    body = written(batch[0]) if kind != "batch" and batch else in_batch(wire, batch)
    for arrival in decode(wire, kind, {}, body, NOW):
        (again,) = decode(wire, EVENT, {}, arrival.raw, NOW) or [arrival]

        if arrival.record is None or "made-" in str(arrival.record["id"]):
            assert (again.record is None) == (arrival.record is None)
        else:
            assert again.record == arrival.record


@given(batches)
@settings(max_examples=60)
def test_arrivals_are_rows_or_refused_and_rows_do_not_depend_on_others(batch: list[Any]) -> None:
    arrivals = decode(Wire.SEGMENT, "batch", {}, in_batch(Wire.SEGMENT, batch), NOW)

    shaped = shape_arrivals(SOURCE, arrivals, NOW)

    assert len(shaped.of_row) + len(shaped.refused) == len(arrivals) == len(batch)
    assert len(shaped.block.rows) == len(shaped.of_row)
    for row, number in enumerate(shaped.of_row):
        alone = shape_arrivals(SOURCE, [arrivals[number]], NOW).block.rows
        assert [int(getattr(alone, name)[0]) for name in ("hi", "lo", "content")] == [
            int(getattr(shaped.block.rows, name)[row]) for name in ("hi", "lo", "content")
        ]


@pytest.mark.parametrize("wire", SENT)
def test_an_empty_batch_holds_nothing(wire: Wire) -> None:
    assert decode(wire, "batch", {}, in_batch(wire, []), NOW) == []
