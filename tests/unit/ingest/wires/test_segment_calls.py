"""Calls of Segment and RudderStack: what each says of events, persons and accounts, field by field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clew.ingest.wires.decoding import decode
from clew.ingest.wires.model import Arrival, Why, Wire

NOW = 1_772_620_000_000_000


def arrive(event: Any, kind: str = "batch", **batch: Any) -> Arrival:
    body = event if kind != "batch" else {"batch": [event], **batch}
    (arrival,) = decode(Wire.SEGMENT, kind, {}, json.dumps(body).encode(), NOW)
    return arrival


def record(event: Any, kind: str = "batch", **batch: Any) -> dict[str, Any]:
    arrival = arrive(event, kind, **batch)
    assert arrival.record is not None, arrival.detail
    return {name: text for name, text in arrival.record.items() if name not in ("at", "received_at", "id")}


USER = {"userId": "u1"}

RECORDS = [
    (
        "a track with its properties",
        {"type": "track", **USER, "event": "Order Placed", "properties": {"revenue": 12.50, "paid": True, "n": 3}},
        {
            "type": "track",
            "event": "Order Placed",
            "user": "u1",
            "person": "u1",
            "value": "12.5",
            "properties.revenue": "12.5",
            "properties.paid": "true",
            "properties.n": "3",
        },
    ),
    (
        "null is absent for ids",
        {"type": "track", "userId": None, "anonymousId": "a1", "groupId": None, "event": "Seen", "properties": None},
        {"type": "track", "event": "Seen", "anonymous": "a1", "person": "a1"},
    ),
    (
        "an empty id is absent, a number is text",
        {"type": "track", "userId": 42, "anonymousId": "", "event": "Seen"},
        {"type": "track", "event": "Seen", "user": "42", "person": "42"},
    ),
    (
        "a page is viewed, with its name and category",
        {"type": "page", **USER, "name": "Pricing", "category": "Docs", "properties": {"url": "/p"}},
        {
            "type": "page",
            "event": "page viewed",
            "user": "u1",
            "person": "u1",
            "properties.name": "Pricing",
            "properties.category": "Docs",
            "properties.url": "/p",
        },
    ),
    (
        "a screen is viewed",
        {"type": "screen", **USER, "name": "Home", "properties": {"name": "home"}},
        {"type": "screen", "event": "screen viewed", "user": "u1", "person": "u1", "properties.name": "home"},
    ),
    (
        "traits of the call go before those of its context",
        {
            "type": "identify",
            **USER,
            "traits": {"email": "ann@acme.test", "plan": None},
            "context": {"traits": {"email": "old@acme.test", "firstName": "Ann", "lastName": "Berg", "title": "CFO"}},
        },
        {
            "type": "identify",
            "user": "u1",
            "person": "u1",
            "email": "ann@acme.test",
            "name": "Ann Berg",
            "role": "CFO",
            "traits.email": "ann@acme.test",
            "traits.firstName": "Ann",
            "traits.lastName": "Berg",
            "traits.title": "CFO",
        },
    ),
    (
        "an identify with both ids says that they are one person",
        {"type": "identify", **USER, "anonymousId": "a1"},
        {"type": "identify", "user": "u1", "anonymous": "a1", "person": "u1", "previous": "a1"},
    ),
    (
        "a track with both ids does not say it again",
        {"type": "track", **USER, "anonymousId": "a1", "event": "Seen"},
        {"type": "track", "event": "Seen", "user": "u1", "anonymous": "a1", "person": "u1"},
    ),
    (
        "a group makes the person a member; its traits are the account's, but for the role",
        {"type": "group", **USER, "groupId": "acme", "traits": {"name": "Acme", "employees": 300, "role": "buyer"}},
        {
            "type": "group",
            "user": "u1",
            "person": "u1",
            "account": "acme",
            "group": "acme",
            "role": "buyer",
            "account.name": "Acme",
            "account.employees": "300",
            "account.role": "buyer",
        },
    ),
    (
        "a group that is not assigned is about the account without a membership",
        {"type": "group", **USER, "groupId": "acme", "traits": {"assigned": False}},
        {"type": "group", "user": "u1", "person": "u1", "account": "acme", "account.assigned": "false"},
    ),
    (
        "an account in the context of an event",
        {"type": "track", **USER, "event": "Seen", "context": {"groupId": "acme", "page": {"path": "/x"}}},
        {
            "type": "track",
            "event": "Seen",
            "user": "u1",
            "person": "u1",
            "account": "acme",
            "context.groupId": "acme",
            "context.page.path": "/x",
        },
    ),
    (
        "an alias names the id before",
        {"type": "alias", **USER, "previousId": "a1"},
        {"type": "alias", "user": "u1", "person": "u1", "previous": "a1"},
    ),
    (
        "a merge of RudderStack names two ids of a person",
        {"type": "merge", "mergeProperties": [{"type": "email", "value": "a@b.test"}, {"type": "phone", "value": "7"}]},
        {"type": "alias", "user": "a@b.test", "person": "a@b.test", "previous": "7"},
    ),
    (
        "lists are joined, lists of objects stay JSON with exact numbers, objects get dots",
        {
            "type": "track",
            **USER,
            "event": "E",
            "properties": {"tags": ["a", 1, None, True], "items": [{"price": 0.10}], "deep": {"er": {"x": 1e3}}},
        },
        {
            "type": "track",
            "event": "E",
            "user": "u1",
            "person": "u1",
            "properties.tags": "a, 1, , true",
            "properties.items": '[{"price":0.1}]',
            "properties.deep.er.x": "1000.0",
        },
    ),
]


@pytest.mark.parametrize(("event", "expected"), [case[1:] for case in RECORDS], ids=[case[0] for case in RECORDS])
def test_call_becomes_a_flat_record(event: dict[str, Any], expected: dict[str, str]) -> None:
    assert record(event) == expected


@pytest.mark.parametrize(("event", "expected"), [case[1:] for case in RECORDS], ids=[case[0] for case in RECORDS])
def test_call_on_a_path_of_its_own_says_the_same(event: dict[str, Any], expected: dict[str, str]) -> None:
    alone = {key: value for key, value in event.items() if key != "type"}

    assert record(alone, event["type"]) == expected


def test_numbers_stay_as_they_were_written() -> None:
    body = b'{"userId":"u","event":"E","properties":{"a":0.1000,"b":12345678901234567890.12,"c":1.5e3,"revenue":1e-7}}'
    (arrival,) = decode(Wire.SEGMENT, "track", {}, body, NOW)

    assert arrival.record is not None
    assert [arrival.record[f"properties.{name}"] for name in "abc"] == ["0.1000", "12345678901234567890.12", "1500"]
    assert arrival.record["value"] == "0.0000001"


def test_context_of_a_batch_holds_for_its_events() -> None:
    event = {"type": "track", **USER, "event": "E", "context": {"ip": "::2"}}

    found = record(event, context={"ip": "::1", "groupId": "acme"})

    assert (found["account"], found["context.ip"]) == ("acme", "::2")


REFUSED: list[tuple[Any, Why, str]] = [
    ("text", Why.NO_OBJECT, ""),
    (None, Why.NO_OBJECT, ""),
    ({"type": "track", "event": "E"}, Why.NO_ID, ""),
    ({"type": "track", "userId": {"a": 1}, "event": "E"}, Why.FIELD, "userId"),
    ({"type": "track", "userId": True, "event": "E"}, Why.FIELD, "userId"),
    ({"type": "track", **USER}, Why.FIELD, "event"),
    ({"type": "track", **USER, "event": "E", "properties": [1]}, Why.FIELD, "properties"),
    ({"type": "identify", **USER, "context": {"traits": "x"}}, Why.FIELD, "context.traits"),
    ({"type": "trakc", **USER}, Why.UNKNOWN_TYPE, "type"),
    (USER, Why.UNKNOWN_TYPE, "type"),
    ({"type": "merge", "mergeProperties": []}, Why.FIELD, "mergeProperties"),
    ({"type": "track", **USER, "event": "E", "timestamp": "yesterday"}, Why.TIME, "timestamp"),
    ({"type": "track", **USER, "event": "E", "originalTimestamp": 17}, Why.TIME, "originalTimestamp"),
    ({"type": "track", **USER, "event": "E", "properties": {"x": "y" * 300_000}}, Why.TOO_LARGE, ""),
    (
        {"type": "track", **USER, "event": "E", "properties": dict.fromkeys(map(str, range(400)), 1)},
        Why.TOO_LARGE,
        "properties",
    ),
]


@pytest.mark.parametrize(("event", "why", "place"), REFUSED, ids=[f"{why} {place}" for _, why, place in REFUSED])
def test_unusable_event_says_why_and_where(event: Any, why: Why, place: str) -> None:
    arrival = arrive(event)

    assert (arrival.why, arrival.place, arrival.record) == (why, place, None)
    assert arrival.detail


@pytest.mark.parametrize("levels", [25, 300, 600, 900, 100_000])
@pytest.mark.parametrize("opened", ['{"a":', "["])
@pytest.mark.parametrize("key", ["properties", "context", "userId"])
def test_event_nested_too_deeply_is_refused_and_spoils_no_other(levels: int, opened: str, key: str) -> None:
    deep = opened * levels + "1" + ("}" if opened == '{"a":' else "]") * levels
    deep = f'{{"x":{deep}}}'
    event = f'{{"type":"track","event":"E","userId":"u","{key}":{deep}}}'
    body = f'{{"batch":[{event},{{"type":"track","userId":"u","event":"E"}}],"context":{{"ip":"::1"}}}}'.encode()

    arrivals = decode(Wire.SEGMENT, "batch", {}, body, NOW)

    assert arrivals[0].why in (Why.TOO_DEEP, Why.FIELD)
    assert len(arrivals) == 1 or arrivals[1].record is not None


def test_detail_never_repeats_what_stood_in_a_property() -> None:
    arrival = arrive({"type": "track", "userId": ["ann@acme.test"], "event": "E"})

    assert "ann@acme.test" not in arrival.detail + arrival.place
