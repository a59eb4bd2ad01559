"""Count answers by the route as it was declared, and the time to them: paths may name accounts, routes never do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from clew.metrics import REQUEST_S, REQUESTS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

NO_ROUTE = "none"  # label of paths that nobody declared
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CRASHED = 500


class Counting:
    """Count every answer once it begins: a stream that stays open was answered then."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        has_begun = False

        async def send_counted(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                count(scope["method"], _route(scope), message["status"], time.perf_counter() - begun)
            await send(message)

        try:
            await self._app(scope, receive, send_counted)
        except Exception:
            if not has_begun:
                count(scope["method"], _route(scope), _CRASHED, time.perf_counter() - begun)
            raise


def count(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer.

    route  as declared: /sources/{source}
    """
    REQUESTS.labels(method if method in _METHODS else "other", route, str(status)).inc()
    REQUEST_S.labels(route).observe(seconds)


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", NO_ROUTE))
