"""Acts of people: written down before they are answered, then rows of the log like any other, once and for ever."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from clew.access.model import Actor
from clew.accounts.persons import open_persons
from clew.acts import vocabulary
from clew.acts.model import Act
from clew.acts.recording import BELL, record
from clew.acts.taking import KEPT_US, forget_taken
from clew.clock import DAY_US, HOUR_US, to_datetime
from clew.db.engine import Database
from clew.errors import BadRequest
from clew.ingest.load import load
from clew.live.contexts.settled import Settled, settled
from clew.live.intake.reading import replay_of
from tests.acting_desk import MINA, ActingDesk
from tests.arriving_world import NOW, event


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> ActingDesk:
    return ActingDesk(tmp_path, database)


def promise(contact: str = "") -> Act:
    return vocabulary.promise_made(None, "desk:f1", says="A new router", id="p-1", topic="router", contact=contact)


def test_an_act_becomes_an_event_of_the_log(desk: ActingDesk) -> None:
    desk.act(promise(contact="ada@x.org"))

    taken = desk.take_in()

    desk.keep()
    [told] = desk.log()["threads"]["desk:f1"]
    assert (taken.accepted, desk.counts("clew")) == (1, {"received": 1, "accepted": 1})
    assert (told["event"], told["source"], told["team"], told["user"]) == (
        *("promise made", "clew", "success", "Mina Brandt"),
    )
    said = {"promise_id": "p-1", "topic": "router", "says": "A new router"}
    assert {name: told[f"property:{name}"] for name in said} == said
    assert told["at"] == NOW


def test_attributes_hold_from_when_the_act_occurred(desk: ActingDesk) -> None:
    desk.act(Act("", "desk:f1", at=NOW - DAY_US, attributes={"owner": "m.brandt"}))
    desk.take_in()
    desk.keep()

    assert desk.log()["attributes"]["desk:f1"] == [("desk:f1", "owner", NOW - DAY_US, "m.brandt", 0)]


def test_an_act_is_about_a_thing_of_the_account(desk: ActingDesk) -> None:
    desk.act(Act("ticket called back", "desk:f1", subject="ticket:T-1"))
    desk.take_in()
    desk.keep()

    assert ("ticket:T-1", "desk:f1") in desk.log()["entities"]["ticket"]


def test_a_row_says_what_became_of_its_act_and_no_more(desk: ActingDesk) -> None:
    desk.send(event(1))
    number = desk.act(promise())
    desk.take_in()

    [row] = desk.acts()

    assert (row.id, row.by, row.account, row.taken_at, row.body) == (number, "user:3", "desk:f1", NOW, b"")
    assert row.position in (0, 1)


def test_acts_of_two_turns_are_two_events_and_none_is_taken_twice(desk: ActingDesk) -> None:
    desk.act(promise())
    first = desk.take_in()
    desk.act(promise())
    second, third = desk.take_in(), desk.take_in()

    assert [one.accepted for one in (first, second, third)] == [1, 1, 0]
    assert [row.position for row in desk.acts()] == [0, 1]


def test_more_acts_than_a_turn_takes_are_taken_in_turns(desk: ActingDesk) -> None:
    for _ in range(5):
        desk.act(promise())

    turns = [desk.take_in(limit=2) for _ in range(3)]

    assert [(turn.accepted, turn.more) for turn in turns] == [(2, True), (2, True), (1, False)]


def test_positions_are_those_of_the_rows(desk: ActingDesk) -> None:
    desk.send(event(1), event(2, account="f2"))
    numbers = [desk.act(promise()), desk.act(Act("call held", "desk:f2", contact="person:999")), desk.act(promise())]
    desk.take_in()

    positions = {row.id: row.position for row in desk.acts()}

    assert positions[numbers[1]] is None  # nobody has that number
    assert sorted([positions[numbers[0]], positions[numbers[2]]]) in ([0, 1], [2, 3])
    assert [(row.source, row.wire, row.reason, row.place) for row in desk.rejected()] == [
        ("clew", "act", "wrong field", "contact")
    ]


# -- persons ----------------------------------------------------------------------------------------------------------


def test_a_contact_known_by_number_is_that_very_person(desk: ActingDesk) -> None:
    desk.send(event(1, contact={"id": "C-17", "email": "ada@x.org", "name": "Ada"}))
    desk.take_in()
    with open_persons(desk.store) as persons:
        [ada] = persons.find("C-17")

    desk.act(vocabulary.role_given("desk:f1", contact=vocabulary.person(ada.surrogate), role="champion"))
    desk.act(vocabulary.role_given("desk:f1", contact="ADA@x.org", role="user"))  # her address, not her id
    desk.take_in()
    desk.keep()

    contacts = [told["contact"] for told in desk.log()["threads"]["desk:f1"]]
    with open_persons(desk.store) as persons:
        assert persons.find("ada@x.org") == [ada]
    assert contacts == [ada.surrogate] * 3


def test_somebody_new_gets_a_number_a_name_and_an_address(desk: ActingDesk) -> None:
    desk.act(Act("role given", "desk:f1", contact="bo@x.org", contact_name="Bo Lind"))
    desk.take_in()

    with open_persons(desk.store) as persons:
        [bo] = persons.find("bo@x.org")
    assert (bo.identifier, bo.email, bo.name) == ("bo@x.org", "bo@x.org", "Bo Lind")


# -- waiting ----------------------------------------------------------------------------------------------------------


def test_what_became_of_an_act_can_be_waited_for(desk: ActingDesk) -> None:
    good, bad = desk.act(promise()), desk.act(Act("call held", "desk:f1", contact="person:999"))
    assert settled(desk.database, good) is Settled.WAITING
    desk.take_in()

    assert settled(desk.database, good) is Settled.WAITING  # in the log, not yet folded
    assert settled(desk.database, bad) is Settled.REFUSED
    assert settled(desk.database, 10_000) is Settled.TAKEN_IN  # long gone


def test_rows_of_acts_go_after_a_day(desk: ActingDesk) -> None:
    desk.act(promise())
    desk.take_in()
    desk.act(promise())

    assert forget_taken(desk.database, now=desk.now + KEPT_US) == 0
    assert forget_taken(desk.database, now=desk.now + KEPT_US + 1) == 1
    assert [row.taken_at for row in desk.acts()] == [None]


def test_who_acts_rings_the_bell_after_the_commit(desk: ActingDesk) -> None:
    bell = desk.database.bells[BELL] = threading.Event()

    with desk.database.main.connect() as connection, connection.begin() as transaction:
        record(connection, promise(), by=MINA, now=NOW)
        transaction.rollback()
    assert not bell.is_set()

    desk.act(promise())
    assert bell.is_set()


def test_an_act_by_a_clock_that_is_ahead_waits_until_then(desk: ActingDesk) -> None:
    desk.now += HOUR_US
    desk.act(promise())
    desk.now -= HOUR_US

    assert desk.take_in().accepted == 0
    desk.now += HOUR_US
    assert desk.take_in().accepted == 1


# -- nonsense ---------------------------------------------------------------------------------------------------------

NONSENSE = [
    (Act("", "desk:f1"), "says something"),
    (Act("x", "f1"), "written as its kind and id"),
    (Act("x", "desk:"), "written as its kind and id"),
    (Act("x", "desk:f1", at=NOW + HOUR_US), "cannot lie in the future (2026-01-01 01:00 UTC)"),
    (Act("x", "desk:f1", properties={"says": "a" * 2_001}), "2,001 characters; at most 2,000"),
    (Act("x" * 201, "desk:f1"), "201 characters; at most 200"),
    (Act("x", "desk:f1", properties={" ": "a"}), "a name in 'properties' is empty"),
    (Act("x", "desk:f1", attributes={str(n): "a" for n in range(101)}), "101 attributes"),
    (Act("x", "desk:f1", subject="ticket"), "subject 'ticket'"),
    (Act("x", "desk:f1", contact="person:ada"), "contact 'person:ada'"),
    (Act("x", "desk:f1", contact_name="Ada"), "without an id or address"),
    (Act("x", "desk:f1", team="a\0b"), "no text can have"),
    (Act("x", "desk:f1", properties={"says": "\ud800"}), "no text can have"),
    (Act("", "desk:f1", same=(("desk:f1", "desk:f1"),)), "with itself"),
    (Act("", "desk:f1", same=(("desk:f1", "f2"),)), "pair 'f2'"),
    (
        Act("", "desk:f1", same=(("desk:f1", "desk:f2"),), apart=(("desk:f2", "desk:f1"),)),
        "desk:f1 and desk:f2 are said to be one account and not to be",
    ),
]


@pytest.mark.parametrize(("nonsense", "says"), NONSENSE)
def test_nonsense_is_refused_and_nothing_is_written(desk: ActingDesk, nonsense: Act, says: str) -> None:
    with pytest.raises(BadRequest) as refused:
        desk.act(nonsense)

    assert says in str(refused.value)
    assert desk.acts() == []


def test_the_only_team_of_who_acts_is_the_team(desk: ActingDesk) -> None:
    desk.act(promise(), by=Actor("user", "user:4", "", teams=frozenset({"a", "b"})))
    desk.take_in()
    desk.keep()

    [told] = desk.log()["threads"]["desk:f1"]
    assert (told.get("team"), told["user"]) == (None, "user:4")


def test_back_dated_acts_are_where_they_occurred(desk: ActingDesk) -> None:
    desk.act(vocabulary.touch_logged(None, "desk:f1", event="call held", channel="phone", at=NOW - 3 * DAY_US))
    desk.take_in()
    desk.keep()

    [told] = desk.log()["threads"]["desk:f1"]
    assert (told["at"], told["event"], told["channel"]) == (NOW - 3 * DAY_US, "call held", "phone")
    assert to_datetime(told["at"]).day == 29


def test_a_load_does_not_call_the_built_in_source_gone(desk: ActingDesk) -> None:
    desk.act(promise())
    desk.take_in()
    desk.keep()
    desk.source("crm", "file: crm.csv\nid: id\naccount: {desk: a}\nevents: [{event: won, at: at}]\n")
    (desk.folder / "crm.csv").write_text("id,a,at\n1,f1,2025-12-01\n")

    report = load(desk.folder, desk.workspace.sources, now=desk.now)

    assert report.gone == ()
    assert [told["source"] for told in desk.log()["threads"]["desk:f1"]] == ["crm", "clew"]


def test_a_rejected_act_can_be_tried_again(desk: ActingDesk) -> None:
    desk.act(Act("call held", "desk:f1", contact="person:0"))
    desk.take_in()
    [waiting] = desk.rejected()
    desk.send(event(1))
    desk.take_in()  # now somebody has that number

    desk.put([replay_of(waiting.id, source=waiting.source, wire=waiting.wire, now=desk.now)])
    desk.take_in()
    desk.keep()

    told = [one for one in desk.log()["threads"]["desk:f1"] if one["source"] == "clew"]
    assert [(one["event"], one["contact"]) for one in told] == [("call held", 0)]
    assert desk.counts("clew") == {"received": 1, "accepted": 1}
