"""When an event happened, and which event it is: four times, and an id that a second try does not change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clew.clock import HOUR_US, MINUTE_US, US
from clew.ingest.wires.decoding import decode
from clew.ingest.wires.instants import parsed, shown
from clew.ingest.wires.model import EVENT, Arrival, Why, Wire

RECEIVED = parsed("2026-03-04T10:00:00Z") or 0


def arrive(*events: dict[str, Any], received: int = RECEIVED, quiet: bool = False, **batch: Any) -> list[Arrival]:
    told = [{"type": "track", "userId": "u", "event": "E", **event} for event in events]
    headers = batch.pop("headers", {})
    return decode(Wire.SEGMENT, "batch", headers, json.dumps({"batch": told, **batch}).encode(), received, quiet)


def at(event: dict[str, Any], **how: Any) -> str:
    (arrival,) = arrive(event, **how)
    assert arrival.record is not None, arrival.detail
    assert arrival.at == parsed(arrival.record["at"])
    return str(arrival.record["at"])


TIMES = [
    # what it is, event, how it was sent, when it happened
    ("no time: when it arrived", {}, {}, "2026-03-04T10:00:00Z"),
    ("a time alone is right", {"timestamp": "2026-03-04T09:00:00+01:00"}, {}, "2026-03-04T08:00:00Z"),
    ("without an offset it is UTC", {"timestamp": "2026-03-04T09:00:00.25"}, {}, "2026-03-04T09:00:00.250000Z"),
    (
        "a clock that is ten minutes fast is set right by when it says that it sent",
        {"timestamp": "2026-03-04T10:09:00Z"},
        {"sentAt": "2026-03-04T10:10:00Z"},
        "2026-03-04T09:59:00Z",
    ),
    (
        "the event's own sentAt goes before that of its batch",
        {"originalTimestamp": "2026-03-04T08:00:00Z", "sentAt": "2026-03-04T09:00:00Z"},
        {"sentAt": "2026-03-04T10:10:00Z"},
        "2026-03-04T09:00:00Z",
    ),
    (
        "a sender that corrected already is believed",
        {"originalTimestamp": "2026-03-04T08:00:00Z", "timestamp": "2026-03-04T08:30:00Z"},
        {"sentAt": "2026-03-04T09:30:00Z"},
        "2026-03-04T08:30:00Z",
    ),
    (
        "originalTimestamp and timestamp that are the same are corrected",
        {"originalTimestamp": "2026-03-04T08:00:00Z", "timestamp": "2026-03-04T08:00:00Z"},
        {"sentAt": "2026-03-04T09:00:00Z"},
        "2026-03-04T09:00:00Z",
    ),
    (
        "history says the truth whenever it was sent",
        {"timestamp": "2020-01-01T00:00:00Z"},
        {"sentAt": "2020-01-01T00:01:00Z", "quiet": True},
        "2020-01-01T00:00:00Z",
    ),
    (
        "waiting for another try is no fault of the clock",
        {"timestamp": "2026-03-04T08:00:00Z"},
        {"sentAt": "2026-03-04T08:00:01Z", "headers": {"X-Retry-Count": "3"}},
        "2026-03-04T08:00:00Z",
    ),
    (
        "a clock that is ahead is set right however often it was tried",
        {"timestamp": "2026-03-04T10:09:00Z"},
        {"sentAt": "2026-03-04T10:10:00Z", "headers": {"X-Retry-Count": "3"}},
        "2026-03-04T09:59:00Z",
    ),
    (
        "a first try says nothing of waiting",
        {"timestamp": "2026-03-04T08:00:00Z"},
        {"sentAt": "2026-03-04T09:00:00Z", "headers": {"X-Retry-Count": "0"}},
        "2026-03-04T09:00:00Z",
    ),
    (
        "a sentAt that is no time corrects nothing",
        {"timestamp": "2026-03-04T08:00:00Z"},
        {"sentAt": 7},
        "2026-03-04T08:00:00Z",
    ),
]


@pytest.mark.parametrize(("event", "how", "expected"), [case[1:] for case in TIMES], ids=[case[0] for case in TIMES])
def test_when_it_happened(event: dict[str, Any], how: dict[str, Any], expected: str) -> None:
    assert at(event, **how) == expected


NUMBERS = [
    # as written in JSON, as a time; None where its size leaves doubt
    ("1772618551", "2026-03-04T10:02:31Z"),
    ("1772618551123", "2026-03-04T10:02:31.123000Z"),
    ("1772618551.25", "2026-03-04T10:02:31.250000Z"),
    ("1.772618551123e12", "2026-03-04T10:02:31.123000Z"),
    ('"1772618551"', "2026-03-04T10:02:31Z"),
    ('"1712120100000"', "2024-04-03T04:55:00Z"),  # digits that could be read as a day of 1712
    ('"20260304"', "2026-03-04T00:00:00Z"),
    ("0", None),
    ("20260304", None),
    ("17726185511", None),
    ("1772618551123456", None),
    ("-1772618551", None),
    ("true", None),
    ("1e999999999999999999999", None),
    ("9" * 18, None),
    ("[1772618551]", None),
]


@pytest.mark.parametrize(("written", "expected"), NUMBERS, ids=[written[:20] for written, _ in NUMBERS])
@pytest.mark.parametrize(("wire", "key"), [(Wire.SEGMENT, "timestamp"), (Wire.POSTHOG, "timestamp"), (Wire.CLEW, "at")])
def test_a_number_is_a_time_where_its_size_leaves_no_doubt(
    wire: Wire, key: str, written: str, expected: str | None
) -> None:
    known = {Wire.SEGMENT: '"type":"track","userId":"u"', Wire.POSTHOG: '"distinct_id":"u"', Wire.CLEW: '"account":"a"'}
    body = f'{{"event":"E",{known[wire]},"{key}":{written}}}'.encode()

    (arrival,) = decode(wire, "batch", None, body, RECEIVED)

    assert arrival.at == (expected and parsed(expected))
    if arrival.record is None:
        assert arrival.why is Why.TIME
    else:
        assert arrival.record["at"] == expected


def test_a_body_may_say_in_a_number_when_it_was_sent() -> None:
    sent = (RECEIVED + 10 * MINUTE_US) // 1000

    (arrival,) = arrive({"timestamp": sent - 60_000}, sentAt=sent)

    assert arrival.record is not None
    assert (arrival.record["at"], arrival.record["sent_at"]) == ("2026-03-04T09:59:00Z", str(sent))
    (again,) = decode(Wire.SEGMENT, EVENT, None, arrival.raw, RECEIVED)
    assert again.at == arrival.at


def test_an_event_whose_own_sent_at_is_no_time_is_read_alone_as_in_its_body() -> None:
    (arrival,) = arrive({"timestamp": "2026-03-04T10:09:00Z", "sentAt": 7}, sentAt="2026-03-04T10:10:00Z")

    (again,) = decode(Wire.SEGMENT, EVENT, None, arrival.raw, RECEIVED)

    assert again.at == arrival.at == parsed("2026-03-04T09:59:00Z")


def test_four_times_are_kept() -> None:
    (arrival,) = arrive({"timestamp": "2026-03-04T10:09:00.5+00:00"}, sentAt="2026-03-04T10:10:00Z")

    assert arrival.record is not None
    assert {name: arrival.record[name] for name in ("original_at", "sent_at", "received_at", "at", "clock_skew")} == {
        "original_at": "2026-03-04T10:09:00.5+00:00",
        "sent_at": "2026-03-04T10:10:00Z",
        "received_at": "2026-03-04T10:00:00Z",
        "at": "2026-03-04T09:59:00.500000Z",
        "clock_skew": "-600.000",
    }


@pytest.mark.parametrize("micros", [0, 1, US, -1, RECEIVED, RECEIVED + 123_456])
def test_a_time_is_shown_exactly(micros: int) -> None:
    assert parsed(shown(micros)) == micros


def ids(arrivals: list[Arrival]) -> list[str]:
    return [str((arrival.record or {})["id"]) for arrival in arrivals]


def test_an_event_is_known_by_its_message_id() -> None:
    assert ids(arrive({"messageId": "m-1"})) == ["m-1"]


def test_a_body_without_ids_holds_the_same_events_when_it_is_sent_again() -> None:
    body = [
        {"timestamp": "2026-03-04T08:00:00Z"},
        {"timestamp": "2026-03-04T08:00:00Z"},
        {"timestamp": "2026-03-04T09:00:00Z"},
    ]

    first, again = (ids(arrive(*body, received=RECEIVED + later)) for later in (0, 40 * 24 * HOUR_US))

    assert first == again
    assert len(set(first)) == 3  # two equal events of one body are two


def test_equal_events_without_id_and_time_are_one_in_the_same_hour_alone() -> None:
    first, soon, later = (ids(arrive({}, received=RECEIVED + after)) for after in (0, 5 * MINUTE_US, 2 * HOUR_US))

    assert first == soon
    assert first != later


def test_an_impossible_clock_is_refused() -> None:
    (arrival,) = arrive({"timestamp": "9999-01-01T00:00:00Z"}, sentAt="0001-01-02T00:00:00Z")

    assert (arrival.why, arrival.place) == ("no time", "sentAt")
