"""Whom an act may name, and who reads what was written: on pages and through the API, beside a real worker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from clew.access.model import Role
from clew.access.users.actions import add_user
from clew.accounts.persons import Record, open_persons
from clew.clock import now, to_datetime
from clew.config.store import STORE
from clew.db.engine import Database
from clew.db.tables import account, answer, due, promise
from clew.live import failpoints
from clew.live.contexts.queries import context_of
from clew.live.contexts.waiting import let_wait
from clew.live.erasure.actions import erase_everywhere
from clew.live.model import CONTEXT
from clew.workspace.workspace import open_workspace
from tests.access_world import NOW, SECRET, SHELL
from tests.acting_office import NORDWIND, Office, office, plain

HANDOFF = f"onboarding/{NORDWIND}/0/1"
OTHER = "account:b-9"  # of service
ZOE = {"id": "P-77", "email": "zoe@secret.example", "name": "Zoe Zart", "role": "buyer"}
TOUCHES = f"/v1/accounts/{NORDWIND}/touches"


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Iterator[Office]:
    """Mia is of sales, Per of service; service has another account, at which Zoe is."""
    with office(tmp_path, database) as opened:
        with database.write() as connection:
            add_user(
                connection,
                "per@hafen.example",
                "Per",
                role=Role.MEMBER,
                teams=("service",),
                by=SHELL,
                now=NOW,
                secret=SECRET,
            )
        owned = {"attributes": {"name": "Other", "owner_team": "service"}}
        opened.arrives({"account": "b-9", "event": "call made", "contact": ZOE} | owned)
        opened.until(lambda: _at_other(opened))
        yield opened


def _at_other(desk: Office) -> bool:
    with desk.world.database.read() as connection:
        context = context_of(connection, OTHER)
    return context is not None and bool(context.memberships)


def zoe(desk: Office) -> Record:
    with open_persons(desk.world.folder / STORE) as persons:
        [found] = persons.find("P-77")
    return found


@pytest.mark.parametrize("name", ["", "Mallory"])
def test_nobody_of_an_account_of_others_is_named_by_an_id(desk: Office, name: str) -> None:
    mia = desk.world.signed_in("mia")

    called = desk.call(mia, TOUCHES, {"says": "x", "contact": "P-77", "contact_name": name})
    sent = desk.post(mia, f"/accounts/{NORDWIND}/act/promise", says="x", new_contact="P-77", contact_name=name)

    assert (called.status_code, sent.status_code) == (422, 422)
    assert "Nobody of this account has that id" in plain(sent)
    assert "Zoe" not in mia.get(f"/v1/accounts/{NORDWIND}/context").text
    assert zoe(desk).name == "Zoe Zart"


def test_who_is_known_elsewhere_keeps_the_name(desk: Office) -> None:
    mia = desk.world.signed_in("mia")

    named = {"says": "x", "contact": "ZOE@secret.example", "contact_name": "Mallory"}
    assert desk.call(mia, TOUCHES, named).status_code == 202

    assert zoe(desk).name == "Zoe Zart"
    assert zoe(desk).surrogate in {one.contact for one in desk.known().memberships}


def test_who_may_see_both_accounts_names_by_id(desk: Office) -> None:
    otto = desk.world.signed_in("otto")

    assert desk.call(otto, TOUCHES, {"says": "x", "contact": "P-77", "contact_name": "Zoe Z."}).status_code == 202
    assert zoe(desk).name == "Zoe Z."


def test_somebody_new_is_named_by_any_id(desk: Office) -> None:
    mia = desk.world.signed_in("mia")

    for name in ("Bo", "Bo Bergh"):  # of this account by the second time
        told = {"says": "x", "contact": "P-new", "contact_name": name}
        assert desk.call(mia, TOUCHES, told).status_code == 202

    with open_persons(desk.world.folder / STORE) as persons:
        assert [one.name for one in persons.find("P-new")] == ["Bo Bergh"]


def test_why_a_handoff_came_back_is_read_by_those_who_work_with_the_account(desk: Office) -> None:
    mia, per = desk.world.signed_in("mia"), desk.world.signed_in("per")
    desk.post(mia, f"/accounts/{NORDWIND}/act/handoff", handoff=f"onboarding/{NORDWIND}/0", without="yes")
    assert desk.post(mia, f"/handoffs/{HANDOFF}/return", reason="Ada is on leave").status_code == 303

    for address in (f"/handoffs/{HANDOFF}", f"/accounts/{NORDWIND}"):
        assert "Ada is on leave" in plain(mia.get(address))
        seen = per.get(address)
        assert (seen.status_code, "on leave" in seen.text) == (200, False)


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "2199-01-01", "9999-12-31"])
def test_days_that_no_log_holds_are_refused(desk: Office, day: str) -> None:
    mia, base = desk.world.signed_in("mia"), f"/v1/accounts/{NORDWIND}"

    told = ({"on": day, "says": "x"}, {"due": day, "says": "x"}, {"on": day, "contact": "a@b.example", "role": "user"})
    for path, fields in zip(("touches", "promises", "roles"), told, strict=True):
        assert desk.call(mia, f"{base}/{path}", fields).status_code == 422


def test_days_that_no_zone_can_write_keep_nothing_from_being_shown(desk: Office) -> None:
    """Sources say 0001-01-01 and 9999-12-31 for what has no date."""
    mia = desk.world.signed_in("mia")
    made = [
        {"event": "promise made", "properties": {"promise_id": f"p-{n}", "due_on": due}}
        for n, due in enumerate(("9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01"))
    ]
    desk.happens(*made, {"event": "call made", "attributes": {"renewal_date": "0001-01-01"}})

    for address in (
        f"/accounts/{NORDWIND}",
        f"/v1/accounts/{NORDWIND}/context",
        "/accounts",
        "/promises",
        "/v1/promises",
    ):
        assert mia.get(address).status_code == 200
    assert [one.id for one in desk.known().promises] == ["p-0"]
    assert to_datetime(2**63 - 1).year == 9999


def test_erasure_beside_a_worker_reaches_what_is_derived(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is derived while the log still names the person, as by this worker, does not stay."""
    mia, world = desk.world.signed_in("mia"), desk.world
    told = {"topic": "way in", "says": "write to bo@nordwind.example", "contact": "bo@nordwind.example"}
    for path, more in (("promises", {}), ("answers", {}), ("touches", {"event": "call made"})):
        assert desk.call(mia, f"/v1/accounts/{NORDWIND}/{path}", told | more).status_code == 202
    desk.known()

    def reach(name: str) -> None:
        if name == "erasure.cleaned":  # derived once more before the archive is cleaned
            with world.database.write() as connection:
                let_wait(connection, [NORDWIND], now=now())
            desk.until(lambda: not _waits(desk))

    monkeypatch.setattr(failpoints, "reach", reach)
    erase_everywhere(open_workspace(world.folder), world.database, "bo@nordwind.example", clock=now)
    monkeypatch.undo()

    time.sleep(6)  # longer than what was derived meanwhile waits to be derived again
    desk.until(lambda: "bo@nordwind" not in repr(_derived(desk)))
    assert [one.says for one in desk.known().answers] == [f"write to erased-{_bo(desk)}"]


def _waits(desk: Office) -> bool:
    with desk.world.database.read() as connection:
        return connection.execute(select(due.c.key).where(due.c.kind == CONTEXT, due.c.at <= now())).first() is not None


def _derived(desk: Office) -> list[object]:
    with desk.world.database.read() as connection:
        return [connection.execute(select(table)).all() for table in (account, promise, answer)] + [desk.context]


def _bo(desk: Office) -> int:
    with open_persons(desk.world.folder / STORE) as persons:
        number = persons.former_number("bo@nordwind.example")
    assert number is not None
    return number
