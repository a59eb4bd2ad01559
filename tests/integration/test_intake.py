"""Taking in what arrived: once and for ever, whatever it is, and nothing blocks the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from clew.accounts.persons import open_persons
from clew.clock import DAY_US, HOUR_US, MINUTE_US, to_datetime
from clew.db.engine import Database
from clew.db.leases import Fenced
from clew.ingest.arriving.model import Arriving
from clew.ingest.wires.decoding import FORMATS
from clew.ingest.wires.model import Wire
from clew.ingest.wires.shaping import shape_arrivals
from clew.live.intake import actions, names, shaping
from clew.live.intake.actions import Memory, take_in
from clew.live.intake.forgetting import UNSEARCHED
from clew.live.intake.reading import replay_of
from clew.live.intake.recent import recent
from tests.arriving_world import NOW, Desk, event

MISTAKE = r"ZeroDivisionError in test_intake\.py, line \d+"  # and not what it says: that may be a person's


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    return Desk(tmp_path, database)


def at(us: int) -> str:
    return to_datetime(us).isoformat()


def test_what_arrived_stands_in_the_tail_and_is_counted(desk: Desk) -> None:
    desk.send(event(1), event(2))
    desk.send({"account": "f1", "attributes": {"plan": "gold"}, "id": "a1"})

    taken = desk.take_in()

    assert (taken.bodies, taken.received, taken.accepted, taken.about, taken.position) == (2, 3, 3, 1, 3)
    assert desk.counts() == {"received": 3, "accepted": 3, "about": 1}
    assert (desk.rows(), desk.waiting()) == (3, 0)
    assert desk.take_in().received == 0


def test_an_id_counts_once_for_ever(desk: Desk) -> None:
    desk.send(event(1), event(2), event(1))
    assert desk.take_in().duplicate == 1
    desk.send(event(2))
    assert desk.take_in().duplicate == 1  # known from the tail
    desk.keep()
    desk.later(400 * DAY_US)
    desk.send(event(1), event(3))

    taken = desk.take_in()

    assert (taken.accepted, taken.duplicate) == (1, 1)  # known from the archive
    assert desk.counts() == {"received": 6, "accepted": 3, "duplicate": 3, "late": 1}


def test_the_same_id_in_two_sources_is_two_events(desk: Desk) -> None:
    desk.source("mail", "receives: clew\n")
    desk.send(event(1))
    desk.send(event(1), source="mail")

    assert desk.take_in().accepted == 2


def test_another_content_under_a_known_id_is_rejected_and_the_first_is_kept(desk: Desk) -> None:
    desk.send(event(1, "said"), event(1, "shouted"))
    desk.take_in()
    desk.send(event(1, "whispered", account="f2"))

    taken = desk.take_in()

    assert (taken.accepted, taken.rejected) == (0, 1)
    assert [(row.reason, row.place) for row in desk.rejected()] == [("id used twice", "id")] * 2
    desk.keep()
    assert [told["event"] for told in desk.log()["threads"]["account:f1"]] == ["said"]


def test_the_same_event_sent_again_later_is_no_other_content(desk: Desk) -> None:
    desk.send(event(1), at=NOW)
    desk.send(event(1), at=NOW + 5 * MINUTE_US)

    assert desk.take_in().duplicate == 1


def test_a_holder_that_takes_over_knows_what_the_one_before_took_in(desk: Desk) -> None:
    first, second = Memory(desk.store), Memory(desk.store)
    for number in range(1, 6):
        desk.send(event(number))
        desk.take_in(first)
        desk.keep() if number == 3 else None

    desk.send(*(event(number) for number in range(1, 7)))
    taken = desk.take_in(second)

    assert (taken.accepted, taken.duplicate, taken.position) == (1, 5, 6)
    first.close()
    second.close()


def test_who_was_overtaken_writes_nothing(desk: Desk) -> None:
    desk.send(event(1))
    slow = desk.lease(owner="slow")
    desk.later(DAY_US)
    desk.lease(owner="quick")

    with pytest.raises(Fenced):
        take_in(desk.database, desk.workspace, slow, now=desk.now)

    assert (desk.rows(), desk.counts()) == (0, {})


def test_what_lies_ahead_is_held_until_its_time_has_come(desk: Desk) -> None:
    desk.send({"id": "soon", "event": "renews", "at": at(NOW + 3 * HOUR_US), "account": "f1"})
    assert desk.take_in().held == 1
    assert (desk.rows(), desk.counts()) == (0, {"received": 1, "held": 1})

    desk.later(3 * HOUR_US - 1)
    assert desk.take_in().settled == 0
    desk.later(1)
    taken = desk.take_in()

    assert (taken.accepted, taken.settled) == (1, 1)
    assert desk.held() == []
    assert desk.counts() == {"received": 1, "accepted": 1}


@pytest.mark.parametrize("first", ["held", "rejected"])
def test_what_a_client_waited_is_no_fault_of_its_clock_later_either(desk: Desk, first: str) -> None:
    """An event is kept with how often its body was tried: another look at it gives the same time."""
    says = NOW + 3 * HOUR_US if first == "held" else NOW - HOUR_US
    desk.source("chat", "receives: segment\n" if first == "held" else "receives: nothing that is known\n")
    track = {"type": "track", "userId": "u1", "event": "renews", "groupId": "f1", "messageId": "m1"}
    body = json.dumps({"batch": [{**track, "timestamp": at(says)}], "sentAt": at(NOW - 600_000_000)}).encode()
    desk.put([Arriving("chat", "segment", "batch", NOW, body, headers={"x-retry-count": "2"})])
    assert getattr(desk.take_in(), first) == 1

    desk.source("chat", "receives: segment\n")
    desk.later(3 * HOUR_US)
    if first == "rejected":
        desk.put([replay_of(desk.rejected()[0].id, source="chat", wire="segment", now=desk.now)])

    assert desk.take_in().accepted == 1
    with desk.database.read() as connection:
        assert [one.at for one in recent(connection) if one.outcome == "accepted"] == [says]


def test_a_held_event_that_was_sent_twice_counts_once(desk: Desk) -> None:
    soon = {"id": "soon", "event": "renews", "at": at(NOW + HOUR_US), "account": "f1"}
    desk.send(soon, soon)
    desk.take_in()
    desk.later(HOUR_US)
    desk.take_in()

    assert desk.counts() == {"received": 2, "accepted": 1, "duplicate": 1}


@pytest.mark.parametrize(
    ("ahead", "outcome"),
    [
        (0, "accepted"),
        (MINUTE_US, "accepted"),
        (MINUTE_US + 1, "held"),
        (366 * DAY_US, "held"),
        (367 * DAY_US, "rejected"),
    ],
)
def test_clocks_may_differ_by_a_minute_and_be_wrong_by_a_year(desk: Desk, ahead: int, outcome: str) -> None:
    desk.send({"id": "x", "event": "renews", "at": at(NOW + ahead), "account": "f1"})

    desk.take_in()

    assert desk.counts() == {"received": 1, outcome: 1}


def test_late_is_what_occurred_more_than_a_day_before_it_came_and_backfill_never_is(desk: Desk) -> None:
    long_ago = {"event": "said", "at": at(NOW - DAY_US - 1), "account": "f1"}
    desk.send({**long_ago, "id": "1"}, {**long_ago, "id": "2", "at": at(NOW - DAY_US)})
    desk.send({**long_ago, "id": "3"}, quiet=True)

    taken = desk.take_in()

    assert (taken.accepted, taken.late) == (3, 1)


def test_an_unusable_event_is_kept_with_the_reason_and_the_others_go_on(desk: Desk) -> None:
    desk.send(event(1), {"id": "x", "event": "said", "at": "yesterday", "account": "f1"}, event(2))

    taken = desk.take_in()

    assert (taken.accepted, taken.rejected) == (2, 1)
    [row] = desk.rejected()
    assert (row.reason, row.place, row.state) == ("no time", "at", "waiting")
    assert b'"yesterday"' in bytes(row.event)


def test_events_of_a_source_that_is_gone_are_kept(desk: Desk) -> None:
    desk.send(event(1), source="gone")

    assert desk.take_in().rejected == 1
    assert desk.rejected()[0].reason == "no source"


def test_an_event_that_makes_us_fail_is_parked_and_blocks_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    shape = shape_arrivals

    def poisoned(source: Any, arrivals: Any, now: int) -> Any:
        if any(b"poison" in arrival.raw for arrival in arrivals):
            raise ZeroDivisionError("a mistake of ours")
        return shape(source, arrivals, now)

    monkeypatch.setattr(shaping, "shape_arrivals", poisoned)
    desk.send(*(event(number, "poison" if number in (3, 8) else "said") for number in range(1, 12)))

    taken = desk.take_in()

    assert (taken.accepted, taken.rejected) == (9, 2)
    assert [row.reason for row in desk.rejected()] == ["crashed"] * 2
    assert all(re.fullmatch(MISTAKE, row.detail) for row in desk.rejected())


def test_an_event_that_cannot_be_decoded_for_a_mistake_of_ours_lets_the_others_of_its_body_in(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = FORMATS[Wire.CLEW]
    read = own.read

    def poisoned(told: Mapping[str, Any], envelope: Any) -> Any:
        if told["event"] == "poison":
            raise ZeroDivisionError("a mistake of ours")
        return read(told, envelope)

    monkeypatch.setattr(own, "read", poisoned)
    desk.send(event(1), event(2, "poison"), event(3))

    taken = desk.take_in()

    assert (taken.accepted, taken.rejected) == (2, 1)
    [row] = desk.rejected()
    assert row.reason == "crashed"
    assert re.fullmatch(MISTAKE, row.detail)
    assert b"e2" in bytes(row.event)


@pytest.mark.parametrize("text", ["a\0b", "𝄞", "x" * 5_000, "'; DROP TABLE inbox; --"])
def test_no_text_stops_the_intake(desk: Desk, text: str) -> None:
    odd = {"id": f"i{text}", "event": text, "account": text, "contact": text, "properties": {text: text, "p": text}}
    desk.send(odd, event(1), {"id": text, "event": "said", "at": text, "account": text})

    taken = desk.take_in()
    kept = desk.keep()

    assert taken.received == 3
    assert taken.accepted + taken.rejected == 3
    assert taken.accepted >= 1
    assert kept is not None
    assert kept.rows == taken.accepted


def test_a_body_that_is_no_json_is_one_rejected_event(desk: Desk) -> None:
    desk.send(body=b"\xff\xfe nothing")
    desk.send(event(1))
    desk.send(event(2, "half a \ud800 sign"))
    desk.put([Arriving("chat", "telex", "batch", NOW, b"{}")])

    taken = desk.take_in()

    assert (taken.accepted, taken.rejected) == (1, 3)
    assert [row.reason for row in desk.rejected()] == ["no object", "no object", "crashed"]


def test_the_tail_knows_persons_by_number_only(desk: Desk) -> None:
    desk.send(event(1, contact={"id": "ada@x.org", "name": "Ada Lovelace", "email": "ada@x.org"}))
    desk.send(event(2, contact="eve@x.org", personal={"note": "sings"}))
    desk.take_in()

    with desk.database.read() as connection:
        told = recent(connection)

    assert sorted((one.event, one.account, one.contact) for one in told) == [
        ("said", "account:f1", 0),
        ("said", "account:f1", 1),
    ]
    bodies = desk.bodies()
    assert not any(word in bodies for word in (b"ada@x.org", b"Lovelace", b"eve@x.org", b"sings"))
    with open_persons(desk.store) as persons:
        assert [record.name for record in persons.find("ada@x.org")] == ["Ada Lovelace"]
        assert [kept.value for kept in persons.properties_of([1])] == ["sings"]


def test_a_contact_without_account_is_a_thread_of_its_own_by_number(desk: Desk) -> None:
    desk.send({"id": "1", "event": "signed up", "at": at(NOW), "contact": "ada@x.org"})
    desk.take_in()
    desk.keep()

    assert [told["event"] for told in desk.log()["threads"]["contact:0"]] == ["signed up"]


def test_nobody_gets_a_number_for_an_event_that_was_not_taken_in(desk: Desk) -> None:
    desk.send(
        event(1), event(1, contact="eve@x.org"), {"id": "soon", "event": "e", "at": at(NOW + DAY_US), "contact": "bo"}
    )
    desk.take_in()

    with open_persons(desk.store) as persons:
        assert persons.find("eve@x.org") == persons.find("bo") == []


def test_a_limit_leaves_the_rest_for_the_next_turn(desk: Desk) -> None:
    for number in range(5):
        desk.send(event(number))

    taken = [desk.take_in(limit=2) for _ in range(4)]

    assert [one.received for one in taken] == [2, 2, 1, 0]
    assert [one.more for one in taken] == [True, True, True, False]
    assert desk.waiting() == 0


def test_positions_go_on_where_the_archive_ends_though_the_database_is_new(desk: Desk, tmp_path: Path) -> None:
    from sqlalchemy import delete

    from clew.db.tables import cursor, tail_block

    desk.send(event(1), event(2))
    desk.take_in()
    desk.keep()
    with desk.database.write() as connection:
        connection.execute(delete(tail_block))
        connection.execute(delete(cursor))

    desk.send(event(2), event(3))
    taken = desk.take_in()

    assert (taken.accepted, taken.duplicate, taken.position) == (1, 1, 3)


def test_the_last_events_are_shown_with_what_each_became(desk: Desk) -> None:
    desk.send(event(1), at=NOW)
    desk.send(event(50), at=NOW + 1)
    desk.send({"id": "soon", "event": "renews", "at": at(NOW + DAY_US), "account": "f2"}, at=NOW + 2)
    desk.send({"id": "bad", "event": "said", "at": "never", "account": "f3"}, at=NOW + 3)
    desk.send({"id": "about", "account": "f4", "attributes": {"plan": "gold"}}, at=NOW + 4, quiet=True)
    desk.take_in()

    with desk.database.read() as connection:
        told = recent(connection)
        other = recent(connection, "other")

    assert [(one.outcome, one.event, one.account, one.reason) for one in told] == [
        ("accepted", "", "account:f4", ""),
        ("rejected", "", "", "no time"),
        ("held", "renews", "f2", ""),
        ("late", "said", "account:f1", ""),
        ("accepted", "said", "account:f1", ""),
    ]
    assert told[0].quiet
    assert other == []


def test_an_event_in_which_nobody_can_be_looked_for_goes_and_the_others_are_taken_in(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(actions, "without_erased", fails)
    desk.send(event(1), event(2, at=NOW + 2 * DAY_US), {"id": "x", "event": "said", "at": "never", "account": "f1"})
    desk.take_in()

    assert desk.counts() == {"received": 3, "accepted": 1, "rejected": 2}
    assert [(row.state, row.event, row.detail) for row in desk.rejected()] == [("discarded", b"", UNSEARCHED)] * 2
    assert desk.held() == []


def fresh_names(begin: int, end: int, each: int) -> list[dict[str, Any]]:
    """Events, each with so many names of properties that no other has."""
    return [
        {"id": f"n{n}", "event": "said", "account": "f1", "properties": {f"p{n}-{i}": 1 for i in range(each)}}
        for n in range(begin, end)
    ]


def test_a_source_brings_so_many_names_of_properties_and_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "NAMES", 20)
    desk.send(*fresh_names(0, 3, 8), event(1, properties={"p0-1": 2}))
    desk.send({"id": "wrong", "event": "said", "at": "never", "account": "f1", "properties": {"q": 1}})
    memory = Memory(desk.store)
    desk.take_in(memory)

    told = {(row.reason, row.place) for row in desk.rejected()}
    assert told == {("no time", "at"), ("too many names", "properties.p2-0")}
    for known in (memory, None):  # whoever takes over has counted them too, in the tail and in the archive
        desk.send({"id": f"{known}", "event": "said", "account": "f1", "properties": {"p0-0": 1, "p1-7": 2}})
        desk.send(*fresh_names(3, 4, 5))
        desk.take_in(known)
        desk.keep()
    memory.close()

    assert desk.counts() == {"received": 9, "accepted": 5, "rejected": 4}
    desk.source("chat", "receives: clew\nproperties: [p0-1]\n")
    desk.send(*fresh_names(5, 6, 30))
    desk.take_in()
    assert desk.counts()["accepted"] == 6


def test_events_are_shaped_in_groups_that_are_no_wide_table(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "CELLS", 200)
    desk.send(*fresh_names(0, 30, 5))
    desk.take_in()
    desk.keep()

    assert desk.counts() == {"received": 30, "accepted": 30}
    told = [
        name
        for one in desk.log()["threads"]["account:f1"]
        for name in one
        if name.startswith("property:p") and one[name]
    ]
    assert sorted(told) == sorted(f"property:p{n}-{i}" for n in range(30) for i in range(5))
