"""People, their keys and the audit log through the API: what works, what is refused, what is noted."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from clew.access.model import Permission, Role
from clew.access.users.actions import change_role, switch_off
from clew.access.users.model import LastAdmin
from clew.access.users.queries import account_team
from clew.db.engine import Database
from tests.access_world import SECRET, SHELL, World, make_world


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return make_world(tmp_path, database)


def test_admin_lets_somebody_in_and_changes_what_they_are(world: World) -> None:
    anna = world.signed_in("anna")

    made = anna.post("/v1/users", json={"email": "Nina@Hafen.example", "name": "Nina", "teams": ["sales"]})
    number = made.json()["id"]
    changed = anna.patch(f"/v1/users/{number}", json={"role": "member", "teams": ["service"]})

    assert (made.status_code, made.json()["role"], made.json()["email"]) == (201, "viewer", "nina@hafen.example")
    assert (changed.json()["role"], changed.json()["teams"]) == ("member", ["service"])
    assert changed.json() == {k: v for k, v in anna.get(f"/v1/users/{number}").json().items() if k != "accounts"}
    assert "nina@hafen.example" in [user["email"] for user in anna.get("/v1/users").json()["users"]]


def test_link_that_an_admin_makes_lets_somebody_in(world: World) -> None:
    number = world.user("mia").id

    link = world.signed_in("anna").post(f"/v1/users/{number}/links").json()["link"]

    path = link.removeprefix("http://127.0.0.1:8377")
    assert world.client().post(path).status_code == 303


def test_password_that_an_admin_sets_lets_somebody_in(world: World) -> None:
    number = world.user("mia").id

    answer = world.signed_in("anna").put(f"/v1/users/{number}/password", json={"password": "six grey gulls at noon"})

    assert answer.status_code == 200
    form = {"email": "mia@hafen.example", "password": "six grey gulls at noon"}
    assert world.client().post("/sign-in", data=form).status_code == 303


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"email": "anna@hafen.example", "name": "A"}, 409, "may sign in already"),
        ({"email": "ANNA@hafen.example ", "name": "A"}, 409, "may sign in already"),
        ({"email": "anna", "name": "A"}, 400, "is no e-mail address"),
        ({"email": "a@b@c.example", "name": "A"}, 400, "is no e-mail address"),
        ({"email": "a\nb@c.example", "name": "A"}, 400, "is no e-mail address"),
        ({"email": "n@hafen.example", "name": " "}, 400, "a name has 1 to 254"),
        ({"email": "n@hafen.example", "name": "A", "role": "king"}, 400, "there is no role 'king'"),
        ({"email": "n@hafen.example", "name": "A", "teams": ["legal"]}, 404, "there is no team 'legal'"),
        ({"email": "n@hafen.example"}, 400, "missing required field `name`"),
        ({"email": 7, "name": "A"}, 400, "Expected `str`"),
        ({"email": "n@hafen.example", "name": "A", "admin": True}, 400, "unknown field `admin`"),
        ({"email": "n@hafen.example", "name": "A\u0000"}, 400, "NUL"),
        ([], 400, "must be a JSON object"),
    ],
)
def test_somebody_who_makes_no_sense_is_refused_with_what_would(
    world: World, body: object, status: int, says: str
) -> None:
    answer = world.signed_in("anna").post("/v1/users", json=body)

    assert answer.status_code == status
    assert says in answer.json()["error"]["message"]


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b'{"name": "\\ud800"}', b"\xff"])
def test_body_that_is_no_json_is_refused(world: World, content: bytes) -> None:
    answer = world.signed_in("anna").post("/v1/users", content=content)

    assert answer.status_code == 400


@pytest.mark.parametrize("number", [999, 2**63, 10**30])
def test_user_that_does_not_exist_is_not_found(world: World, number: int) -> None:
    answer = world.signed_in("anna").get(f"/v1/users/{number}")

    assert answer.status_code in (400, 404)


def test_last_admin_stays(world: World) -> None:
    anna, number = world.signed_in("anna"), world.user("anna").id

    demoted = anna.patch(f"/v1/users/{number}", json={"role": "viewer"})
    off = anna.patch(f"/v1/users/{number}", json={"on": False})

    assert (demoted.status_code, off.status_code) == (409, 409)
    assert world.user("anna").role is Role.ADMIN
    assert world.user("anna").off_at is None


def test_two_admins_cannot_both_be_demoted_at_once(world: World) -> None:
    both = [world.user("anna").id, world.user("otto").id]
    with world.database.write() as connection:
        change_role(connection, both[1], Role.ADMIN, by=SHELL, now=1, secret=SECRET)
    refused: list[int] = []
    ready = threading.Barrier(2)

    def demote(number: int) -> None:
        ready.wait()
        try:
            with world.database.write() as connection:
                change_role(connection, number, Role.VIEWER, by=SHELL, now=2, secret=SECRET)
        except LastAdmin:
            refused.append(number)

    threads = [threading.Thread(target=demote, args=(number,)) for number in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert [world.user(name).role for name in ("anna", "otto")].count(Role.ADMIN) == 1


def test_change_that_fails_half_way_changes_nothing(world: World) -> None:
    number = world.user("vera").id

    answer = world.signed_in("anna").patch(f"/v1/users/{number}", json={"role": "admin", "teams": ["legal"]})

    assert answer.status_code == 404
    assert world.user("vera").role is Role.VIEWER


def test_account_team_is_set_by_who_may_act_everywhere(world: World) -> None:
    number, body = world.user("mia").id, {"account": "account:a-12"}

    by_owner = world.signed_in("otto").post(f"/v1/users/{number}/accounts", json=body)
    by_herself = world.signed_in("mia").post(f"/v1/users/{number}/accounts", json={"account": "account:a-13"})

    assert by_owner.json() == {"accounts": ["account:a-12"]}
    assert by_herself.status_code == 403
    with world.database.read() as connection:
        assert account_team(connection, "account:a-12", ["sales"]).users == {number}
    left = world.signed_in("otto").request("DELETE", f"/v1/users/{number}/accounts", json=body)
    assert left.json() == {"accounts": []}


def test_key_is_told_once_and_acts(world: World) -> None:
    anna = world.signed_in("anna")

    made = anna.post("/v1/api-keys", json={"name": "nightly", "scopes": ["administer"]}).json()
    listed = anna.get("/v1/api-keys").json()["keys"]

    assert made["key"].startswith("clew_")
    assert made["begins"] == made["key"][:12]
    assert [{**key, "used_at": None} for key in listed] == [{k: v for k, v in made.items() if k != "key"}]
    robot = world.client()
    robot.headers["authorization"] = f"Bearer {made['key']}"
    assert robot.get("/v1/users").status_code == 200
    assert robot.get("/v1/audit").status_code == 403
    ended = anna.delete(f"/v1/api-keys/{made['id']}")
    assert ended.json()["off_at"]
    assert robot.get("/v1/users").status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"name": "n", "scopes": []}, 400, "a key without scopes may do nothing"),
        ({"name": "n", "scopes": ["everything"]}, 400, "there is no scope 'everything'; allowed: see, see accounts"),
        ({"name": "n", "scopes": ["see"], "user": 99}, 404, "there is no user 99"),
    ],
)
def test_key_that_makes_no_sense_is_refused(world: World, body: object, status: int, says: str) -> None:
    answer = world.signed_in("anna").post("/v1/api-keys", json=body)

    assert answer.status_code == status
    assert says in answer.json()["error"]["message"]


def test_key_may_do_no_more_than_its_user_and_its_maker(world: World) -> None:
    wide = {"name": "n", "scopes": ["see", "connect"], "user": world.user("vera").id}
    robot = world.with_key("anna", Permission.ADMINISTER)

    for_vera = world.signed_in("anna").post("/v1/api-keys", json=wide)
    by_robot = robot.post("/v1/api-keys", json={"name": "n", "scopes": ["administer", "erase"]})

    assert (for_vera.status_code, by_robot.status_code) == (403, 403)
    assert "leave out: connect" in for_vera.json()["error"]["message"]
    assert "leave out: erase" in by_robot.json()["error"]["message"]


def test_key_has_no_account_of_its_own(world: World) -> None:
    robot = world.with_key("anna", Permission.SEE, Permission.ADMINISTER)

    assert robot.get("/account").status_code == 403
    assert robot.post("/account/password", data={"password": "six grey gulls at noon"}).status_code == 403


def test_changes_stand_in_the_audit_log_with_who_made_them(world: World) -> None:
    anna, number = world.signed_in("anna"), world.user("vera").id
    anna.patch(f"/v1/users/{number}", json={"role": "member"})

    (row,) = anna.get("/v1/audit", params={"action": "change role"}).json()["rows"]
    checked = anna.get("/v1/audit/check").json()

    assert (row["actor"], row["object"]) == (f"user:{world.user('anna').id}", f"user:{number}")
    assert row["detail"] == {"from": "viewer", "to": "member"}
    assert checked["faults"] == []
    assert checked["rows"] == int(checked["head"].split(":")[0])


def test_audit_log_is_read_backwards_in_pieces(world: World) -> None:
    anna = world.signed_in("anna")

    first = anna.get("/v1/audit", params={"limit": 3}).json()["rows"]
    second = anna.get("/v1/audit", params={"limit": 3, "before": first[-1]["id"]}).json()["rows"]

    assert [row["id"] for row in first + second] == [4, 3, 2, 1]
    assert anna.get("/v1/audit", params={"limit": "many"}).status_code == 400
    assert anna.get("/v1/audit", params={"limit": "1001"}).status_code == 400


def test_switching_off_ends_links_too(world: World) -> None:
    number = world.user("mia").id
    link = world.signed_in("anna").post(f"/v1/users/{number}/links").json()["link"]

    with world.database.write() as connection:
        switch_off(connection, number, by=SHELL, now=world.clock, secret=SECRET)

    assert world.client().post(link.removeprefix("http://127.0.0.1:8377")).status_code == 410


@pytest.mark.parametrize("scopes", [(Permission.ADMINISTER,), tuple(set(Permission) - {Permission.AUDIT})])
def test_key_gives_nobody_more_than_it_may_itself(world: World, scopes: tuple[Permission, ...]) -> None:
    robot, of = world.with_key("anna", *scopes), {name: world.user(name).id for name in ("anna", "mia", "vera")}
    password = {"password": "six grey gulls at noon"}

    answers = [
        robot.post("/v1/users", json={"email": "new@hafen.example", "name": "N", "role": "admin"}),
        robot.patch(f"/v1/users/{of['mia']}", json={"role": "admin"}),
        robot.post(f"/v1/users/{of['anna']}/links"),
        robot.put(f"/v1/users/{of['anna']}/password", json=password),
        robot.post(f"/people/{of['anna']}/link"),
        robot.post(f"/people/{of['mia']}", data={"role": "admin"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert "this lacks:" in answers[0].json()["error"]["message"]
    assert world.user("mia").role is Role.MEMBER
    form = {"email": "anna@hafen.example", **password}
    assert world.client().post("/sign-in", data=form).status_code != 303


def test_key_lets_in_those_who_may_no_more_than_it(world: World) -> None:
    robot, vera = world.with_key("anna", Permission.SEE, Permission.ADMINISTER), world.user("vera").id

    made = robot.post("/v1/users", json={"email": "new@hafen.example", "name": "N", "role": "viewer"})
    link = robot.post(f"/v1/users/{vera}/links")
    more = robot.patch(f"/v1/users/{vera}", json={"role": "member"})
    teams = robot.patch(f"/v1/users/{world.user('mia').id}", json={"teams": ["service"]})
    lower = robot.patch(f"/v1/users/{world.user('otto').id}", json={"role": "viewer"})

    assert (made.status_code, link.status_code, lower.status_code) == (201, 201, 200)
    assert (more.status_code, teams.status_code) == (403, 403)
