"""From arrivals to rows: the mapping of exports, over what tools send."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clew.clock import DAY_US, to_datetime
from clew.ingest.wires.decoding import decode
from clew.ingest.wires.instants import parsed
from clew.ingest.wires.model import Arrival, ShapedArrivals, Why, Wire
from clew.ingest.wires.shaping import shape_arrivals
from clew.sources.blocks import ShapedBlock
from clew.sources.parse import parse_source

NOW = parsed("2026-03-04T10:00:00Z") or 0
TRACK = {
    "type": "track",
    "userId": "u1",
    "event": "Order",
    "messageId": "m1",
    "timestamp": "2026-03-04T09:00:00.000001Z",
}
GROUP = {"type": "group", "userId": "u1", "groupId": "acme", "messageId": "g1", "timestamp": "2026-03-01T00:00:00Z"}


def arrivals(*events: Any, wire: Wire = Wire.SEGMENT) -> list[Arrival]:
    return decode(wire, "batch", {}, json.dumps({"batch": events, "events": events}).encode(), NOW)


def shaped(*events: Any, mapping: str = "", wire: Wire = Wire.SEGMENT) -> ShapedArrivals:
    source = parse_source(f"receives: {wire}\n{mapping}", Path("sources/app.yaml"))
    return shape_arrivals(source, arrivals(*events, wire=wire), NOW)


def events(block: ShapedBlock) -> list[tuple[str | None, str, int]]:
    told = zip(block.events.event.texts(), block.events.at.tolist(), block.events.value.tolist(), strict=True)
    return [(name, to_datetime(at).isoformat()[:-6], value) for name, at, value in told]


def whose(block: ShapedBlock) -> list[str | None]:
    return [block.entities[code] if code >= 0 else None for code in block.rows.entity.tolist()]


def links(block: ShapedBlock) -> list[tuple[str, str]]:
    pairs = zip(block.links.left.tolist(), block.links.right.tolist(), strict=True)
    return [(block.entities[left], block.entities[right]) for left, right in pairs]


def properties(block: ShapedBlock) -> dict[str, list[str | None]]:
    return {name: coded.texts() for name, coded in block.rows.properties.items()}


def keys(block: ShapedBlock) -> list[tuple[int, int, int]]:
    rows = block.rows
    return list(zip(rows.hi.tolist(), rows.lo.tolist(), rows.content.tolist(), strict=True))


def test_an_event_becomes_a_row_with_its_event_to_the_microsecond() -> None:
    block = shaped({**TRACK, "context": {"groupId": "acme"}, "properties": {"revenue": 12.5, "plan": "gold"}}).block

    assert events(block) == [("Order", "2026-03-04T09:00:00.000001", 12_500_000)]
    assert whose(block) == ["account:acme"]
    assert block.rows.contact is not None
    assert block.rows.contact.texts() == ["u1"]
    assert properties(block) == {"plan": ["gold"], "revenue": ["12.5"]}
    assert block.rows.learnt.tolist() == [NOW]


def test_an_event_without_account_is_its_contacts() -> None:
    assert whose(shaped(TRACK).block) == [None]  # the loader makes the contact's own thread of it


def test_calls_about_persons_and_accounts_tell_of_no_event_but_of_them() -> None:
    identify = {
        "type": "identify",
        "userId": "u1",
        "anonymousId": "a1",
        "traits": {"email": "ann@acme.test", "name": "Ann"},
    }
    block = shaped({**GROUP, "traits": {"plan": "gold", "secret": "x"}}, identify).block

    assert events(block) == []
    assert links(block) == [("contact:u1", "account:acme"), ("contact:a1", "contact:u1")]
    (plan,) = [attribute for attribute in block.attributes if len(attribute.row)]
    assert (plan.name, plan.value.texts(), plan.at.tolist()) == ("plan", ["gold"], [parsed("2026-03-01T00:00:00Z")])
    assert block.rows.email is not None
    assert block.rows.name is not None
    assert (block.rows.email.texts(), block.rows.name.texts()) == ([None, "ann@acme.test"], [None, "Ann"])
    assert properties(block) == {}


def test_no_person_and_no_personal_property_stays_with_the_event() -> None:
    block = shaped({**TRACK, "properties": {"email": "ann@acme.test", "user": {"phone": "1"}, "plan": "gold"}}).block

    assert properties(block) == {"plan": ["gold"]}
    assert {name: coded.texts() for name, coded in block.rows.personal.items()} == {
        "properties.email": ["ann@acme.test"],
        "user.phone": ["1"],
    }


def test_owner_says_otherwise() -> None:
    mapping = """
account: {company: company_id}
subjects: {cart: cart_id}
events:
  - {event: "bought {kind}", at: at, value: amount, channel: {always: shop}, when: {event: Order}}
properties: [properties.email, size]
personal: [properties.note]
"""
    sent = {
        "company_id": 7,
        "cart_id": "c1",
        "kind": "shoes",
        "amount": "99.5",
        "email": "shop@x.test",
        "size": 38,
        "note": "hm",
    }
    block = shaped({**TRACK, "properties": sent}, mapping=mapping).block

    assert events(block) == [("bought shoes", "2026-03-04T09:00:00.000001", 99_500_000)]
    assert whose(block) == ["company:7"]
    assert block.events.channel.texts() == ["shop"]
    assert [block.entities[code] for code in block.rows.subjects["cart"].tolist()] == ["cart:c1"]
    assert properties(block) == {"properties.email": ["shop@x.test"], "size": ["38"]}
    assert list(block.rows.personal) == ["note"]


def test_what_the_mapping_cannot_use_is_refused_with_its_place_and_without_its_value() -> None:
    bad = {**TRACK, "messageId": "m2", "properties": {"amount": "ann@acme.test"}}
    told = shaped(TRACK, bad, "no event", mapping="events: [{event: e, at: at, value: amount}]")

    assert told.of_row == [0]
    assert [(one.why, one.place) for one in told.refused] == [(Why.NO_OBJECT, ""), (Why.MAPPING, "properties.amount")]
    assert told.refused[1].arrival.raw == json.dumps(bad).encode()
    assert "ann@" not in told.refused[1].detail


def test_the_far_future_and_the_time_before_time_are_refused() -> None:
    late = to_datetime(NOW + 3 * DAY_US).isoformat()
    told = shaped({**TRACK, "timestamp": late}, {**TRACK, "timestamp": "1969-01-01T00:00:00Z"})

    assert [(one.place, one.detail.partition(":")[0]) for one in told.refused] == [
        ("at", "time in the future"),
        ("at", "time before 1970"),
    ]


def test_key_is_the_id_alone_and_content_is_what_was_said() -> None:
    again = {**TRACK, "sentAt": "2026-03-04T09:59:00Z"}
    elsewhere = {**TRACK, "context": {"groupId": "acme"}}
    first, second, third = (keys(shaped(event).block)[0] for event in (TRACK, again, elsewhere))

    assert first == second
    assert first[:2] == third[:2]
    assert first[2] != third[2]


def test_a_row_does_not_depend_on_what_arrives_with_it_nor_on_the_mapping() -> None:
    others = [{**TRACK, "messageId": f"o{number}", "properties": {f"p{number}": 1}} for number in range(3)]

    alone, among = keys(shaped(TRACK).block)[0], keys(shaped(*others, TRACK, GROUP).block)[3]
    mended = keys(shaped(TRACK, mapping="properties: [a]\naccount: {x: y}").block)[0]

    assert alone == among == mended


def test_own_form_brings_subjects_links_and_personal_texts() -> None:
    mapping = "subjects: {ticket: subjects.ticket}\nlinks: [{account: account, crm: links.crm}]\n"
    event = {
        "id": "1",
        "event": "opened",
        "at": "2026-03-04",
        "account": "acme",
        "links": {"crm": "c9"},
        "subjects": {"ticket": "T1"},
        "personal": {"note": "call", "email": "x@y.test"},
    }
    block = shaped(event, mapping=mapping, wire=Wire.CLEW).block

    assert links(block) == [("account:acme", "crm:c9")]
    assert [block.entities[code] for code in block.rows.subjects["ticket"].tolist()] == ["ticket:T1"]
    assert sorted(block.rows.personal) == ["email", "note"]


def test_nothing_makes_an_empty_block() -> None:
    told = shaped()

    assert (len(told.block.rows), told.of_row, told.refused) == (0, [], [])


def test_each_refusal_is_of_an_arrival() -> None:
    sent: Sequence[Any] = [TRACK, {"type": "?"}, GROUP]

    told = shaped(*sent)

    assert len(told.of_row) + len(told.refused) == len(sent)
    assert told.of_row == [0, 2]
