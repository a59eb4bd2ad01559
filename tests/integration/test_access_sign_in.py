"""Signing in with a password or a link: who gets in, who does not, and what a session is worth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from clew.access.audit_check import check_audit
from clew.access.model import Role
from clew.access.signing_in.links import first_link, make_link
from clew.access.users.actions import change_role, set_password, switch_off
from clew.access.users.model import new_password
from clew.access.users.passwords import hash_password, is_password
from clew.clock import DAY_US, HOUR_US, MINUTE_US
from clew.config import Settings
from clew.db.engine import Database
from clew.db.tables import attempt, audit, session
from tests.access_world import SECRET, SHELL, World, make_world

PASSWORD = "eleven quiet harbours"
_HASHED = hash_password(new_password(PASSWORD, "anna@hafen.example"))


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    made = make_world(tmp_path, database)
    with database.write() as connection:
        set_password(connection, made.user("anna").id, _HASHED, by=SHELL, now=made.clock, secret=SECRET)
    return made


def enter(
    world: World, password: str = PASSWORD, email: str = "Anna@Hafen.example", back: str = "/account"
) -> tuple[httpx.Client, httpx.Response]:
    client = world.client()
    return client, client.post("/sign-in", data={"email": email, "password": password, "back": back})


def test_right_password_leads_to_where_one_wanted_to_go(world: World) -> None:
    client, answer = enter(world)

    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "Your account" in client.get("/account").text


def test_cookie_is_for_this_host_alone_and_no_script_reads_it(world: World) -> None:
    _, answer = enter(world)

    told = answer.headers["set-cookie"].lower()
    assert told.startswith("clew=")
    assert "httponly" in told
    assert "samesite=lax" in told
    assert "secure" not in told


def test_cookie_is_bound_to_https_and_host_where_there_is_https(world: World) -> None:
    client = world.client("https://clew.test")

    answer = client.post("/sign-in", data={"email": "anna@hafen.example", "password": PASSWORD})

    told = answer.headers["set-cookie"]
    assert told.startswith("__Host-clew=")
    assert "secure" in told.lower()
    assert "path=/" in told.lower()
    assert "domain" not in told.lower()
    assert client.get("/account").status_code == 200


def test_cookie_is_for_https_alone_where_people_reach_clew_so(world: World) -> None:
    world.settings = replace(world.settings, public_url="https://clew.hafen.example")  # a proxy speaks http to us

    _, answer = enter(world)

    assert answer.headers["set-cookie"].startswith("__Host-clew=")
    assert "strict-transport-security" in answer.headers


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("anna@hafen.example", "eleven quiet harbour"),
        ("anna@hafen.example", ""),
        ("nobody@hafen.example", PASSWORD),
        ("mia@hafen.example", PASSWORD),  # has no password
        ("", ""),
        ("anna", "\ud83d" * 5),
    ],
)
def test_wrong_sign_in_says_the_same_whoever_it_was(world: World, email: str, password: str) -> None:
    client = world.client()

    answer = client.post("/sign-in", data={"email": email, "password": password.encode("utf-8", "replace").decode()})

    assert answer.status_code == 401
    assert "Address or password is wrong." in answer.text
    assert "set-cookie" not in answer.headers


def test_unknown_address_costs_a_hash_like_a_known_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bool] = []

    def compare(password: str, stored: str | None) -> tuple[bool, str | None]:
        compared.append(stored is not None)
        return is_password(password, stored)

    monkeypatch.setattr("clew.access.signing_in.by_password.is_password", compare)

    enter(world, email="nobody@hafen.example")
    enter(world, password="wrong")

    assert compared == [False, True]


def test_password_typed_on_another_keyboard_is_the_same(world: World) -> None:
    with world.database.write() as connection:
        hashed = hash_password(new_password("fünf Häfen im Nebel", "anna@hafen.example"))
        set_password(connection, world.user("anna").id, hashed, by=SHELL, now=world.clock, secret=SECRET)

    _, answer = enter(world, password="fu\u0308nf Ha\u0308fen im Nebel")

    assert answer.status_code == 303


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "evil"])
def test_nobody_is_led_to_another_site(world: World, back: str) -> None:
    _, answer = enter(world, back=back)

    assert answer.headers["location"] == "/"


def test_eleventh_attempt_within_a_quarter_of_an_hour_is_not_heard(world: World) -> None:
    for _ in range(10):
        _, answer = enter(world, password="wrong")
        assert answer.status_code == 401

    _, answer = enter(world)

    assert answer.status_code == 429
    assert "too many attempts to sign in; try again in 15 minutes" in answer.text
    assert int(answer.headers["retry-after"]) == 15 * 60

    world.clock += 15 * MINUTE_US + 1
    _, answer = enter(world)
    assert answer.status_code == 303


def test_success_forgets_failures_of_the_address(world: World) -> None:
    for _ in range(3):
        for _ in range(9):
            enter(world, password="wrong")
        assert enter(world)[1].status_code == 303


def test_one_client_cannot_try_many_addresses(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clew.access.signing_in.by_password.is_password", lambda _password, _stored: (False, None))
    for number in range(60):
        _, answer = enter(world, email=f"somebody{number}@hafen.example")
        assert answer.status_code == 401

    _, answer = enter(world, email="another@hafen.example")

    assert answer.status_code == 429


def test_counts_of_attempts_hold_no_address(world: World) -> None:
    enter(world, password="wrong")

    with world.database.read() as connection:
        buckets = connection.execute(select(attempt.c.bucket)).scalars().all()
    assert len(buckets) == 2
    assert not [bucket for bucket in buckets if "hafen" in bucket or "203.0" in bucket]


def test_database_holds_neither_token_nor_password(world: World) -> None:
    client, _ = enter(world)

    token = client.cookies["clew"]
    with world.database.read() as connection:
        (row,) = connection.execute(select(session)).all()
    assert token not in str(row)


def test_signing_in_gives_a_new_session_and_ends_the_former(world: World) -> None:
    client, _ = enter(world)
    former = client.cookies["clew"]
    page = client.get("/account").text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]

    client.post("/sign-in", data={"email": "anna@hafen.example", "password": PASSWORD, "csrf": csrf})

    assert client.cookies["clew"] != former
    stale = world.client()
    stale.cookies.set("clew", former)
    assert stale.get("/account").status_code == 303


def test_session_in_use_ends_after_thirty_days(world: World) -> None:
    client, _ = enter(world)

    answers = []
    for _ in range(3):
        world.clock += 13 * DAY_US
        answers.append(client.get("/account").status_code)

    assert answers == [200, 200, 303]


def test_session_without_use_ends_after_fourteen_days(world: World) -> None:
    client, _ = enter(world)

    world.clock += 14 * DAY_US

    assert client.get("/account").status_code == 303


def test_sign_out_ends_the_session_for_good(world: World) -> None:
    client = world.signed_in("anna")
    token = client.cookies["clew"]

    answer = client.post("/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    again = world.client()
    again.cookies.set("clew", token)
    assert again.get("/account").status_code == 303


def test_sign_out_everywhere_ends_other_browsers_too(world: World) -> None:
    here, there = world.signed_in("anna"), world.signed_in("anna")

    here.post("/sign-out", data={"everywhere": "yes"})

    assert there.get("/account").status_code == 303


def test_switched_off_user_is_out_at_once(world: World) -> None:
    client = world.signed_in("vera")

    with world.database.write() as connection:
        switch_off(connection, world.user("vera").id, by=SHELL, now=world.clock, secret=SECRET)

    assert client.get("/account").status_code == 303


def test_changed_role_holds_at_once(world: World) -> None:
    client = world.signed_in("otto")

    with world.database.write() as connection:
        change_role(connection, world.user("otto").id, Role.VIEWER, by=SHELL, now=world.clock, secret=SECRET)

    assert "viewer" in client.get("/account").text


def test_new_password_needs_the_former_and_signs_out_elsewhere(world: World) -> None:
    here, there = world.signed_in("anna"), world.signed_in("anna")

    refused = here.post("/account/password", data={"former": "wrong", "password": "nine lanterns at sea"})
    changed = here.post("/account/password", data={"former": PASSWORD, "password": "nine lanterns at sea"})

    assert refused.status_code == 422
    assert "This is not your present password." in refused.text
    assert changed.status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert enter(world)[1].status_code == 401
    assert enter(world, password="nine lanterns at sea")[1].status_code == 303


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "elevenchars",
        "anna@hafen.example",
        "annaANNAannaANNA",
        "password1234",
        "Passwordpassword",
        "a" * 20,
        "x" * 257,
    ],
)
def test_password_that_is_easily_guessed_is_refused(world: World, password: str) -> None:
    client = world.signed_in("anna")

    answer = client.post("/account/password", data={"former": PASSWORD, "password": password})

    assert answer.status_code == 422
    assert "password" in answer.text


def test_link_signs_in_once_and_lets_one_set_a_password(world: World) -> None:
    with world.database.write() as connection:
        token = make_link(connection, world.user("anna").id, by=SHELL, now=world.clock, secret=SECRET)
    client = world.client()

    assert "Sign in as Anna" in client.get(f"/sign-in/link/{token}").text
    assert client.get(f"/sign-in/link/{token}").status_code == 200  # opening it spends nothing
    entered = client.post(f"/sign-in/link/{token}")
    again = world.client().post(f"/sign-in/link/{token}")
    csrf = client.get("/account").text.split('name="csrf" value="')[1].split('"')[0]
    changed = client.post("/account/password", data={"csrf": csrf, "password": "nine lanterns at sea"})

    assert (entered.status_code, entered.headers["location"]) == (303, "/account")
    assert again.status_code == 410
    assert changed.status_code == 303


def test_link_ends_after_a_day_and_with_the_next_one(world: World) -> None:
    number = world.user("anna").id
    with world.database.write() as connection:
        first = make_link(connection, number, by=SHELL, now=world.clock, secret=SECRET)
        second = make_link(connection, number, by=SHELL, now=world.clock, secret=SECRET)

    assert world.client().get(f"/sign-in/link/{first}").status_code == 410
    world.clock += 24 * HOUR_US
    assert world.client().post(f"/sign-in/link/{second}").status_code == 410


def test_first_link_makes_the_first_admin_and_no_second(database: Database, tmp_path: Path) -> None:
    (tmp_path / "clew.yaml").write_text("firm: Hafen\ncurrency: EUR\ntime_zone: Europe/Berlin\n")
    (tmp_path / ".clew").mkdir(exist_ok=True)
    world = World(tmp_path, database, Settings(secret=SECRET))
    with database.write() as connection:
        token = first_link(connection, now=world.clock)
    client = world.client()
    form = {"email": "anna@hafen.example", "name": "Anna", "password": PASSWORD}

    weak = client.post(f"/sign-in/link/{token}", data={**form, "password": "short"})
    made = client.post(f"/sign-in/link/{token}", data=form)
    again = world.client().post(f"/sign-in/link/{token}", data={**form, "email": "eve@hafen.example"})

    assert (weak.status_code, made.status_code, again.status_code) == (422, 303, 410)
    assert world.user("anna").role is Role.ADMIN
    with database.write() as connection:
        assert first_link(connection, now=world.clock) is None


def test_sign_ins_stand_in_the_audit_log_without_addresses(world: World) -> None:
    enter(world, password="wrong")
    enter(world, email="nobody@hafen.example")
    enter(world)

    with world.database.read() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(3)).all()
    anna = f"user:{world.user('anna').id}"
    assert [(row.actor, row.action, row.object) for row in rows] == [
        (anna, "sign-in", anna),
        ("nobody", "sign-in refused", "nobody"),
        ("nobody", "sign-in refused", anna),
    ]
    assert "hafen" not in str(rows)
    assert check_audit(world.database, world.parts.store, secret=SECRET).faults == ()
