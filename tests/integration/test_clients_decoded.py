"""What the real clients of Segment, RudderStack, PostHog and CloudEvents send, recorded from them and decoded."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from clew import clock
from clew.ingest.wires.decoding import decode
from clew.ingest.wires.model import Arrival, Record, Wire
from clew.ingest.wires.shaping import shape_arrivals
from clew.sources.parse import parse_source

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

AT = datetime(2026, 3, 4, 9, 0, 0, 123000, tzinfo=UTC)
NOW = clock.to_micros(datetime(2027, 1, 1, tzinfo=UTC))
HELD = ("type", "event", "user", "anonymous", "person", "account", "group", "previous", "email", "name", "value")


@dataclass
class Recorder:
    """A server that takes everything and keeps it."""

    server: ThreadingHTTPServer
    requests: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def arrivals(self, wire: Wire, kind: str = "batch") -> list[Arrival]:
        return [
            arrival
            for _, headers, body in self.requests
            for arrival in decode(wire, kind, headers, body, clock.now(), quiet=True)
        ]

    def records(self, wire: Wire, kind: str = "batch") -> list[Record]:
        arrivals = self.arrivals(wire, kind)
        assert not [arrival.detail for arrival in arrivals if arrival.why]
        return [arrival.record for arrival in arrivals if arrival.record is not None]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    requests: list[tuple[str, Mapping[str, str], bytes]] = []

    class Keep(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): text for name, text in self.headers.items()}
            unpacked = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
            requests.append((self.path, headers, unpacked))
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keep)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Recorder(server, requests)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def held(records: list[Record]) -> list[dict[str, Any]]:
    return [{name: record[name] for name in HELD if name in record} for record in records]


CALLS = [
    {"type": "track", "event": "Order Placed", "user": "u1", "person": "u1", "account": "acme", "value": "12.5"},
    {"type": "track", "event": "Seen", "anonymous": "a1", "person": "a1"},
    {
        "type": "identify",
        "user": "u1",
        "person": "u1",
        "previous": "a1",
        "anonymous": "a1",
        "email": "ann@acme.test",
        "name": "Ann",
    },
    {"type": "group", "user": "u1", "person": "u1", "account": "acme", "group": "acme"},
    {"type": "page", "event": "page viewed", "user": "u1", "person": "u1"},
    {"type": "screen", "event": "screen viewed", "user": "u1", "person": "u1"},
    {"type": "alias", "user": "u1", "person": "u1", "previous": "a1"},
]


def call_all(client: Any) -> None:
    client.track("u1", "Order Placed", {"revenue": 12.5}, context={"groupId": "acme"}, timestamp=AT)
    client.track(anonymous_id="a1", event="Seen", timestamp=AT)
    client.identify("u1", {"email": "ann@acme.test", "name": "Ann"}, anonymous_id="a1", timestamp=AT)
    client.group("u1", "acme", {"name": "Acme", "plan": "gold"}, timestamp=AT)
    client.page("u1", "Docs", "Pricing", {"url": "/p"}, timestamp=AT)
    client.screen("u1", "Docs", "Home", timestamp=AT)
    client.alias("a1", "u1", timestamp=AT)
    client.flush()
    client.join()


def check_calls(recorder: Recorder, wire: Wire) -> None:
    records = recorder.records(wire)
    assert sorted(held(records), key=str) == sorted(CALLS, key=str)
    assert {record["at"] for record in records} == {"2026-03-04T09:00:00.123000Z"}
    assert len({record["id"] for record in records}) == len(CALLS)
    (group,) = [record for record in records if record["type"] == "group"]
    assert (group["account.name"], group["account.plan"]) == ("Acme", "gold")

    source = parse_source(f"receives: {wire}\n", Path("sources/app.yaml"))
    shaped = shape_arrivals(source, recorder.arrivals(wire), NOW)
    assert (len(shaped.of_row), len(shaped.refused), len(shaped.block.events)) == (len(CALLS), 0, 4)


@pytest.mark.parametrize("packed", [False, True])
def test_segment(recorder: Recorder, packed: bool) -> None:
    client = pytest.importorskip("segment.analytics.client").Client

    call_all(client("key", host=recorder.url, gzip=packed))

    check_calls(recorder, Wire.SEGMENT)


def test_rudderstack(recorder: Recorder) -> None:
    client = pytest.importorskip("rudderstack.analytics.client").Client

    call_all(client("key", host=recorder.url))

    check_calls(recorder, Wire.RUDDERSTACK)


def posthog_calls(client: Any) -> None:
    groups = {"company": "acme"}
    client.capture("order placed", distinct_id="u1", properties={"revenue": 12.5}, groups=groups, timestamp=AT)
    client.set(distinct_id="u1", properties={"email": "ann@acme.test", "name": "Ann"}, timestamp=AT)
    client.group_identify("company", "acme", {"plan": "gold"}, timestamp=AT)
    client.group_identify("company", "acme", {"plan": "gold"}, distinct_id="u1", timestamp=AT)
    client.alias("a1", "u1", timestamp=AT)
    client.capture("seen by nobody", properties={"n": 1}, groups=groups, timestamp=AT)
    client.flush()
    client.shutdown()


@pytest.mark.parametrize(("mode", "path"), [("v0", "/batch/"), ("v1", "/i/v1/analytics/events")])
def test_posthog(recorder: Recorder, mode: str, path: str) -> None:
    posthog = pytest.importorskip("posthog")

    posthog_calls(posthog.Posthog("key", host=recorder.url, capture_mode=mode))

    assert {sent for sent, _, _ in recorder.requests} == {path}
    assert held(recorder.records(Wire.POSTHOG)) == [
        {"type": "track", "event": "order placed", "user": "u1", "person": "u1", "account": "acme", "value": "12.5"},
        {"type": "identify", "event": "$set", "user": "u1", "person": "u1", "email": "ann@acme.test", "name": "Ann"},
        {"type": "group", "event": "$groupidentify", "account": "acme", "group": "acme"},
        {"type": "group", "event": "$groupidentify", "user": "u1", "person": "u1", "account": "acme", "group": "acme"},
        {"type": "alias", "event": "$create_alias", "user": "u1", "person": "u1", "previous": "a1"},
        {"type": "track", "event": "seen by nobody", "account": "acme"},
    ]
    assert {record["at"] for record in recorder.records(Wire.POSTHOG)} == {"2026-03-04T09:00:00.123000Z"}


@pytest.mark.parametrize("mode", ["structured", "binary"])
def test_cloudevents(mode: str) -> None:
    http = pytest.importorskip("cloudevents.core.bindings.http")
    v1 = pytest.importorskip("cloudevents.core.v1.event")
    attributes = {
        "id": "7",
        "source": "/shop",
        "type": "order placed",
        "specversion": "1.0",
        "time": AT,
        "subject": "Überweisung 100 %",
        "account": "acme",
        "datacontenttype": "application/json",
    }
    event = v1.CloudEvent(attributes, {"contact": {"id": "u1", "email": "ann@acme.test"}, "total": 12.5})

    message = getattr(http, f"to_{mode}_event")(event)
    headers = {name.lower(): text for name, text in message.headers.items()}
    (arrival,) = decode(Wire.CLOUDEVENTS, mode, headers, message.body, NOW)

    assert arrival.record is not None, arrival.detail
    expected = {
        "subject": "Überweisung 100 %",
        "account": "acme",
        "person": "u1",
        "email": "ann@acme.test",
        "value": "12.5",
    }
    assert {name: arrival.record[name] for name in expected} == expected
    assert (arrival.record["id"], arrival.record["at"]) == ("/shop 7", "2026-03-04T09:00:00.123000Z")
