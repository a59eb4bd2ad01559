"""Sign-in by OpenID Connect: off to the provider, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.access.openid import flow
from clew.access.openid.discovery import Discovery
from clew.access.openid.model import CALLBACK, OpenIdRefused, Provider, provider_of
from clew.access.openid.people import user_of
from clew.access.signing_in.attempts import PER_CLIENT, TooManyAttempts, network_of, note_attempt
from clew.access.signing_in.by_password import SignedIn
from clew.access.signing_in.by_password import begin as begin_session
from clew.clock import US
from clew.web.cookies import OPENID, cookie, drop_cookie, set_cookie
from clew.web.endpoint import Endpoint, Open
from clew.web.forgery import local_path
from clew.web.guard import SIGN_IN
from clew.web.signing_in.arriving import come_from, let_in

if TYPE_CHECKING:
    import httpx
    from starlette.responses import Response

    from clew.web.request import Asked

CLIENT, DISCOVERY = "openid client", "openid discovery"  # keys of Parts.kept
_PATIENCE_S = 10


def start(asked: Asked) -> Response:
    """Send the browser to the provider."""
    from starlette.responses import RedirectResponse

    provider = _provider(asked)
    browser = cookie(asked.request, OPENID)
    try:
        note_attempt(asked.parts.database, PER_CLIENT, network_of(asked.client), now=asked.now, secret=asked.secret)
        found = _discovery(asked).published(_client(asked), provider.issuer, now=asked.now)
    except (OpenIdRefused, TooManyAttempts) as refused:
        return asked.go(f"{SIGN_IN}?wrong={refused.code}")
    back = local_path(asked.query("back", "/"))
    begun = flow.begin(asked.parts.database, found, provider, browser=browser, back=back, now=asked.now)
    response = RedirectResponse(begun.address, 303)
    set_cookie(asked.request, response, OPENID, begun.browser, seconds=flow.LASTS_US // US)
    return response


def end(asked: Asked) -> Response:
    """Take the browser back from the provider, and let in whom it vouches for."""
    provider = _provider(asked)
    try:
        browser = cookie(asked.request, OPENID)
        begun = flow.take_out(asked.parts.database, asked.query("state"), browser, now=asked.now)
        response = let_in(asked, _signed_in(asked, provider, begun), begun.back)
    except OpenIdRefused as refused:
        response = asked.go(f"{SIGN_IN}?wrong={refused.code}")
    drop_cookie(asked.request, response, OPENID)
    return response


def _signed_in(asked: Asked, provider: Provider, begun: flow.Begun) -> SignedIn:
    told = dict(asked.request.query_params)
    claims = flow.finish(_client(asked), _discovery(asked), provider, begun, told, now=asked.now)
    with asked.write() as connection:
        user = user_of(connection, claims, provider, now=asked.now, secret=asked.secret)
        return begin_session(
            connection, user.id, by="openid", come=come_from(asked), now=asked.now, secret=asked.secret
        )


def _provider(asked: Asked) -> Provider:
    from starlette.exceptions import HTTPException

    provider = provider_of(asked.parts.settings)
    if provider is None:
        raise HTTPException(404, "no OpenID provider is set here; CLEW_OIDC_ISSUER names one")
    return provider


def _client(asked: Asked) -> httpx.Client:
    import httpx

    client: httpx.Client = asked.parts.kept.setdefault(CLIENT, None) or httpx.Client(timeout=_PATIENCE_S)
    asked.parts.kept[CLIENT] = client
    return client


def _discovery(asked: Asked) -> Discovery:
    found: Discovery = asked.parts.kept.setdefault(DISCOVERY, Discovery())
    return found


ENDPOINTS = (
    Endpoint(SIGN_IN + "/openid", ("GET",), Open.SIGN_IN, start),
    Endpoint(CALLBACK, ("GET",), Open.SIGN_IN, end),
)
