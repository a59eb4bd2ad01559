"""Clew's own form: everything that an export can say, and a mistake is told before the answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clew.ingest.wires.checking import EVENTS, Checked, Verdict, events_in, validate
from clew.ingest.wires.decoding import decode
from clew.ingest.wires.fault import BadBody
from clew.ingest.wires.model import Why, Wire

NOW = 1_772_620_000_000_000
FULL = {
    "id": "e1",
    "event": "ticket opened",
    "at": "2026-03-04T09:00:00Z",
    "account": "acme",
    "contact": {"id": "u1", "email": "ann@acme.test", "name": "Ann", "role": "buyer"},
    "team": "support",
    "channel": "mail",
    "by": "Bo",
    "value": 12.50,
    "subjects": {"ticket": "T1", "contract": None},
    "links": {"crm": 17},
    "properties": {"plan": "gold"},
    "personal": {"note": "call her"},
    "attributes": {"tier": "a"},
}


def record(event: Any) -> dict[str, Any]:
    (arrival,) = decode(Wire.CLEW, "events", {}, json.dumps({"events": [event]}).encode(), NOW)
    assert arrival.record is not None, arrival.detail
    return dict(arrival.record)


def check(*events: Any) -> Checked:
    return validate(Wire.CLEW, "events", json.dumps({"events": events}).encode(), received_at=NOW)


def test_everything_has_its_column() -> None:
    assert {name: text for name, text in record(FULL).items() if name not in ("original_at", "received_at")} == {
        "type": "track",
        "id": "e1",
        "event": "ticket opened",
        "at": "2026-03-04T09:00:00Z",
        "account": "acme",
        "user": "u1",
        "person": "u1",
        "email": "ann@acme.test",
        "name": "Ann",
        "role": "buyer",
        "team": "support",
        "channel": "mail",
        "by": "Bo",
        "value": "12.5",
        "subjects.ticket": "T1",
        "links.crm": "17",
        "properties.plan": "gold",
        "personal.note": "call her",
        "account.tier": "a",
    }


def test_without_an_event_it_is_about_somebody_who_belongs_to_the_account() -> None:
    told = record({"account": "acme", "contact": "u1"})

    assert (told["type"], told["person"], told["group"]) == ("about", "u1", "acme")


def test_a_contact_without_id_is_its_address() -> None:
    assert record({"event": "e", "contact": {"email": "ann@acme.test"}})["person"] == "ann@acme.test"


VERDICTS = [
    ({"event": "e", "account": "a", "id": "1"}, Verdict("1")),
    ({"evnt": "e"}, (Why.FIELD, "evnt", "did you mean 'event'?")),
    ({"event": "e", "contact": {"mail": "x"}}, (Why.FIELD, "contact.mail", "did you mean 'email'?")),
    ({"event": "e", "account": "a", "value": "12"}, (Why.FIELD, "value", "this text does not fit here")),
    ({"event": "e", "account": "a", "at": "now"}, (Why.TIME, "at", "this is no time")),
    ({"event": "e", "subjects": [1]}, (Why.FIELD, "subjects", "a list does not fit here")),
    ({}, (Why.NO_ID, "", "this tells of nothing")),
    (7, (Why.NO_OBJECT, "", "a JSON object is allowed here")),
]


@pytest.mark.parametrize(("event", "expected"), VERDICTS)
def test_verdict_of_each_event_is_told_at_once(event: Any, expected: Any) -> None:
    checked = check({"event": "e", "account": "a"}, event)

    assert checked.events == 2
    assert checked.verdicts is not None
    fine, verdict = checked.verdicts
    assert fine.why is None
    if isinstance(expected, Verdict):
        assert verdict == expected
    else:
        why, place, words = expected
        assert (verdict.why, verdict.place) == (why, place)
        assert words in verdict.detail


BODIES = [
    (Wire.CLEW, "events", b'{"events": [{}, 1]}', 2),
    (Wire.CLEW, "events", b"[{}, {}, {}]", 3),
    (Wire.CLEW, "events", b'{"event": "e"}', 1),
    (Wire.SEGMENT, "batch", b'{"batch": [1, {}]}', 2),
    (Wire.SEGMENT, "track", b"{}", 1),
    (Wire.POSTHOG, "batch", b"[{}]", 1),
    (Wire.CLOUDEVENTS, "batched", b"[]", 0),
    (Wire.CLOUDEVENTS, "binary", b"anything", 1),
]


@pytest.mark.parametrize(("wire", "kind", "body", "count"), BODIES)
def test_events_of_a_body_are_counted(wire: Wire, kind: str, body: bytes, count: int) -> None:
    assert events_in(wire, kind, body) == count


BAD = [
    (b"", "bad-json"),
    (b"{", "bad-json"),
    (b"7", "bad-body"),
    (b'{"batch": {}}', "bad-body"),
    (b'{"batch": [1}', "bad-json"),
    (b'{"batch": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "too-deep"),
    (b'{"batch": [' + b",".join([b"{}"] * (EVENTS + 1)) + b"]}", "too-many-events"),
]


@pytest.mark.parametrize(("body", "code"), BAD, ids=[f"{code} {body[:14]!r}" for body, code in BAD])
def test_a_body_of_which_nothing_can_be_used_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(BadBody) as told:
        events_in(Wire.SEGMENT, "batch", body)

    assert told.value.code == code
