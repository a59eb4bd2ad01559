"""The one way to an answer: every route is made here from a declared endpoint, and lets pass whom its policy lets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from clew.access.keys.api_keys import actor_of_key
from clew.access.model import NOBODY, Actor, Permission
from clew.access.policy import may, require
from clew.access.signing_in.sessions import Session, find_session
from clew.texts import language_for, speak
from clew.web.cookies import SESSION, cookie
from clew.web.counting import Counting
from clew.web.endpoint import Endpoint, Open
from clew.web.forgery import FIELD, HEADER, SAFE, comes_from_here, is_token, local_path
from clew.web.headers import CONTENT_POLICY, SecurityHeaders, content_policy
from clew.web.parts import Parts, parts_of
from clew.web.proxies import TrustedProxies
from clew.web.request import Asked

if TYPE_CHECKING:
    from starlette.types import Message, Receive

SIGN_IN = "/sign-in"
API = "/v1/"
_OWN_KEYS = frozenset({Open.STATIC, Open.HEALTH, Open.WRITE_KEY, Open.METRICS})  # nobody signs in for these
_MOST_FIELDS, _MOST_FILES = 1_000, 10

Fields = Mapping[str, Sequence[str | UploadFile]]


class DeclaredRoute(Route):
    """A route and the endpoint that it was made from."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.declared = endpoint
        super().__init__(endpoint.path, _handler(endpoint), methods=list(endpoint.methods), name=endpoint.path)


@dataclass(frozen=True)
class Caller:
    """Who asks, and by which session; None for keys and for nobody."""

    actor: Actor
    session: Session | None = None


def routes_of(endpoints: Sequence[Endpoint]) -> list[DeclaredRoute]:
    """Make the routes of an application; it has no others."""
    return [DeclaredRoute(endpoint) for endpoint in endpoints]


def middleware_of(parts: Parts) -> list[Middleware]:
    """What stands before the routes, the outermost first."""
    settings = parts.settings
    https = (settings.public_url or "").startswith("https:")
    return [
        Middleware(Counting),
        Middleware(TrustedProxies, trusted=settings.trusted_proxies),
        Middleware(SecurityHeaders, https=https),
    ]


def _handler(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        if endpoint.needs in _OWN_KEYS and endpoint.is_async:
            answered: Response = await endpoint.answer(request)
            return answered
        _refuse_nul(request.url.path, request.url.query)
        speak(language_for(request.headers.get("accept-language", "")))
        parts = parts_of(request)
        now = parts.now()
        caller = await _caller(endpoint, request, now)
        if caller.actor is NOBODY and isinstance(endpoint.needs, Permission):
            return _to_sign_in(request)
        asked = request.state.asked = asked_by(request, caller, parts, now)
        _check_policy(endpoint, asked)
        if endpoint.is_async:
            _check_forgery(endpoint, asked, caller)
            return _sealed(endpoint, asked, await endpoint.answer(request))
        limited = Request(request.scope, _limited(request.receive, endpoint.largest))
        try:
            asked = request.state.asked = await _read(limited, asked)
            _check_forgery(endpoint, asked, caller)
            return _sealed(endpoint, asked, await run_in_threadpool(endpoint.answer, asked))
        finally:
            await limited.close()

    return handle


async def _caller(endpoint: Endpoint, request: Request, now: int) -> Caller:
    if endpoint.needs in _OWN_KEYS:
        return Caller(NOBODY)
    return await run_in_threadpool(caller_of, request, now)


def caller_of(request: Request, now: int) -> Caller:
    """Say who asks: the user of an API key, else of the cookie, else nobody. A wrong key is not overlooked."""
    parts = parts_of(request)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        actor = actor_of_key(parts.database, key.strip(), now=now)
        if actor is None:
            raise _unauthorised("this API key is unknown or switched off; an admin makes another")
        return Caller(actor)
    token = cookie(request, SESSION)
    found = find_session(parts.database, token, rest_us=parts.settings.session_us, now=now) if token else None
    return Caller(found.user.actor, found) if found else Caller(NOBODY)


def is_still_let_in(request: Request, needs: Permission) -> bool:
    """Say whether who opened a long answer (server-sent events) may still see it: not signed out, not switched off."""
    try:
        return may(caller_of(request, parts_of(request).now()).actor, needs)
    except HTTPException:
        return False


def asked_by(request: Request, caller: Caller, parts: Parts, now: int) -> Asked:
    """Put together what an answer is made from; nothing was let through yet."""
    session = caller.session
    if session is None:
        return Asked(request, caller.actor, parts, now)
    return Asked(request, caller.actor, parts, now, csrf=session.csrf, session=session.digest, user=session.user)


def _check_policy(endpoint: Endpoint, asked: Asked) -> None:
    if isinstance(endpoint.needs, Permission):
        require(asked.actor, endpoint.needs)


def _check_forgery(endpoint: Endpoint, asked: Asked, caller: Caller) -> None:
    """Refuse what a page of another site made this browser send. Keys are no cookies: nobody sends them unknowingly."""
    if asked.request.method in SAFE or endpoint.needs in _OWN_KEYS or caller.actor.kind == "key":
        return
    if not comes_from_here(asked.request, asked.parts.settings.public_url):
        raise HTTPException(403, "this was sent from a page of another site; open the page here and send it again")
    given = asked.request.headers.get(HEADER) or asked.form(FIELD)
    if caller.session is not None and not is_token(given, caller.session.csrf):
        raise HTTPException(403, "this form belongs to a session that ended; open the page again and send it anew")


async def _read(request: Request, asked: Asked) -> Asked:
    if request.method in SAFE:
        return asked
    body = await request.body()
    return asked.having(request, body, await _fields(request))


async def _fields(request: Request) -> Fields:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return {}
    form = await request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=1 << 30)
    _refuse_nul(*(text for pair in form.multi_items() for text in pair if isinstance(text, str)))
    return {name: form.getlist(name) for name in form}


def _refuse_nul(*texts: str) -> None:
    """A sign that PostgreSQL stores in no text; nobody types it by accident."""
    if any("\0" in text or "%00" in text for text in texts):
        raise HTTPException(400, "this holds the sign NUL, which no text may hold; leave it out")


def _limited(receive: Receive, most: int) -> Receive:
    """Stop reading a body that is too large, however it announces itself."""
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise HTTPException(413, f"the body is larger than {most:,} bytes, which is all this address takes")
        return message

    return limited


def _sealed(endpoint: Endpoint, asked: Asked, response: Response) -> Response:
    response.headers.setdefault(CONTENT_POLICY, content_policy(asked.nonce))
    if endpoint.needs not in _OWN_KEYS:
        response.headers.setdefault("cache-control", "no-store")
    return response


def _to_sign_in(request: Request) -> Response:
    """Send people to the way in, and back afterwards; tell programs."""
    path = request.url.path
    if path.startswith(API):
        raise _unauthorised("sign in first, or send an API key as 'Authorization: Bearer clew_...'")
    here = f"{path}?{request.url.query}" if request.url.query else path
    way_in = f"{SIGN_IN}?back={quote(local_path(here), safe='/')}" if request.method in SAFE else SIGN_IN
    if request.headers.get("hx-request"):  # the script would put the sign-in page into the middle of this one
        return Response(status_code=401, headers={"HX-Redirect": SIGN_IN, "cache-control": "no-store"})
    return RedirectResponse(way_in, 303, headers={"cache-control": "no-store"})


def _unauthorised(detail: str) -> HTTPException:
    return HTTPException(401, detail, headers={"WWW-Authenticate": 'Bearer realm="Clew"'})
