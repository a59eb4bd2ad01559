"""CloudEvents in the three modes of HTTP: the same event says the same in each."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

from clew.ingest.wires.decoding import decode
from clew.ingest.wires.model import EVENT, Arrival, Why, Wire

NOW = 1_772_620_000_000_000
BARE = {"specversion": "1.0", "id": "7", "source": "/shop", "type": "order.placed"}
FULL = {
    **BARE,
    "time": "2026-03-04T09:00:00Z",
    "subject": "order 7",
    "account": "acme",
    "data": {"contact": {"id": "u1", "email": "ann@acme.test", "name": "Ann"}, "total": 12.5},
}
EXPECTED = {
    "type": "track",
    "event": "order.placed",
    "id": "/shop 7",
    "source": "/shop",
    "subject": "order 7",
    "account": "acme",
    "user": "u1",
    "person": "u1",
    "email": "ann@acme.test",
    "name": "Ann",
    "value": "12.5",
    "at": "2026-03-04T09:00:00Z",
}


def arrive(kind: str, body: Any, headers: Mapping[str, str] | None = None) -> list[Arrival]:
    return decode(Wire.CLOUDEVENTS, kind, headers, body if isinstance(body, bytes) else json.dumps(body).encode(), NOW)


def headers_of(event: Mapping[str, Any], media: str = "application/json") -> dict[str, str]:
    named = {f"ce-{name}": text.replace(" ", "%20") for name, text in event.items() if name != "data"}
    return {**named, "content-type": media}


def structured() -> list[Arrival]:
    return arrive("structured", FULL)


def batched() -> list[Arrival]:
    return arrive("batched", [FULL])


def binary() -> list[Arrival]:
    return arrive("binary", FULL["data"], headers_of(FULL))


def encoded() -> list[Arrival]:
    data = base64.b64encode(json.dumps(FULL["data"]).encode()).decode()
    return arrive("structured", {**{key: part for key, part in FULL.items() if key != "data"}, "data_base64": data})


@pytest.mark.parametrize("mode", [structured, batched, binary, encoded])
def test_every_mode_says_the_same(mode: Any) -> None:
    (arrival,) = mode()

    assert arrival.record is not None, arrival.detail
    assert {name: arrival.record.get(name) for name in EXPECTED} == EXPECTED
    assert arrival.record["properties.total"] == "12.5"
    assert arrival.record["properties.contact.id"] == "u1"


HEADERS = [
    # as sent, as meant
    ("order%207", "order 7"),
    ('"order 7"', "order 7"),
    (r'"say \"hi\""', 'say "hi"'),
    ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
    ("100%25", "100%"),
    ("%FF", "\ufffd"),
]


@pytest.mark.parametrize(("sent", "meant"), HEADERS)
def test_headers_are_percent_decoded(sent: str, meant: str) -> None:
    (arrival,) = arrive("binary", b"", {**headers_of(BARE), "CE-Subject": sent})

    assert arrival.record is not None
    assert arrival.record["subject"] == meant


DATA = [
    (b"plain words", "text/plain", "plain words"),
    (b"[1, 2.50]", "application/json", "1, 2.50"),
    (b'"word"', "application/vnd.acme+json; charset=utf-8", "word"),
    (b"\xff\x00", "image/png", None),
    (b"", "application/json", None),
]


@pytest.mark.parametrize(("body", "media", "data"), DATA)
def test_data_that_is_no_object_is_kept_as_text(body: bytes, media: str, data: str | None) -> None:
    (arrival,) = arrive("binary", body, headers_of(BARE, media))

    assert arrival.record is not None, arrival.detail
    assert arrival.record.get("data") == data


@pytest.mark.parametrize("mode", [structured, batched, binary, encoded])
def test_an_event_kept_by_itself_reads_again(mode: Any) -> None:
    (arrival,) = mode()

    (again,) = arrive(EVENT, arrival.raw)

    assert again.record == arrival.record


IDS = [
    ({"accountid": "acme"}, {}, ("acme", None)),
    ({}, {"account": "acme", "contactId": 7}, ("acme", "7")),
    ({"account": "first"}, {"account_id": "second"}, ("first", None)),
    ({}, {"account": {"id": "acme", "name": "Acme"}}, ("acme", None)),
]


@pytest.mark.parametrize(("extensions", "data", "expected"), IDS)
def test_account_and_contact_are_extensions_or_data(extensions: Any, data: Any, expected: Any) -> None:
    (arrival,) = arrive("structured", {**BARE, **extensions, "data": data})

    assert arrival.record is not None
    assert (arrival.record.get("account"), arrival.record.get("person")) == expected


REFUSED = [
    ({**BARE, "id": ""}, Why.FIELD, "id"),
    ({**BARE, "type": 7}, Why.FIELD, "type"),
    ({**BARE, "specversion": "2.0"}, Why.FIELD, "specversion"),
    ({**BARE, "time": "soon"}, Why.TIME, "time"),
    ({**BARE, "data_base64": "?"}, Why.FIELD, "data_base64"),
    ("text", Why.NO_OBJECT, ""),
]


@pytest.mark.parametrize(("event", "why", "place"), REFUSED)
def test_unusable_event_says_why_and_spoils_no_other(event: Any, why: Why, place: str) -> None:
    bad, good = arrive("batched", [event, BARE])

    assert (bad.why, bad.place) == (why, place)
    assert good.record is not None


def test_binary_data_that_breaks_its_promise_is_refused() -> None:
    (arrival,) = arrive("binary", b"{", headers_of(BARE))

    (again,) = arrive(EVENT, arrival.raw)
    assert (arrival.why, arrival.place) == (again.why, again.place) == (Why.NO_OBJECT, "data")
