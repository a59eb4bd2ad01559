"""Headers that keep a page to itself: what it may load, who may frame it, who may keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = "content-security-policy"
# Scripts only from files of ours; htmx needs no more once its inline indicator style and eval are switched off.
_POLICY = (
    "default-src 'none'; script-src 'self'{nonce}; style-src 'self'{nonce}; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # "no-referrer" would take the Origin out of our own forms
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HTTPS: Mapping[str, str] = {"strict-transport-security": "max-age=31536000"}


def content_policy(nonce: str = "") -> str:
    """Return what a page may load; a nonce lets the inline style or script pass that bears it."""
    return _POLICY.format(nonce=f" 'nonce-{nonce}'" if nonce else "")


class SecurityHeaders:
    """Put the headers on every answer, errors of the router included; what an answer says itself stays.

    https  people reach this Clew by https, whatever a proxy says
    """

    def __init__(self, app: ASGIApp, https: bool = False) -> None:
        self._app, self._https = app, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_missing(message, scope, self._https)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def seal(request: Request, response: Response) -> None:
    """Put the headers on an answer that is given outside the middleware: that of a crash."""
    for name, value in _wanted(request.scope).items():
        response.headers.setdefault(name, value)


def _missing(message: Message, scope: Scope, https: bool) -> list[tuple[bytes, bytes]]:
    said = {bytes(name).lower() for name, _ in message.get("headers", ())}
    wanted = _wanted(scope, https)
    return [(name.encode(), value.encode()) for name, value in wanted.items() if name.encode() not in said]


def _wanted(scope: Scope, https: bool = False) -> dict[str, str]:
    return {**_ALWAYS, CONTENT_POLICY: content_policy(), **(_HTTPS if https or scope["scheme"] == "https" else {})}
