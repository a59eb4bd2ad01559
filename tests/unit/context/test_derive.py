"""What a context says of an account, from a small log: commitments, answers, committee, touches, header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from clew.clock import ALWAYS
from clew.conditions.model import Attribute, Event, Operator
from clew.conditions.model import Test as ValueTest
from clew.context.derive import derive
from clew.context.model import Context, HandoffState, PromiseState, TouchKind
from clew.context.standing import team_of_stage, with_standing
from clew.context.words import Words
from clew.durations import parse_duration
from clew.engine.succession import Governing
from clew.firm.model import Firm, Person
from clew.journeys.model import End, Handoff, Journey, Stage, Subject
from clew.meanings.model import AccountMeaning, Asked, Meanings, Promises, Sent, Silence
from clew.testing import memory_log, micros

PEOPLE = {"m-brandt": Person("m-brandt", "Mia Brandt", "success")}
LARGE = {"large": Attribute("seats", ValueTest(((Operator.AT_LEAST, 100),)))}
FIRM = Firm("Thread & Co", "EUR", "Europe/Berlin", people=PEOPLE, segments=LARGE)
MEANINGS = Meanings(
    about="topic",
    customers=Event(("deal won",)),
    lost=Event(("contract cancelled",)),
    revenue="revenue",
    sent=Sent(Event(("mail sent",))),
    asked=Asked(Event(("question asked",)), Event(("told",))),
    promises=Promises(Event(("promise made", "promised")), Event(("promise kept",)), "pid", "due"),
    silence=Silence(Event(("login",))),
    engaged=Event(("page read",)),
)
HANDOVER = Handoff(
    "sales",
    "success",
    Event(("deal won",)),
    Event(("taken over",)),
    accept_within=parse_duration("1 working day"),
    packet=("risks", "next step"),
)
STAGES = (Stage("signed", Event(("deal won",)), team="success"), Stage("live", Event(("live",))))
ENDS = (End("over", Event(("contract cancelled",))),)
JOURNEY = Journey("onboarding", "Onboarding", "v1", Subject(), STAGES, ends=ENDS, handoffs=(HANDOVER,))
WORDS = Words(FIRM, MEANINGS, ([Governing(JOURNEY, FIRM)],))
NOW = "2026-06-01"


def known(*events: Any, attributes: Sequence[Any] = (), words: Words = WORDS, now: str = NOW, **more: Any) -> Context:
    """Derive the account A-1 from events (at, event, {...})."""
    rows = [("A-1", event[0], event[1], {"source": "crm", **(event[2] if len(event) > 2 else {})}) for event in events]
    view = memory_log(rows, [("A-1", *one) for one in attributes], subjects=("contract",), as_of=now, **more)
    return derive(view, words, micros(now))["account:A-1"]


def act(at: str, event: str, **said: Any) -> tuple[str, str, dict[str, Any]]:
    return at, event, {"source": "clew", **said}


# -- promises ---------------------------------------------------------------------------------------------------------


def test_a_promise_is_due_at_the_end_of_its_day_in_the_firms_zone() -> None:
    made = ("2026-03-02T10:00", "promised", {"pid": "p1", "due": "2026-03-10", "team": "sales", "topic": "price"})

    [promise] = known(made).promises

    assert promise.due_at == micros("2026-03-10T23:00") - 1  # midnight in Berlin
    assert (promise.id, promise.topic, promise.team, promise.owner) == ("p1", "price", "sales", "sales")
    assert promise.state(micros("2026-03-10T22:59")) is PromiseState.OPEN
    assert promise.state(micros("2026-03-10T23:00")) is PromiseState.BROKEN


# what happened after the promise -> its state
ENDED = [
    ([], PromiseState.BROKEN),
    ([("2026-03-10T12:00", "promise kept", {"pid": "p1"})], PromiseState.KEPT),
    ([("2026-03-11T12:00", "promise kept", {"pid": "p1"})], PromiseState.KEPT_LATE),
    ([("2026-03-05", "promise kept", {"pid": "p2"})], PromiseState.BROKEN),
    ([act("2026-03-05", "promise released", pid="p1", reason="no need")], PromiseState.RELEASED),
    ([("2026-03-05", "promise released", {"pid": "p1"})], PromiseState.BROKEN),  # no act: another system's word
    ([("2026-03-09", "promised", {"pid": "p1", "due": "2026-07-01"})], PromiseState.OPEN),
]


@pytest.mark.parametrize(("after", "state"), ENDED)
def test_what_becomes_of_a_promise(after: list[Any], state: PromiseState) -> None:
    [promise] = known(("2026-03-02", "promised", {"pid": "p1", "due": "2026-03-10"}), *after).promises

    assert promise.state(micros(NOW)) is state


def test_an_act_that_bears_the_firms_own_event_is_one_promise_and_so_is_one_in_the_built_in_words() -> None:
    own = act("2026-03-02", "promise made", pid="p1", due="2026-03-10", says="a new price list")
    plain = act("2026-03-03", "promise made", promise_id="p2", due_on="2026-03-10")

    found = known(own, plain)

    assert [(one.id, one.says) for one in found.promises] == [("p1", "a new price list"), ("p2", None)]
    assert known(plain, words=Words(FIRM)).promises[0].id == "p2"


def test_a_promise_that_cannot_be_followed_is_none() -> None:
    nameless = ("2026-03-02", "promised", {"due": "2026-03-10"})
    dayless = ("2026-03-02", "promised", {"pid": "p1", "due": "soon"})
    past = ("2026-03-02", "promised", {"pid": "p2", "due": "2026-02-01"})

    assert known(nameless, dayless, past).promises == []


# -- handoffs ---------------------------------------------------------------------------------------------------------

WON = ("2026-03-06T13:00", "deal won", {"user": "Ann"})  # a Friday, 14:00 in Berlin
ID = "onboarding/account:A-1/0/1"


def test_a_handoff_waits_until_the_same_hour_of_the_next_working_day() -> None:
    [handoff] = known(WON).handoffs

    assert (handoff.id, handoff.state, handoff.sent.by) == (ID, HandoffState.SENT, "Ann")
    assert (handoff.due_at, handoff.missing) == (micros("2026-03-09T13:00"), ["risks", "next step"])
    assert known(WON).header.teams == ["success"]


def test_a_handoff_that_was_returned_is_sent_again_and_accepted() -> None:
    returned = act("2026-03-09T09:00", "handoff returned", handoff=ID, reason="no next step")
    again = act("2026-03-09T15:00", "handoff sent", handoff=ID, **{"packet: next step": "call", "packet: risks": "-"})
    taken = ("2026-03-10T09:00", "taken over")

    [back] = known(WON, returned).handoffs
    [sent] = known(WON, returned, again).handoffs
    [done] = known(WON, returned, again, taken).handoffs

    assert (back.state, back.history[-1].reason) == (HandoffState.RETURNED, "no next step")
    assert (sent.state, sent.due_at, sent.missing) == (HandoffState.SENT, micros("2026-03-10T15:00"), [])
    assert [one.state.value for one in done.history] == ["sent", "returned", "sent", "accepted"]
    assert done.packet == {"next step": "call", "risks": "-"}


def test_a_packet_that_is_handed_in_later_does_not_move_the_deadline() -> None:
    [handoff] = known(WON, act("2026-03-06T15:00", "handoff sent", handoff=ID, **{"packet: risks": "-"})).handoffs

    assert (handoff.due_at, handoff.missing) == (micros("2026-03-09T13:00"), ["next step"])


def test_a_system_may_call_the_parts_of_a_packet_by_their_names() -> None:
    at, event, *said = WON
    [handoff] = known((at, event, {**(said[0] if said else {}), "next_step": "call", "Risks": "-"})).handoffs

    assert (handoff.packet, handoff.missing) == ({"next step": "call", "risks": "-"}, [])


def test_an_accepted_handoff_is_followed_by_another() -> None:
    accepted = act("2026-03-07", "handoff accepted", handoff=ID)
    more = act("2026-04-01", "handoff sent", handoff="onboarding/account:A-1/0")

    first, second = known(WON, accepted, more).handoffs

    assert (first.state, second.state, second.id) == (HandoffState.ACCEPTED, HandoffState.SENT, ID[:-1] + "2")


def test_nobody_waits_for_a_receipt_once_the_run_is_over() -> None:
    [handoff] = known(WON, ("2026-04-01", "contract cancelled")).handoffs

    assert (handoff.state, handoff.waits, handoff.lapsed_at) == (HandoffState.SENT, False, micros("2026-04-01"))


def test_open_promises_go_over_with_an_accepted_handoff() -> None:
    before = ("2026-03-01", "promised", {"pid": "p1", "due": "2026-07-01", "team": "sales"})
    kept = ("2026-03-02", "promised", {"pid": "p2", "due": "2026-07-01", "team": "sales"})
    keeping = ("2026-03-03", "promise kept", {"pid": "p2"})

    waiting, taken = known(before, kept, keeping, WON), known(before, kept, keeping, WON, ("2026-03-07", "taken over"))

    assert [one.promises for one in waiting.handoffs] == [["p1"]]
    assert [one.owner for one in waiting.promises] == ["sales", "sales"]
    assert [one.owner for one in taken.promises] == ["success", "sales"]


# -- answers, committee -----------------------------------------------------------------------------------------------


def test_answers_are_on_file_with_their_topic_and_how_long_they_count() -> None:
    told = ("2026-03-01", "told", {"topic": "budget", "contact": 7, "team": "sales", "says": "40k"})
    untold = ("2026-03-02", "told", {"team": "sales"})

    [answer] = known(told, untold, act("2026-01-01", "said", topic="x")).answers

    assert (answer.topic, answer.says, answer.contact, answer.team) == ("budget", "40k", 7, "sales")
    assert answer.until == micros("2027-03-01")


def test_the_committee_holds_who_was_seen_and_the_roles_that_were_given() -> None:
    seen = [("2026-03-01", "mail sent", {"contact": 7}), ("2026-03-09", "login", {"contact": 8})]
    given = act("2026-03-02", "role given", contact=7, committee_role="champion", since="2026-02-01")
    other = act("2026-03-03", "role given", contact=9, committee_role="user")
    ended = act("2026-04-01", "role ended", contact=7, committee_role="champion", until="2026-03-31")

    found = known(*seen, given, other, ended).memberships

    assert [(one.contact, one.role, one.touches) for one in found] == [(8, "", 1), (7, "champion", 1), (9, "user", 0)]
    assert (found[0].since, found[1].since) == (ALWAYS, micros("2026-01-31T23:00"))
    assert found[1].until == micros("2026-03-30T22:00")  # summer time by then


# -- touches, header --------------------------------------------------------------------------------------------------


def test_touches_answer_what_was_engaged_received_and_done() -> None:
    events = [("2026-03-01", "mail sent", {"team": "marketing"}), ("2026-03-02", "page read"), ("2026-03-03", "login")]
    found = known(*events, ("2026-03-04", "invoice paid", {"value": 5}), act("2026-03-05", "role given", contact=7))

    assert {kind.value: [one.event for one in told] for kind, told in found.touches.items()} == {
        "engaged": ["page read"],
        "received": ["mail sent"],
        "did": ["login"],
        "other": ["invoice paid"],
    }
    assert (found.header.touches, found.by_team, found.last["marketing"].event) == (4, {"marketing": 1}, "mail sent")
    assert found.header.heard_at == micros("2026-03-03")
    assert found.header.last_at == micros("2026-03-04")  # giving a role reached nobody


def test_of_many_touches_the_latest_are_kept_and_all_are_counted() -> None:
    found = known(*[(f"2026-03-01T{hour:02}:{minute:02}", "login") for hour in range(3) for minute in range(60)])

    assert found.counts == {TouchKind.DID: 180}
    assert [one.at for one in found.touches[TouchKind.DID]] == [
        micros(f"2026-03-01T02:{minute:02}") for minute in range(59, 39, -1)
    ]


def test_the_header_says_who_the_account_is_by_what_is_in_force() -> None:
    attributes = [
        ("company", "Acme", {}),
        ("owner", "Mia Brandt", {"at": "2026-01-01"}),
        ("seats", "50", {"at": "2026-01-01"}),
        ("seats", "150", {"at": "2026-05-01"}),
        ("seats", "10", {"at": "2026-07-01"}),
        ("revenue", "1200", {}),
        ("parent", "A-0", {}),
        ("renewal_date", "2026-05-01", {"contract": "c1"}),
        ("renewal_date", "2026-09-01", {"contract": "c2"}),
        ("renewal_date", "2027-09-01", {"contract": "c3"}),
    ]

    header = known(WON, attributes=attributes).header

    assert (header.name, header.segment, header.owner, header.team) == ("Acme", "large", "Mia Brandt", "success")
    assert (header.revenue, header.parent) == (1_200_000_000, "account:A-0")
    assert header.renewal_at == micros("2026-08-31T22:00")
    assert header.attributes["seats"] == "150"


def test_attributes_are_called_as_the_firm_calls_them() -> None:
    words = Words(FIRM, Meanings(account=AccountMeaning(name="trade name")))

    header = known(WON, attributes=[("name", "No", {}), ("trade name", "Yes", {})], words=words).header

    assert header.name == "Yes"


@pytest.mark.parametrize(
    ("events", "since", "lost"),
    [
        ([], None, None),
        ([("2026-01-01", "deal won")], "2026-01-01", None),
        ([("2026-01-01", "deal won"), ("2026-02-01", "deal won")], "2026-01-01", None),
        ([("2026-01-01", "deal won"), ("2026-02-01", "contract cancelled")], "2026-01-01", "2026-02-01"),
        (
            [("2026-01-01", "deal won"), ("2026-02-01", "contract cancelled"), ("2026-03-01", "deal won")],
            "2026-03-01",
            None,
        ),
    ],
)
def test_since_when_an_account_is_a_customer(events: list[Any], since: str | None, lost: str | None) -> None:
    header = known(("2025-12-01", "login"), *events).header

    assert (header.customer_since, header.lost_at) == (since and micros(since), lost and micros(lost))


def test_one_account_with_two_ids_is_one_and_things_are_none() -> None:
    view = memory_log(
        [
            ("crm:1", "2026-01-01", "login"),
            ("desk:9", "2026-01-02", "login"),
            (None, "2026-01-03", "x", {"ticket": "t"}),
        ],
        links=[("crm:1", "desk:9", {})],
        subjects=("ticket",),
    )

    found = derive(view, WORDS, micros(NOW))

    assert {thread: one.header.ids for thread, one in found.items()} == {"crm:1": ["crm:1", "desk:9"]}
    assert found["crm:1"].header.name == "crm 1"


def test_an_account_that_is_known_by_an_attribute_alone_has_a_context() -> None:
    found = derive(memory_log([], [("A-1", "name", "Acme", {})]), WORDS, micros(NOW))

    assert found["account:A-1"].header.name == "Acme"
    assert found["account:A-1"].header.touches == 0


def test_several_accounts_in_several_buckets_are_derived_as_if_each_stood_alone() -> None:
    rows = [(f"A-{number}", *WON) for number in range(9)] + [
        (f"A-{number}", "2026-03-09", "login") for number in range(5)
    ]
    together = derive(memory_log(rows, buckets=3, as_of=NOW), WORDS, micros(NOW))

    for number in range(9):
        mine = [row for row in rows if row[0] == f"A-{number}"]
        alone = derive(memory_log(mine, as_of=NOW), WORDS, micros(NOW))
        assert together[f"account:A-{number}"] == alone[f"account:A-{number}"]


def test_the_team_of_the_stage_where_a_run_stands_works_with_the_account() -> None:
    context = known(("2026-03-01", "login"))

    found = with_standing(context, [("onboarding", "signed"), ("onboarding", None)], team_of_stage(WORDS))

    assert found.header.teams == ["success"]
