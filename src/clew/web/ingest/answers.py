"""How every ingest path answers: 200 and a JSON object, or an error that each client library understands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.responses import Response

from clew.errors import ClewError
from clew.metrics import REFUSED

if TYPE_CHECKING:
    from starlette.requests import Request

# Clients send again after 429 and 5xx and after nothing else; so every other code says that sending again is no use.
STATUS: Mapping[str, int] = {
    "bad-json": 400,
    "bad-body": 400,
    "bad-encoding": 400,
    "too-deep": 400,
    "no-key": 401,
    "unknown-key": 401,
    "key-scope": 403,
    "other-wire": 403,
    "not-found": 404,
    "wrong-method": 405,
    "too-slow": 408,
    "too-large": 413,
    "too-many-events": 413,
    "unknown-encoding": 415,
    "too-fast": 429,
    "crashed": 500,
    "overloaded": 503,
    "cannot-store": 503,
}
RETRY_AFTER_S = {"overloaded": 1, "cannot-store": 5}

# Keys, never cookies, say who sends; so any page may, and may show the image of a pixel.
_OPEN = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
_PREFLIGHT_S = 86_400


class Refused(ClewError):
    """A request that cannot be taken.

    code         of STATUS
    retry_after  seconds after which it may succeed
    """

    def __init__(self, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after = retry_after


def done(content: bytes, media_type: str = "application/json") -> Response:
    """Answer 200: several clients take nothing else for success."""
    return Response(content, 200, _OPEN, media_type)


DONE = done(b'{"success":true}')  # one for all: nothing in it changes


def done_saying(value: Mapping[str, object]) -> Response:
    """Answer 200 with a JSON object."""
    return done(json.dumps(value, separators=(",", ":")).encode())


def refused(error: ClewError, allow: str = "") -> Response:
    """Answer an error: `code` and `message` for Segment and RudderStack, `detail` for PostHog.

    allow  methods of the path, where the method was wrong
    """
    REFUSED.labels(error.code).inc()
    status = STATUS.get(error.code, 400)
    headers = dict(_OPEN)
    wait = error.retry_after if isinstance(error, Refused) else RETRY_AFTER_S.get(error.code)
    if wait is not None:
        headers["retry-after"] = str(wait)
    if status == 408:
        headers["connection"] = "close"  # whoever holds bodies up holds connections up too
    if status == 401:
        headers["www-authenticate"] = 'Basic realm="write key"'
    if allow:
        headers["allow"] = allow
    told = {"code": error.code, "message": str(error), "detail": str(error)}
    return Response(json.dumps(told).encode(), status, headers, "application/json")


def preflight(request: Request, methods: str) -> Response:
    """Let the scripts of any page send here, with the headers they ask for."""
    asked = request.headers.get("access-control-request-headers", "")
    allowed = {"access-control-allow-methods": methods, "access-control-max-age": str(_PREFLIGHT_S), "allow": methods}
    if asked:
        allowed["access-control-allow-headers"] = asked
    return Response(b"{}", 200, _OPEN | allowed, "application/json")
