"""Sign-in by OpenID Connect against a real provider in this process, and against one that lies."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from clew import clock
from clew.access.model import Role
from clew.access.openid.discovery import Discovery
from clew.clock import MINUTE_US, US
from clew.db.engine import Database
from clew.web.signing_in.openid import CLIENT, DISCOVERY
from tests.access_world import World, make_world

# The provider in this process uses what Authlib is giving up; a warning in its thread would be its failure.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

Change = Callable[[httpx.Request, httpx.Response], httpx.Response]


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    with warnings.catch_warnings():
        import authlib.deprecate  # type: ignore[import-untyped]  # noqa: F401  sets a filter of its own

        warnings.simplefilter("ignore")
        import oidc_provider_mock  # type: ignore[import-untyped]

    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


class Meddling(httpx.BaseTransport):
    """Carries requests to the provider and lets a test change its answers."""

    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport()
        self.change: Change = lambda _request, answer: answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        answer.read()
        return self.change(request, answer)


@dataclass
class Sign:
    """One world with a provider."""

    world: World
    issuer: str
    wire: Meddling

    def client(self) -> httpx.Client:
        return self.world.client("http://clew.test")

    def knows(self, subject: str, **claims: object) -> None:
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def start(self, client: httpx.Client, back: str = "/account") -> str:
        """Begin; return the provider's address that the browser is sent to."""
        answer = client.get("/sign-in/openid", params={"back": back})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def agree(self, address: str, subject: str) -> str:
        """Let somebody sign in at the provider; return the callback that the browser is sent to."""
        return httpx.post(address, data={"sub": subject}).headers["location"]

    def enter(self, subject: str, client: httpx.Client | None = None) -> httpx.Response:
        client = client or self.client()
        return client.get(self.agree(self.start(client), subject))


@pytest.fixture
def sign(database: Database, tmp_path: Path, issuer: str) -> Iterator[Sign]:
    yield from signing(database, tmp_path, issuer)


def signing(database: Database, tmp_path: Path, issuer: str, **settings: object) -> Iterator[Sign]:
    given = {"oidc_issuer": issuer, "oidc_client_id": "clew", "oidc_client_secret": "quiet"}
    given |= {"public_url": "http://clew.test"}
    world = make_world(tmp_path, database, **{**given, **settings})
    world.clock = clock.now()  # the provider's tokens are of now
    wire = Meddling()
    with httpx.Client(transport=wire) as client:
        world.kept = {CLIENT: client, DISCOVERY: Discovery()}
        yield Sign(world, issuer, wire)


def wrong(answer: httpx.Response) -> str:
    assert answer.status_code == 303
    assert "clew=" not in answer.headers.get("set-cookie", "").replace("clew-openid=", "")
    return answer.headers["location"]


def test_somebody_who_was_added_signs_in_by_their_confirmed_address(sign: Sign) -> None:
    sign.knows("s-anna", email="Anna@hafen.example", email_verified=True)
    client = sign.client()

    answer = sign.enter("s-anna", client)

    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "anna@hafen.example" in client.get("/account").text
    assert sign.world.user("anna").subject == f"{sign.issuer} s-anna"


def test_the_start_uses_a_challenge_a_state_and_a_nonce_that_are_new_each_time(sign: Sign) -> None:
    first, second = (parse_qs(urlsplit(sign.start(sign.client())).query) for _ in range(2))

    assert first["code_challenge_method"] == ["S256"]
    assert first["redirect_uri"] == ["http://clew.test/sign-in/openid/callback"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]


def test_subject_counts_after_the_address_has_changed(sign: Sign) -> None:
    sign.knows("s-otto", email="otto@hafen.example", email_verified=True)
    sign.enter("s-otto")
    sign.knows("s-otto", email="o.tober@hafen.example", email_verified=False)
    client = sign.client()

    sign.enter("s-otto", client)

    assert "otto@hafen.example" in client.get("/account").text


def test_address_that_went_to_another_person_opens_nothing(sign: Sign) -> None:
    sign.knows("s-mia", email="mia@hafen.example", email_verified=True)
    sign.enter("s-mia")
    sign.knows("s-new", email="mia@hafen.example", email_verified=True)

    assert wrong(sign.enter("s-new")) == "/sign-in?wrong=openid-unknown"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"email": "anna@hafen.example", "email_verified": False}, "openid-email"),
        ({"email": "anna@hafen.example"}, "openid-email"),
        ({}, "openid-email"),
        ({"email": "eve@hafen.example", "email_verified": True}, "openid-unknown"),
    ],
)
def test_who_is_not_certainly_known_is_not_let_in(sign: Sign, claims: dict[str, object], code: str) -> None:
    sign.knows("s-who", **claims)
    client = sign.client()

    answer = sign.enter("s-who", client)

    assert wrong(answer) == f"/sign-in?wrong={code}"
    page = client.get(answer.headers["location"])
    assert "Ask an admin." in page.text
    assert client.get("/account").status_code == 303


def test_state_that_was_never_given_is_refused(sign: Sign) -> None:
    client = sign.client()
    callback = sign.agree(sign.start(client), "s-anna")

    assert wrong(client.get(callback.replace("state=", "state=x"))) == "/sign-in?wrong=openid"


def test_callback_counts_once(sign: Sign) -> None:
    sign.knows("s-anna", email="anna@hafen.example", email_verified=True)
    client = sign.client()
    callback = sign.agree(sign.start(client), "s-anna")

    assert client.get(callback).headers["location"] == "/account"
    assert wrong(client.get(callback)) == "/sign-in?wrong=openid"


def test_code_that_was_used_already_opens_nothing_with_a_fresh_state(sign: Sign) -> None:
    sign.knows("s-anna", email="anna@hafen.example", email_verified=True)
    client = sign.client()
    used = sign.agree(sign.start(client), "s-anna")
    client.get(used)
    fresh = sign.agree(sign.start(client), "s-anna")
    code = parse_qs(urlsplit(used).query)["code"][0]

    answer = client.get("/sign-in/openid/callback", params={**query(fresh), "code": code})

    assert wrong(answer) == "/sign-in?wrong=openid"


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_callback_counts_only_in_the_browser_that_began(sign: Sign) -> None:
    sign.knows("s-eve", email="anna@hafen.example", email_verified=True)
    callback = sign.agree(sign.start(sign.client()), "s-eve")  # Eve begins, and sends her callback to Anna

    assert wrong(sign.client().get(callback)) == "/sign-in?wrong=openid"


def test_callback_after_ten_minutes_is_too_late(sign: Sign) -> None:
    client = sign.client()
    callback = sign.agree(sign.start(client), "s-anna")

    sign.world.clock += 10 * MINUTE_US

    assert wrong(client.get(callback)) == "/sign-in?wrong=openid"


def test_refusal_at_the_provider_is_told(sign: Sign) -> None:
    client = sign.client()
    state = query(sign.start(client))["state"]

    answer = client.get("/sign-in/openid/callback", params={"state": state, "error": "access_denied"})

    assert wrong(answer) == "/sign-in?wrong=openid"


def test_answer_of_another_issuer_is_refused(sign: Sign) -> None:
    client = sign.client()
    callback = sign.agree(sign.start(client), "s-anna")

    assert wrong(client.get(f"{callback}&iss=https://evil.example")) == "/sign-in?wrong=openid"


# Each changes the claims of a token that is otherwise right; the signature is made anew by a key that the provider
# publishes, so nothing but the claim is wrong.
LIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another issuer": lambda claims: {**claims, "iss": "https://evil.example"},
    "another audience": lambda claims: {**claims, "aud": "another-client"},
    "several audiences without a party": lambda claims: {**claims, "aud": ["clew", "another-client"]},
    "another party": lambda claims: {**claims, "azp": "another-client"},
    "expired": lambda claims: {**claims, "exp": claims["iat"] - 3600},
    "no end": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "of tomorrow": lambda claims: {**claims, "iat": claims["iat"] + 86_400},
    "of last week": lambda claims: {**claims, "iat": claims["iat"] - 604_800},
    "another nonce": lambda claims: {**claims, "nonce": "another"},
    "no nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "nobody": lambda claims: {**claims, "sub": ""},
    "a number": lambda claims: {**claims, "sub": 7},
}


def publishing(key: RSAKey, change: Callable[[dict[str, Any]], Any], header: dict[str, str] | None = None) -> Change:
    """Answers in which the provider publishes another key, and signs changed claims with it."""

    def changed(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if request.url.path == "/jwks":
            return httpx.Response(200, json={"keys": [key.as_dict(private=False)]})
        if request.method == "POST":
            told = answer.json()
            payload = json.loads(_decoded(told["id_token"].split(".")[1]))
            told["id_token"] = change(payload) if header else jwt.encode({"alg": "RS256"}, change(payload), key)
            return httpx.Response(200, json=told)
        return answer

    return changed


def _decoded(part: str) -> bytes:
    import base64

    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return RSAKey.generate_key(2048)


@pytest.mark.parametrize("lie", LIES)
def test_token_that_is_not_for_us_now_is_refused(sign: Sign, key: RSAKey, lie: str) -> None:
    sign.knows("s-anna", email="anna@hafen.example", email_verified=True)
    sign.wire.change = publishing(key, LIES[lie])

    assert wrong(sign.enter("s-anna")) == "/sign-in?wrong=openid-provider"


def test_token_with_the_right_claims_and_a_published_key_is_believed(sign: Sign, key: RSAKey) -> None:
    sign.knows("s-anna", email="anna@hafen.example", email_verified=True)
    sign.wire.change = publishing(key, lambda claims: claims)

    assert sign.enter("s-anna").headers["location"] == "/account"


def test_token_signed_by_an_unpublished_key_is_refused(sign: Sign, key: RSAKey) -> None:
    sign.knows("s-anna", email="anna@hafen.example", email_verified=True)
    forged = publishing(key, lambda claims: claims)
    sign.wire.change = lambda request, answer: answer if request.url.path == "/jwks" else forged(request, answer)

    assert wrong(sign.enter("s-anna")) == "/sign-in?wrong=openid-provider"


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_token_without_a_key_of_the_provider_alone_is_refused(sign: Sign, algorithm: str) -> None:
    from joserfc.jwk import OctKey

    sign.knows("s-anna", email="anna@hafen.example", email_verified=True)

    def signed(claims: dict[str, Any]) -> str:
        if algorithm == "none":
            header, body = _encoded({"alg": "none"}), _encoded(claims)
            return f"{header}.{body}."
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("quiet" * 10), algorithms=["HS256"])

    sign.wire.change = publishing(RSAKey.generate_key(2048), signed, {"alg": algorithm})

    assert wrong(sign.enter("s-anna")) == "/sign-in?wrong=openid-provider"


def _encoded(part: dict[str, Any]) -> str:
    import base64

    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_provider_that_changed_its_keys_is_asked_again(sign: Sign, key: RSAKey) -> None:
    sign.knows("s-anna", email="anna@hafen.example", email_verified=True)
    assert sign.enter("s-anna").headers["location"] == "/account"

    sign.wire.change = publishing(
        key, lambda claims: {**claims, "iat": sign.world.clock // US, "exp": sign.world.clock // US + 60}
    )
    sign.world.clock += 2 * MINUTE_US

    assert sign.enter("s-anna").headers["location"] == "/account"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"issuer": "https://evil.example"}),
        httpx.Response(200, json={"issuer": None}),
    ],
)
def test_provider_that_cannot_be_asked_is_told_on_the_sign_in_page(sign: Sign, answer: httpx.Response) -> None:
    sign.wire.change = lambda _request, _answer: answer
    client = sign.client()

    told = client.get("/sign-in/openid")

    assert wrong(told) == "/sign-in?wrong=openid-provider"
    assert "Your provider cannot be reached or answers wrongly." in client.get(told.headers["location"]).text


def test_provider_that_is_away_is_told_too(sign: Sign) -> None:
    sign.world.settings = replace(sign.world.settings, oidc_issuer="http://localhost:9")

    assert wrong(sign.client().get("/sign-in/openid")) == "/sign-in?wrong=openid-provider"


def test_without_a_provider_there_is_no_way_to_one(sign: Sign) -> None:
    sign.world.settings = replace(sign.world.settings, oidc_issuer=None)

    assert sign.client().get("/sign-in/openid").status_code == 404
    assert "openid" not in sign.client().get("/sign-in").text


def test_somebody_new_gets_the_role_that_settings_give(sign: Sign) -> None:
    sign.world.settings = replace(sign.world.settings, oidc_role="viewer")
    sign.knows("s-nina", email="nina@hafen.example", email_verified=True, name="Nina  Neu")

    sign.enter("s-nina")

    nina = sign.world.user("nina")
    assert (nina.name, nina.role, nina.subject) == ("Nina Neu", Role.VIEWER, f"{sign.issuer} s-nina")


def test_groups_decide_the_role_at_every_sign_in(sign: Sign) -> None:
    roles = (("cx-leads", "journey owner"), ("sales", "member"))
    sign.world.settings = replace(sign.world.settings, oidc_roles=roles)
    told: dict[str, object] = {"email": "vera@hafen.example", "email_verified": True}
    given = []
    for groups in (["sales"], ["sales", "cx-leads"], "sales", ["strangers"], []):
        sign.knows("s-vera", **told, groups=groups)
        answer = sign.enter("s-vera").headers["location"]
        given.append((answer, sign.world.user("vera").role.value))

    assert given == [
        ("/account", "member"),
        ("/account", "journey owner"),
        ("/account", "member"),
        ("/sign-in?wrong=openid-role", "member"),
        ("/sign-in?wrong=openid-role", "member"),
    ]


def test_groups_that_only_the_userinfo_address_tells_count(sign: Sign) -> None:
    sign.world.settings = replace(sign.world.settings, oidc_roles=(("sales", "member"),))
    sign.knows("s-vera", email="vera@hafen.example", email_verified=True, groups=["sales"])
    key = RSAKey.generate_key(2048)
    sign.wire.change = publishing(key, lambda claims: {n: v for n, v in claims.items() if n not in ("email", "groups")})

    assert sign.enter("s-vera").headers["location"] == "/account"
    assert sign.world.user("vera").role is Role.MEMBER


def test_userinfo_of_another_person_counts_for_nothing(sign: Sign, key: RSAKey) -> None:
    sign.knows("s-eve", email="eve@hafen.example", email_verified=True)
    poor = publishing(key, lambda claims: {name: value for name, value in claims.items() if name != "email"})
    swapped = {"sub": "s-anna", "email": "anna@hafen.example", "email_verified": True}

    def change(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        return httpx.Response(200, json=swapped) if request.url.path == "/userinfo" else poor(request, answer)

    sign.wire.change = change

    assert wrong(sign.enter("s-eve")) == "/sign-in?wrong=openid-email"


def test_the_last_admin_stays_one_whatever_groups_say(sign: Sign) -> None:
    sign.world.settings = replace(sign.world.settings, oidc_roles=(("sales", "member"),))
    sign.knows("s-anna", email="anna@hafen.example", email_verified=True, groups=["sales"])

    assert sign.enter("s-anna").headers["location"] == "/account"
    assert sign.world.user("anna").role is Role.ADMIN


def test_addresses_can_count_for_nothing_or_without_confirmation(sign: Sign) -> None:
    sign.knows("s-otto", email="otto@hafen.example", email_verified=False)

    sign.world.settings = replace(sign.world.settings, oidc_email="trusted")
    assert sign.enter("s-otto").headers["location"] == "/account"

    sign.knows("s-mia", email="mia@hafen.example", email_verified=True)
    sign.world.settings = replace(sign.world.settings, oidc_email="off")
    assert wrong(sign.enter("s-mia")) == "/sign-in?wrong=openid-unknown"


def test_somebody_who_was_switched_off_stays_out(sign: Sign) -> None:
    from clew.access.users.actions import switch_off
    from tests.access_world import SECRET, SHELL

    sign.knows("s-vera", email="vera@hafen.example", email_verified=True)
    with sign.world.database.write() as connection:
        switch_off(connection, sign.world.user("vera").id, by=SHELL, now=sign.world.clock, secret=SECRET)

    assert wrong(sign.enter("s-vera")) == "/sign-in?wrong=openid-unknown"
