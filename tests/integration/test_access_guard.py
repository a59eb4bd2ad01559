"""The guard: who asks, forged forms, headers, proxies, keys; over endpoints made for the test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from clew.access.keys.api_keys import all_keys, switch_off_key
from clew.access.model import Permission, Role
from clew.access.users.actions import change_role, switch_off
from clew.clock import MINUTE_US
from clew.config import Settings
from clew.db.engine import Database, open_database
from clew.web.app import make_app
from clew.web.endpoint import Endpoint, Open
from clew.web.request import Asked
from tests.access_world import SECRET, SHELL, InProcess, World, make_world


def say(asked: Asked) -> Response:
    return asked.answer({"actor": asked.actor.id, "form": asked.form("word"), "client": asked.client})


async def say_later(request: Request) -> Response:
    return PlainTextResponse(request.state.asked.actor.id)


def style(asked: Asked) -> Response:
    return PlainTextResponse(asked.nonce)


def crash(_asked: Asked) -> Response:
    raise RuntimeError("secret detail")


ENDPOINTS = (
    Endpoint("/page", ("GET",), Permission.SEE, say),
    Endpoint("/page", ("POST",), Permission.ACT, say),
    Endpoint("/style", ("GET",), Permission.SEE, style),
    Endpoint("/later", ("GET", "POST"), Permission.ADMINISTER, say_later, is_async=True),
    Endpoint("/v1/thing", ("GET", "POST"), Permission.CONNECT, say),
    Endpoint("/open", ("GET", "POST"), Open.SIGN_IN, say),
    Endpoint("/arrives", ("POST",), Open.WRITE_KEY, say),
    Endpoint("/crash", ("GET",), Open.SIGN_IN, crash),
)


@pytest.fixture
def database(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """One kind will do: nothing here depends on the database."""
    shutil.copytree(migrated_sqlite, tmp_path / ".clew")
    opened = open_database(tmp_path / ".clew")
    yield opened
    opened.close()


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return make_world(tmp_path, database)


def served(world: World, like: httpx.Client | None = None, *, peer: str = "203.0.113.7", url: str = "") -> httpx.Client:
    """A client of the endpoints above, with the cookies and headers of another."""
    client = httpx.Client(
        transport=InProcess(make_app(world.parts, ENDPOINTS), peer), base_url=url or "http://clew.test"
    )
    if like is not None:
        client.cookies.update(like.cookies)
        client.headers.update(like.headers)
    return client


def test_page_sends_nobody_to_sign_in_and_back(world: World) -> None:
    answer = served(world).get("/page?by=team&x=ä")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?back=/page%3Fby%3Dteam%26x%3D%25C3%25A4"


def test_script_of_a_page_is_told_to_go_to_sign_in(world: World) -> None:
    answer = served(world).get("/page", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


def test_program_is_told_what_is_missing(world: World) -> None:
    answer = served(world).get("/v1/thing")

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not-signed-in"
    assert "Bearer" in answer.headers["www-authenticate"]


def test_role_that_may_not_is_told_so_in_a_sentence(world: World) -> None:
    page = served(world, world.signed_in("vera")).post("/page")
    program = served(world, world.signed_in("mia")).get("/v1/thing")

    assert (page.status_code, program.status_code) == (403, 403)
    assert "this needs the permission to act" in page.text
    assert program.json()["error"]["message"] == "this needs the permission to connect; ask an admin of this workspace"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://clew.test"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://clew.test.evil.example"}, 403),
        ({"Origin": "https://clew.test"}, 403),  # another scheme is another origin
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"X-CSRF-Token": ""}, 403),
        ({"X-CSRF-Token": "guessed"}, 403),
    ],
)
def test_change_by_cookie_must_come_from_a_page_of_this_session(
    world: World, headers: dict[str, str], status: int
) -> None:
    answer = served(world, world.signed_in("anna")).post("/page", headers=headers)

    assert answer.status_code == status


def test_token_may_stand_in_the_form(world: World) -> None:
    signed_in = world.signed_in("anna")
    client = served(world, signed_in)
    token = client.headers.pop("x-csrf-token")

    urlencoded = client.post("/page", data={"csrf": token, "word": "ahoy"})
    multipart = client.post("/page", data={"csrf": token, "word": "ahoy"}, files={"file": ("a.csv", b"1,2")})

    assert [answer.json()["form"] for answer in (urlencoded, multipart)] == ["ahoy", "ahoy"]


def test_token_of_another_session_does_not_count(world: World) -> None:
    mine, other = world.signed_in("anna"), world.signed_in("anna")
    client = served(world, mine)
    client.headers["x-csrf-token"] = other.headers["x-csrf-token"]

    assert client.post("/page").status_code == 403


def test_asynchronous_change_needs_the_token_too(world: World) -> None:
    client = served(world, world.signed_in("anna"))

    right = client.post("/later")
    del client.headers["x-csrf-token"]
    wrong = client.post("/later")

    assert (right.status_code, wrong.status_code) == (200, 403)
    assert right.text.startswith("user:")


def test_sign_in_from_another_site_is_refused_though_nobody_is_signed_in(world: World) -> None:
    assert served(world).post("/open", headers={"Origin": "https://evil.example"}).status_code == 403
    assert served(world).post("/open").status_code == 200


def test_arriving_events_come_from_anywhere(world: World) -> None:
    answer = served(world, world.signed_in("anna")).post("/arrives", headers={"Origin": "https://shop.example"})

    assert answer.json()["actor"] == "nobody"  # the cookie of whoever opened the page does not count


def test_key_acts_for_its_user_without_forms_token(world: World) -> None:
    client = served(world, world.with_key("otto", Permission.CONNECT, Permission.ACT))

    assert client.post("/v1/thing", headers={"Origin": "https://tool.example"}).json()["actor"] == "key:1"
    assert client.post("/page").status_code == 200
    assert client.get("/page").status_code == 403  # not in its scopes


def test_wrong_key_is_not_overlooked_for_a_cookie(world: World) -> None:
    client = served(world, world.signed_in("anna"))

    assert client.get("/page", headers={"Authorization": "Bearer clew_wrong"}).status_code == 401


def test_key_loses_what_its_user_loses(world: World) -> None:
    client = served(world, world.with_key("otto", Permission.CONNECT))

    with world.database.write() as connection:
        number = world.user("otto").id
        change_role(connection, number, Role.MEMBER, by=SHELL, now=world.clock, secret=SECRET)
    demoted = client.get("/v1/thing").status_code
    with world.database.write() as connection:
        switch_off(connection, number, by=SHELL, now=world.clock, secret=SECRET)
    off = client.get("/v1/thing").status_code

    assert (demoted, off) == (403, 401)


def test_key_that_is_off_opens_nothing(world: World) -> None:
    client = served(world, world.with_key("otto", Permission.CONNECT))

    with world.database.write() as connection:
        switch_off_key(connection, 1, by=SHELL, now=world.clock, secret=SECRET)

    assert client.get("/v1/thing").status_code == 401


def test_use_of_a_key_is_noted_at_most_once_a_minute(world: World) -> None:
    client = served(world, world.with_key("otto", Permission.CONNECT))
    noted = []
    for _ in range(4):
        client.get("/v1/thing")
        with world.database.read() as connection:
            noted.append(all_keys(connection)[0].used_at)
        world.clock += MINUTE_US // 2

    start = noted[0]
    assert start is not None
    assert noted == [start, start, start + MINUTE_US, start + MINUTE_US]


@pytest.mark.parametrize("path", ["/page", "/v1/thing", "/open", "/nowhere", "/crash"])
def test_every_answer_bears_the_headers_that_keep_it_to_itself(world: World, path: str) -> None:
    answer = served(world).get(path)

    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in answer.headers


def test_crash_tells_nothing_of_itself(world: World) -> None:
    answer = served(world).get("/crash")

    assert answer.status_code == 500
    assert "secret detail" not in answer.text


def test_nonce_of_the_page_is_in_its_policy_and_new_each_time(world: World) -> None:
    client = served(world, world.signed_in("vera"))

    first, second = client.get("/style"), client.get("/style")

    assert f"'nonce-{first.text}'" in first.headers["content-security-policy"]
    assert first.text != second.text


def test_pages_behind_a_permission_are_kept_by_nobody(world: World) -> None:
    client = served(world, world.signed_in("anna"))

    assert client.get("/page").headers["cache-control"] == "no-store"
    assert client.get("/later").headers["cache-control"] == "no-store"


def test_https_is_asked_for_ever_after(world: World) -> None:
    answer = served(world, url="https://clew.test").get("/open")

    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "198.51.100.4", "198.51.100.4"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.4", "198.51.100.4"),  # what the client wrote itself does not count
        ("10.0.0.1", "198.51.100.4, 10.0.0.2", "198.51.100.4"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("203.0.113.7", "198.51.100.4", "203.0.113.7"),  # no proxy of ours
    ],
)
def test_only_trusted_proxies_tell_who_the_client_is(
    database: Database, tmp_path: Path, peer: str, forwarded: str, client: str
) -> None:
    world = make_world(tmp_path, database, trusted_proxies=_networks("10.0.0.0/8"))

    answer = served(world, peer=peer).get("/open", headers={"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"})

    assert answer.json()["client"] == client
    assert ("strict-transport-security" in answer.headers) == peer.startswith("10.")


def _networks(text: str) -> object:
    from clew.config import values

    return values.networks(text)


def test_public_address_is_an_origin_of_ours(database: Database, tmp_path: Path) -> None:
    world = make_world(tmp_path, database, public_url="https://clew.hafen.example/base")

    client = served(world, world.signed_in("anna"))

    assert client.post("/page", headers={"Origin": "https://clew.hafen.example"}).status_code == 200
    assert client.post("/page", headers={"Origin": "https://hafen.example"}).status_code == 403


@pytest.mark.parametrize("length", [1_000_001, None])
def test_body_that_is_too_large_is_refused_also_where_its_length_is_not_told(world: World, length: int | None) -> None:
    client = served(world, world.signed_in("anna"))
    body = b"word=" + b"a" * 1_000_000

    answer = client.post("/page", content=body if length else iter([body]))

    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/page?a=%00", "/page%00"])
def test_sign_that_no_database_stores_is_refused(world: World, path: str) -> None:
    answer = served(world, world.signed_in("anna")).get(path)

    assert answer.status_code in (400, 404)


def test_nothing_stays_open_to_a_method_that_was_not_declared(world: World) -> None:
    assert served(world, world.signed_in("anna")).delete("/page").status_code == 405


def test_settings_show_no_secret() -> None:
    assert SECRET not in repr(Settings(secret=SECRET))
