"""What is said of an event that cannot be used repeats nothing that was sent: it is kept longer than the event."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clew.ingest.wires.decoding import FORMATS, decode
from clew.ingest.wires.model import Wire

ANN = "ann@acme.test"
GOOD: dict[Wire, dict[str, Any]] = {
    Wire.SEGMENT: {"type": "track", "userId": "u", "event": "e"},
    Wire.POSTHOG: {"distinct_id": "u", "event": "e"},
    Wire.CLOUDEVENTS: {"specversion": "1.0", "id": "i", "source": "s", "type": "e"},
    Wire.CLEW: {"event": "e", "account": "a"},
}
FIELDS = (
    "type timestamp originalTimestamp specversion time at sent_at properties traits context value contact id".split()
)
FIELDS += ["userId", "distinct_id", "event", "groupId", "data_base64", "mergeProperties", "subjects", "$set", "offset"]


@pytest.mark.parametrize("wire", GOOD)
@pytest.mark.parametrize("value", [ANN, [ANN], {"x": ANN}, {"id": [ANN]}, [[[ANN]]] * 2])
def test_no_detail_repeats_a_value(wire: Wire, value: Any) -> None:
    for field in FIELDS:
        name = "events" if wire is Wire.CLEW else "batch"
        event = GOOD[wire] | {field: value}
        body: Any = [event] if wire is Wire.CLOUDEVENTS else {name: [event]}
        [arrival] = decode(wire, "batch", None, json.dumps(body).encode(), 10**15)
        assert ANN not in arrival.detail + arrival.place


def test_nor_does_that_of_a_mistake_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(event: Any, envelope: Any) -> Any:
        del envelope
        return float(event["event"])

    monkeypatch.setattr(FORMATS[Wire.CLEW], "read", fails)
    [arrival] = decode(Wire.CLEW, "batch", None, json.dumps({"event": ANN}).encode(), 10**15)

    assert arrival.detail.startswith("ValueError in test_details.py, line ")
