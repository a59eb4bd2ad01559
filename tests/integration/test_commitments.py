"""Handoffs, promises, answers and roles as people do them: on pages, beside a real worker, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from clew.access.model import Role
from clew.access.users.actions import add_user
from clew.context.model import HandoffState, PromiseState
from clew.db.engine import Database
from clew.db.tables import account_user, act, audit, run
from tests.access_world import NOW, SECRET, SHELL
from tests.acting_office import FRIDAY, NORDWIND, Office, office, plain

SEND = f"/accounts/{NORDWIND}/act/handoff"
HANDOFF = f"onboarding/{NORDWIND}/0/1"
PACKET = {
    "part: buying reason": "their old system ends in May",
    "part: stakeholders": "the head of logistics",
    "part: promises": "test access",
}


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Iterator[Office]:
    """Mia is of sales, Ola of onboarding, Per of service; Vera may only look."""
    with office(tmp_path, database) as opened:
        with database.write() as connection:
            for name, team in (("ola", "onboarding"), ("per", "service")):
                email = f"{name}@hafen.example"
                add_user(
                    connection, email, name.title(), role=Role.MEMBER, teams=(team,), by=SHELL, now=NOW, secret=SECRET
                )
        yield opened


def stage_of(desk: Office) -> str:
    with desk.world.database.read() as connection:
        return str(connection.execute(select(run.c.stage).where(run.c.journey == "onboarding")).scalar_one())


def acts(desk: Office) -> int:
    with desk.world.database.read() as connection:
        return len(connection.execute(select(act.c.id)).all())


def test_a_handoff_is_sent_returned_completed_and_accepted(desk: Office) -> None:
    mia, ola = desk.world.signed_in("mia"), desk.world.signed_in("ola")
    asked = desk.post(mia, SEND, handoff=f"onboarding/{NORDWIND}/0", **PACKET)
    assert asked.status_code == 422
    assert "Sent without: risks?" in plain(asked)
    assert "their old system ends in May" in asked.text
    assert acts(desk) == 0

    sent = desk.post(mia, SEND, handoff=f"onboarding/{NORDWIND}/0", without="yes", **PACKET)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/accounts/{NORDWIND}?said=handoff-sent#said")
    [handoff] = desk.known().handoffs
    assert (handoff.id, handoff.state, handoff.missing) == (HANDOFF, HandoffState.SENT, ["risks"])

    # The receipt is due after one working day: on Monday, 16:00. The weekend does not count.
    desk.at(FRIDAY)
    assert "8 h of working time left" in plain(ola.get(f"/handoffs/{HANDOFF}"))
    desk.at(FRIDAY + timedelta(days=2))
    assert "7 h of working time left" in plain(ola.get("/handoffs"))
    desk.at(FRIDAY + timedelta(days=2, hours=20, minutes=30))
    assert "3 h 30 min of working time left" in plain(ola.get(f"/handoffs/{HANDOFF}"))

    refused = desk.post(ola, f"/handoffs/{HANDOFF}/return", reason="  ")
    assert refused.status_code == 422
    assert "Say what is missing" in plain(refused)
    returned = desk.post(ola, f"/handoffs/{HANDOFF}/return", reason="Who signs off the data?")
    assert returned.status_code == 303
    assert [one.state for one in desk.known().handoffs] == [HandoffState.RETURNED]
    assert stage_of(desk) == "handed-over"

    page = mia.get(f"/handoffs/{HANDOFF}")
    assert "Who signs off the data?" in plain(page)
    assert "the head of logistics" in page.text  # what was sent stands in the form
    desk.at(FRIDAY + timedelta(days=2, hours=22))
    again = desk.post(mia, f"/handoffs/{HANDOFF}/packet", **PACKET, **{"part: risks": "their works council"})
    assert again.status_code == 303
    desk.at(FRIDAY + timedelta(days=2, hours=22))
    [handoff] = desk.known().handoffs
    assert (handoff.state, handoff.missing) == (HandoffState.SENT, [])
    assert "8 h of working time left" in plain(ola.get(f"/handoffs/{HANDOFF}"))  # the clock begins anew

    desk.at(FRIDAY + timedelta(days=4))
    assert "over by 2 working hours" in plain(ola.get("/handoffs"))
    assert desk.post(ola, f"/handoffs/{HANDOFF}/acceptance").status_code == 303
    [handoff] = desk.known().handoffs
    assert [step.state.value for step in handoff.history] == ["sent", "returned", "sent", "accepted"]
    assert [step.by for step in handoff.history] == ["Mia", "Ola", "Mia", "Ola"]
    assert stage_of(desk) == "set-up"
    assert "has taken over" in plain(mia.get(f"/handoffs/{HANDOFF}"))


def test_who_accepts_second_is_told_who_was_first(desk: Office) -> None:
    mia, ola, otto = (desk.world.signed_in(name) for name in ("mia", "ola", "otto"))
    desk.post(mia, SEND, handoff=f"onboarding/{NORDWIND}/0", without="yes", **PACKET)

    assert desk.post(ola, f"/handoffs/{HANDOFF}/acceptance", once="o1").status_code == 303
    second = desk.post(otto, f"/handoffs/{HANDOFF}/return", reason="too early", once="o2")
    same = desk.post(ola, f"/handoffs/{HANDOFF}/acceptance", once="o1")  # a double click

    assert (second.status_code, same.status_code) == (409, 303)
    assert "Ola has accepted this handoff already; nothing was changed." in plain(second)
    assert acts(desk) == 2


def test_two_who_settle_at_one_instant_are_one(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second still sees the state from before the first."""
    mia, ola, otto = (desk.world.signed_in(name) for name in ("mia", "ola", "otto"))
    desk.post(mia, SEND, handoff=f"onboarding/{NORDWIND}/0", without="yes", **PACKET)
    before = desk.known()
    assert desk.post(ola, f"/handoffs/{HANDOFF}/acceptance").status_code == 303

    monkeypatch.setattr("clew.web.pages.handoffs.settling.context_of", lambda *_: before)
    second = desk.post(otto, f"/handoffs/{HANDOFF}/acceptance")

    assert second.status_code == 409
    assert "Ola was faster" in plain(second)
    assert acts(desk) == 2


def test_who_accepts_keeps_the_promises(desk: Office) -> None:
    mia, ola = desk.world.signed_in("mia"), desk.world.signed_in("ola")
    due = (FRIDAY + timedelta(days=10)).date().isoformat()
    promised = desk.post(mia, f"/accounts/{NORDWIND}/act/promise", says="test access", due=due, team="sales")
    assert promised.headers["location"] == f"/accounts/{NORDWIND}?said=promise-made#said"
    form = mia.get(SEND)
    assert f"test access (due {due})" in form.text

    desk.post(mia, SEND, handoff=f"onboarding/{NORDWIND}/0", without="yes", **PACKET)
    assert "test access" in plain(ola.get(f"/handoffs/{HANDOFF}"))
    desk.post(ola, f"/handoffs/{HANDOFF}/acceptance")

    [promise] = desk.known().promises
    assert (promise.team, promise.owner) == ("sales", "onboarding")
    assert "test access" in plain(ola.get("/promises?team=onboarding"))


def test_a_promise_is_kept_and_one_that_falls_due_is_broken(desk: Office) -> None:
    mia = desk.world.signed_in("mia")
    path = f"/accounts/{NORDWIND}/act/promise"
    soon = (FRIDAY + timedelta(days=1)).date().isoformat()
    for says in ("a training plan", "a price list"):
        assert desk.post(mia, path, says=says, due=soon).status_code == 303
    kept = next(one for one in desk.known().promises if one.says == "a training plan")

    assert desk.post(mia, "/promises/keep", account=NORDWIND, id=kept.id, back="/promises?of=open").headers[
        "location"
    ] == ("/promises?of=open&said=promise-kept#said")
    late = desk.post(mia, "/promises/release", account=NORDWIND, id=kept.id, reason="not needed")

    assert late.status_code == 409
    assert "settled already (kept)" in plain(late)
    desk.at(FRIDAY + timedelta(days=3))
    states = {one.says: one.state(desk.world.clock) for one in desk.known().promises}
    assert states == {"a training plan": PromiseState.KEPT, "a price list": PromiseState.BROKEN}
    assert "1 promise is broken" in plain(mia.get("/promises"))
    listed = mia.get("/promises?of=broken&as=json").json()
    assert [(row["says"], row["state"], row["name"]) for row in listed] == [("a price list", "broken", "Nordwind")]
    broken = next(one for one in desk.known().promises if one.says == "a price list")
    refused = desk.post(mia, "/promises/release", account=NORDWIND, id=broken.id, reason="")
    assert (refused.status_code, "Say why" in plain(refused)) == (422, True)
    desk.post(mia, "/promises/release", account=NORDWIND, id=broken.id, reason="they bought elsewhere")
    assert [one.state(desk.world.clock) for one in desk.known().promises][1] is PromiseState.RELEASED


def test_what_was_typed_survives_a_mistake(desk: Office) -> None:
    mia = desk.world.signed_in("mia")
    told = {"says": "a <price> list", "topic": "price", "due": "2024-09-01", "new_contact": "bo@nordwind.example"}

    wrong = desk.post(mia, f"/accounts/{NORDWIND}/act/promise", **told)

    assert wrong.status_code == 422
    assert "2024-09-01 is over; a promise is due today or later." in plain(wrong)
    for text in ("a &lt;price&gt; list", 'value="price"', 'value="2024-09-01"', 'value="bo@nordwind.example"'):
        assert text in wrong.text
    assert 'aria-describedby="due-hint due-error"' in wrong.text
    assert acts(desk) == 0


def test_what_the_customer_told_us_is_not_asked_again(desk: Office) -> None:
    mia = desk.world.signed_in("mia")
    [ada] = desk.known().memberships
    person = f"person:{ada.contact}"
    desk.post(mia, f"/accounts/{NORDWIND}/act/answer", topic="ERP in use", says="Orbit 7", contact=person)
    ask = f"/accounts/{NORDWIND}/act/question"

    known = desk.post(mia, ask, topic="erp in USE")

    assert known.status_code == 409
    assert "The customer told us this already Orbit 7 Ada Berg" in plain(known)
    assert "to Mia" in plain(known)
    assert acts(desk) == 1
    touch = desk.post(mia, f"/accounts/{NORDWIND}/act/touch", event="question asked", topic="ERP in use")
    assert touch.status_code == 409
    assert desk.post(mia, ask, topic="ERP in use", still="yes").status_code == 303
    assert desk.post(mia, ask, topic="opening hours").status_code == 303
    desk.at(FRIDAY + timedelta(days=21))  # the answer is too old to rely on
    assert desk.post(desk.world.signed_in("mia"), ask, topic="ERP in use").status_code == 303


def test_what_begins_or_ends_a_journey_is_written_down_by_who_edits_journeys(desk: Office) -> None:
    base, ending = f"/accounts/{NORDWIND}/act/touch", "went live"

    refused = desk.post(desk.world.signed_in("mia"), base, event=ending, says="they told me so")

    assert refused.status_code == 422
    assert "'went live' begins or ends journeys" in plain(refused)
    assert "they told me so" in refused.text
    assert acts(desk) == 0
    assert desk.post(desk.world.signed_in("otto"), base, event=ending).status_code == 303


def test_roles_owners_and_touches(desk: Office) -> None:
    mia = desk.world.signed_in("mia")
    [ada] = desk.known().memberships
    base = f"/accounts/{NORDWIND}/act"

    desk.post(mia, f"{base}/role", contact=f"person:{ada.contact}", role="champion", on="2024-09-01")
    desk.post(mia, f"{base}/touch", event="visit held", says="they liked it", on="2024-09-10", channel="visit")
    desk.post(mia, f"{base}/owner", owner="Per", team="service")

    context = desk.known()
    assert [one.role for one in context.memberships] == ["champion"]
    assert (context.header.owner, context.header.team) == ("Per", "service")
    [visit] = [one for some in context.touches.values() for one in some if one.event == "visit held"]
    assert (visit.says, visit.channel, visit.user) == ("they liked it", "visit", "Mia")
    nobody = desk.post(desk.world.signed_in("per"), f"{base}/role", contact="person:999", role="champion")
    assert (nobody.status_code, "Nobody of this account has that number" in plain(nobody)) == (422, True)


def test_only_who_works_with_the_account_acts(desk: Office) -> None:
    mia, per, vera = (desk.world.signed_in(name) for name in ("mia", "per", "vera"))
    desk.post(mia, SEND, handoff=f"onboarding/{NORDWIND}/0", without="yes", **PACKET)
    forms = (f"/accounts/{NORDWIND}/act/promise", SEND)

    for client in (per, vera):
        for path in forms:
            assert client.get(path).status_code == 403
            assert desk.post(client, path, says="x").status_code == 403
        assert desk.post(client, f"/handoffs/{HANDOFF}/acceptance").status_code == 403
        assert desk.post(client, "/promises/keep", account=NORDWIND, id="p-1").status_code == 403
    page = per.get(f"/handoffs/{HANDOFF}")  # a member sees that there is one, not what was written
    assert page.status_code == 200
    assert "their old system ends in May" not in page.text
    assert "Accept or return" not in plain(page)
    assert vera.get("/handoffs").status_code == 403
    assert acts(desk) == 1


def test_words_of_promises_are_found_by_those_alone_who_may_read_them(desk: Office) -> None:
    mia, per = desk.world.signed_in("mia"), desk.world.signed_in("per")
    desk.post(mia, f"/accounts/{NORDWIND}/act/promise", says="a discount of nine", topic="price")

    assert "a discount of nine" in mia.get("/promises?q=discount").text
    assert "Nordwind" not in plain(per.get("/promises?q=discount"))
    listed = per.get("/promises")
    assert "price" in plain(listed)
    assert "discount" not in listed.text
    assert [row["says"] for row in per.get("/promises?as=json").json()] == [None]


def test_every_act_stands_in_the_audit_log_without_what_was_said(desk: Office) -> None:
    mia = desk.world.signed_in("mia")
    desk.post(mia, f"/accounts/{NORDWIND}/act/promise", says="a secret thing", new_contact="bo@nordwind.example")
    desk.post(mia, SEND, handoff=f"onboarding/{NORDWIND}/0", without="yes", **PACKET)

    with desk.world.database.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.actor == f"user:{desk.world.user('mia').id}")).all()

    assert [(row.action, row.object) for row in rows if row.action != "read"] == [
        ("make promise", NORDWIND),
        ("send handoff", NORDWIND),
    ]
    assert not any(word in str(row.detail) for row in rows for word in ("secret", "bo@", "May"))


def test_calls_of_the_api_happen_once(desk: Office) -> None:
    mia = desk.world.signed_in("mia")
    path, key = f"/v1/accounts/{NORDWIND}/promises", {"idempotency-key": "k-1", "origin": "http://clew.test"}

    first = mia.post(path, json={"says": "test access", "due": "2024-10-01"}, headers=key)
    second = mia.post(path, json={"says": "test access", "due": "2024-10-01"}, headers=key)
    other = mia.post(path, json={"says": "something else"}, headers=key)

    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()
    assert set(first.json()) == {"act", "account", "promise"}
    assert (other.status_code, other.json()["error"]["code"]) == (409, "key-used")
    [promise] = desk.known().promises
    assert promise.id == first.json()["promise"]

    kept = [mia.post(f"{path}/{promise.id}/keep", headers=key | {"idempotency-key": "k-2"}) for _ in range(2)]
    desk.known()
    kept.append(mia.post(f"{path}/{promise.id}/keep", headers=key | {"idempotency-key": "k-2"}))
    assert [one.status_code for one in kept] == [202, 202, 202]
    late = mia.post(f"{path}/{promise.id}/release", json={"reason": "no"}, headers=key | {"idempotency-key": "k-3"})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "not-open")
    assert acts(desk) == 2


def test_the_api_says_what_is_wrong(desk: Office) -> None:
    mia, here = desk.world.signed_in("mia"), {"origin": "http://clew.test"}
    base = f"/v1/accounts/{NORDWIND}"

    def code(path: str, told: dict[str, object]) -> tuple[int, str, str]:
        answer = mia.post(f"{base}/{path}", json=told, headers=here)
        return answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["message"]

    status, name, says = code("promises", {"say": "x", "due": "soon"})
    assert (status, name) == (422, "wrong-fields")
    assert "did you mean 'says'" in says
    assert code("promises", {"says": "x", "due": "soon"})[:2] == (422, "wrong-fields")
    assert code("answers", {"topic": "price"})[:2] == (422, "wrong-fields")
    assert code("promises/p-9/keep", {})[:2] == (404, "unknown-promise")
    assert code(f"handoffs/{HANDOFF}/accept", {})[:2] == (404, "unknown-handoff")
    assert code("handoffs", {"handoff": "onboarding/x/7"})[:2] == (404, "unknown-name")
    assert code("touches", {"says": "x" * 3_000})[:2] == (422, "wrong-fields")
    assert mia.post("/v1/accounts/nobody/touches", json={"says": "x"}, headers=here).status_code == 404
    assert acts(desk) == 0


def test_the_api_hands_over_and_asks_once(desk: Office) -> None:
    mia, ola = desk.world.signed_in("mia"), desk.world.signed_in("ola")
    base = f"/v1/accounts/{NORDWIND}"

    sent = desk.call(
        mia, f"{base}/handoffs", {"handoff": f"onboarding/{NORDWIND}/0", "packet": {"risks": "none known"}}
    )
    assert sent.json()["missing"] == ["buying reason", "stakeholders", "promises"]
    [listed] = ola.get("/v1/handoffs?of=waiting").json()["handoffs"]
    assert (listed["id"], listed["state"], listed["to"]) == (HANDOFF, "sent", "onboarding")
    returned = desk.call(ola, f"{base}/handoffs/{HANDOFF}/return", {"reason": "who decides?"})
    again = desk.call(mia, f"{base}/handoffs", {"handoff": HANDOFF, "packet": {"stakeholders": "Ada"}})
    accepted = desk.call(ola, f"{base}/handoffs/{HANDOFF}/accept", {})
    assert [one.status_code for one in (sent, returned, again, accepted)] == [202, 202, 202, 202]
    [handoff] = desk.known().handoffs
    assert (handoff.state, handoff.packet) == (
        HandoffState.ACCEPTED,
        {"risks": "none known", "stakeholders": "Ada"},
    )

    noted = desk.call(mia, f"{base}/answers", {"topic": "price", "says": "too high"})
    assert noted.status_code == 202, noted.text
    assert [one["says"] for one in mia.get(f"{base}/answers?topic=Price").json()["answers"]] == ["too high"]
    asked = desk.call(mia, f"{base}/questions", {"topic": "price"})
    assert (asked.status_code, asked.json()["error"]["code"]) == (409, "already-answered")
    assert asked.json()["answers"][0]["says"] == "too high"
    assert desk.call(mia, f"{base}/questions", {"topic": "price", "still": True}).status_code == 202
    assert [one["says"] for one in desk.world.signed_in("per").get(f"{base}/answers").json()["answers"]] == [None]


def test_an_account_team_may_act(desk: Office) -> None:
    per = desk.world.signed_in("per")
    with desk.world.database.write() as connection:
        row = {"account": NORDWIND, "user_id": desk.world.user("per").id, "since": NOW}
        connection.execute(insert(account_user).values(row))

    assert desk.post(per, f"/accounts/{NORDWIND}/act/touch", says="hello").status_code == 303


def test_what_waits_for_its_receipt_is_not_sent_twice(desk: Office) -> None:
    mia = desk.world.signed_in("mia")
    first = desk.post(mia, SEND, handoff=f"onboarding/{NORDWIND}/0", without="yes", once="f1", **PACKET)
    same = desk.post(mia, SEND, handoff=f"onboarding/{NORDWIND}/0", without="yes", once="f1", **PACKET)
    other = desk.post(mia, SEND, handoff=f"onboarding/{NORDWIND}/0", without="yes", once="f2", **PACKET)

    assert [one.status_code for one in (first, same, other)] == [303, 303, 409]
    assert "sent already and is not accepted yet" in plain(other)
    assert f'href="/handoffs/{HANDOFF}"' in other.text
    called = desk.call(mia, f"/v1/accounts/{NORDWIND}/handoffs", {"handoff": f"onboarding/{NORDWIND}/0"})
    assert (called.status_code, called.json()["error"]["code"]) == (409, "not-waiting")
    assert acts(desk) == 1
