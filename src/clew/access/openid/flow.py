"""The code flow with PKCE, state and nonce: one start, one callback in the same browser, one checked id_token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from clew.access.openid.discovery import Discovery, Published, fetched
from clew.access.openid.model import SCOPE, Claims, OpenIdRefused, Provider, ProviderFault
from clew.access.openid.tokens import BadToken, checked
from clew.access.secret import digest_of, new_token
from clew.clock import MINUTE_US
from clew.db.engine import Database, insert
from clew.db.tables import openid_start

if TYPE_CHECKING:
    import httpx

LASTS_US = 10 * MINUTE_US  # to type a password at the provider


@dataclass(frozen=True)
class Start:
    """Where the browser goes, and the token that it keeps until it is back."""

    address: str
    browser: str


@dataclass(frozen=True)
class Begun:
    """A start that was taken out of the database: nobody can end it again."""

    nonce: str
    verifier: str
    back: str


def begin(database: Database, found: Published, provider: Provider, *, browser: str, back: str, now: int) -> Start:
    """Begin a sign-in.

    browser  token that this browser kept from an earlier start, "" without
    back     path to go to afterwards
    """
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

    state, nonce, verifier, kept = new_token(), new_token(), new_token(), browser or new_token()
    row = {"digest": digest_of(state), "browser": digest_of(kept), "nonce": nonce, "verifier": verifier}
    with database.write() as connection:
        connection.execute(delete(openid_start).where(openid_start.c.until <= now))
        connection.execute(insert(connection, openid_start).values(**row, back=back, until=now + LASTS_US))
    address = prepare_grant_uri(
        found.authorization, provider.client, "code", provider.redirect, SCOPE, state,
        nonce=nonce, code_challenge=create_s256_code_challenge(verifier), code_challenge_method="S256",
    )  # fmt: skip
    return Start(address, kept)


def take_out(database: Database, state: str, browser: str, *, now: int) -> Begun:
    """Return what was begun with this state in this browser, once. Raises OpenIdRefused."""
    mine = openid_start.c.digest == digest_of(state)
    with database.write() as connection:
        row = connection.execute(select(openid_start).where(mine)).one_or_none()
        gone = connection.execute(delete(openid_start).where(mine)).rowcount
    if row is None or gone != 1 or row.until <= now or row.browser != digest_of(browser):
        raise OpenIdRefused
    return Begun(row.nonce, row.verifier, row.back)


def finish(
    client: httpx.Client, discovery: Discovery, provider: Provider, begun: Begun, told: Mapping[str, str], *, now: int
) -> Claims:
    """Exchange the code and return what the provider says of somebody. Raises OpenIdRefused, ProviderFault.

    told  parameters of the callback
    """
    if told.get("error") or not told.get("code") or told.get("iss", provider.issuer).rstrip("/") != provider.issuer:
        raise OpenIdRefused
    found = discovery.published(client, provider.issuer, now=now)
    tokens = _exchanged(client, found, provider, begun, told["code"])
    try:
        claims = checked(tokens["id_token"], found.keys, provider=provider, nonce=begun.nonce, now=now)
    except BadToken as fault:
        if not fault.is_key:
            raise
        found = discovery.read_again(client, provider.issuer, now=now)
        claims = checked(tokens["id_token"], found.keys, provider=provider, nonce=begun.nonce, now=now)
    told_more = _userinfo(client, found, claims, tokens) if _needed(provider) - claims.keys() else {}
    return _claims(provider, {**told_more, **claims})


def _needed(provider: Provider) -> set[str]:
    return {"email", provider.groups} if provider.roles else {"email"}


def _exchanged(client: httpx.Client, found: Published, provider: Provider, begun: Begun, code: str) -> dict[str, Any]:
    import httpx

    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": provider.redirect}
    form |= {"code_verifier": begun.verifier, "client_id": provider.client}
    header = provider.secret is not None and not found.secret_in_body
    if provider.secret is not None and found.secret_in_body:
        form["client_secret"] = provider.secret
    auth = httpx.BasicAuth(provider.client, provider.secret or "") if header else httpx.USE_CLIENT_DEFAULT
    try:
        answer = client.post(found.token, data=form, auth=auth, headers={"Accept": "application/json"})
        told = answer.json()
    except (httpx.HTTPError, ValueError) as fault:
        raise ProviderFault from fault
    if answer.status_code >= 500:
        raise ProviderFault
    if answer.status_code != 200 or not isinstance(told, dict) or not isinstance(told.get("id_token"), str):
        raise OpenIdRefused  # a code that was used, or is of somebody else
    return told


def _userinfo(
    client: httpx.Client, found: Published, claims: Mapping[str, Any], tokens: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What only the userinfo address tells; believed where it is about the same person."""
    if found.userinfo is None or not isinstance(tokens.get("access_token"), str):
        return {}
    told = fetched(client, found.userinfo, token=tokens["access_token"])
    return told if told.get("sub") == claims["sub"] else {}


def _claims(provider: Provider, told: Mapping[str, Any]) -> Claims:
    email, groups = told.get("email"), told.get(provider.groups, ())
    named = groups if isinstance(groups, list) else [groups] if isinstance(groups, str) else []
    return Claims(
        subject=f"{provider.issuer} {told['sub']}",
        email=email if isinstance(email, str) and email else None,
        verified=told.get("email_verified") in (True, "true"),
        name=str(told.get("name") or told.get("preferred_username") or ""),
        groups=frozenset(group for group in named if isinstance(group, str)),
    )
