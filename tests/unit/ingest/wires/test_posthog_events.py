"""Events of PostHog: persons, groups and aliases are events there, and not every distinct id is somebody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clew.ingest.wires.decoding import decode
from clew.ingest.wires.instants import parsed
from clew.ingest.wires.model import Arrival, Why, Wire

NOW = parsed("2026-03-04T10:00:00Z") or 0
UUID = "1534cccd-cf6c-4dcb-8a2f-bdb54ce404fa"


def arrive(body: Any) -> list[Arrival]:
    return decode(Wire.POSTHOG, "batch", {}, json.dumps(body).encode(), NOW)


def said(event: dict[str, Any], *names: str) -> dict[str, Any]:
    (arrival,) = arrive({"api_key": "k", "batch": [event]})
    assert arrival.record is not None, arrival.detail
    wanted = names or ("type", "event", "person", "user", "anonymous", "previous", "account", "group")
    return {name: arrival.record[name] for name in wanted if name in arrival.record}


GROUPS = {"$groups": {"project": "p1", "company": "acme"}}
EVENTS = [
    (
        {"event": "order placed", "distinct_id": "u1", "properties": GROUPS},
        {"type": "track", "event": "order placed", "person": "u1", "user": "u1", "account": "acme"},
    ),
    (
        {"event": "$pageview", "properties": {"distinct_id": "d1", "$device_id": "d1", "$groups": {"team": 7}}},
        {"type": "page", "event": "page viewed", "person": "d1", "anonymous": "d1", "account": "7"},
    ),
    (  # two groups, neither of which is called like an account
        {"event": "e", "distinct_id": "u1", "properties": {"$groups": {"project": "p1", "team": "t1"}}},
        {"type": "track", "event": "e", "person": "u1", "user": "u1"},
    ),
    (
        {"event": "$identify", "distinct_id": "u1", "properties": {"$anon_distinct_id": "d1"}},
        {"type": "identify", "event": "$identify", "person": "u1", "user": "u1", "previous": "d1"},
    ),
    (
        {"event": "$create_alias", "distinct_id": "d1", "properties": {"distinct_id": "d1", "alias": "u1"}},
        {"type": "alias", "event": "$create_alias", "person": "u1", "user": "u1", "previous": "d1"},
    ),
    (
        {"event": "$merge_dangerously", "distinct_id": "u1", "properties": {"alias": "d1"}},
        {"type": "alias", "event": "$merge_dangerously", "person": "u1", "user": "u1", "previous": "d1"},
    ),
    (
        {
            "event": "$groupidentify",
            "distinct_id": "u1",
            "properties": {"$group_type": "company", "$group_key": "acme"},
        },
        {"type": "group", "event": "$groupidentify", "person": "u1", "user": "u1", "account": "acme", "group": "acme"},
    ),
    (  # posthog-node makes an id of the group
        {
            "event": "$groupidentify",
            "distinct_id": "$company_acme",
            "properties": {"$group_type": "company", "$group_key": "acme"},
        },
        {"type": "group", "event": "$groupidentify", "account": "acme", "group": "acme"},
    ),
    (  # posthog-python makes one up
        {
            "event": "$groupidentify",
            "distinct_id": UUID,
            "properties": {"$group_type": "company", "$group_key": "acme", "$is_server": True},
        },
        {"type": "group", "event": "$groupidentify", "account": "acme", "group": "acme"},
    ),
    (  # a group of another type says nothing of the account's members
        {
            "event": "$groupidentify",
            "distinct_id": "u1",
            "properties": {"$group_type": "project", "$group_key": "p1", **GROUPS},
        },
        {"type": "group", "event": "$groupidentify", "person": "u1", "user": "u1", "account": "acme"},
    ),
    (
        {"event": "$autocapture", "distinct_id": "u1"},
        {"type": "internal", "event": "$autocapture", "person": "u1", "user": "u1"},
    ),
]


@pytest.mark.parametrize(("event", "expected"), EVENTS, ids=lambda case: str(case.get("event")))
def test_event_says_who_and_whose(event: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(event) == expected


def test_what_is_set_is_said_of_the_person_and_what_is_set_of_a_group_of_the_account() -> None:
    event = {
        "event": "$set",
        "distinct_id": "u1",
        "$set": {"email": "ann@acme.test", "seats": 4},
        "properties": {"$set_once": {"email": "first@acme.test", "source": "ad"}, "$lib": "x"},
    }
    group = {
        "event": "$groupidentify",
        "distinct_id": "u1",
        "properties": {"$group_type": "company", "$group_key": "acme", "$group_set": {"plan": "gold"}},
    }

    assert said(event, "email", "traits.email", "traits.seats", "traits.source", "properties.$lib") == {
        "email": "ann@acme.test",
        "traits.email": "ann@acme.test",
        "traits.seats": "4",
        "traits.source": "ad",
        "properties.$lib": "x",
    }
    assert said(group, "account.plan") == {"account.plan": "gold"}


@pytest.mark.parametrize("shape", ["batch", "list", "one"])
def test_one_event_a_list_and_a_batch_say_the_same(shape: str) -> None:
    event = {"event": "e", "distinct_id": "u1", "uuid": UUID, "timestamp": "2026-03-04T09:00:00Z"}
    body: Any = {"batch": {"batch": [event]}, "list": [event], "one": {**event, "api_key": "k"}}[shape]

    (arrival,) = arrive(body)

    assert arrival.record is not None
    assert (arrival.record["id"], arrival.record["at"]) == (UUID, "2026-03-04T09:00:00Z")


CLOCKS = [
    ({"timestamp": "2026-03-04T09:00:00Z"}, {"sent_at": "2026-03-04T09:30:00Z"}, "2026-03-04T09:30:00Z"),
    ({"timestamp": "2026-03-04T09:00:00Z"}, {}, "2026-03-04T09:00:00Z"),
    ({"offset": 60_000}, {}, "2026-03-04T09:59:00Z"),
]


@pytest.mark.parametrize(("event", "batch", "expected"), CLOCKS)
def test_the_senders_clock_is_set_right(event: dict[str, Any], batch: dict[str, Any], expected: str) -> None:
    (arrival,) = arrive({**batch, "batch": [{"event": "e", "distinct_id": "u1", **event}]})

    assert arrival.record is not None
    assert arrival.record["at"] == expected


def test_a_sender_may_ask_to_leave_its_clock_alone() -> None:
    event = {
        "event": "e",
        "distinct_id": "u",
        "timestamp": "2026-03-04T09:00:00Z",
        "options": {"disable_skew_correction": True},
    }

    (arrival,) = arrive({"sent_at": "2026-03-04T09:30:00Z", "batch": [event]})

    assert arrival.record is not None
    assert arrival.record["at"] == "2026-03-04T09:00:00Z"


def test_an_event_of_nobody_about_nothing_is_refused() -> None:
    (arrival,) = arrive({"event": "$groupidentify", "distinct_id": UUID, "properties": {"$is_server": True}})

    assert arrival.why is Why.NO_ID
