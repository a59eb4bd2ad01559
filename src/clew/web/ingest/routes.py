"""The ingest edge, answered before all else."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request

from clew.web.counting import count
from clew.web.endpoint import Endpoint
from clew.web.ingest.answers import Refused, refused
from clew.web.ingest.endpoints import ENDPOINTS

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send


class ReceivingFirst:
    """An ASGI application that answers ingest paths itself and leaves all else to another.

    Events come a thousand times as often as pages, and need nothing of what stands before pages.
    """

    def __init__(self, app: Starlette, endpoints: Sequence[Endpoint] = ENDPOINTS) -> None:
        self._app = app
        self._answers = {(method, one.path): one.answer for one in endpoints for method in one.methods}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answers.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if answer is None:
            await self._app(scope, receive, send)
            return
        scope["app"] = self._app
        begun = time.perf_counter()
        response = await answer(Request(scope, receive, send))
        count(scope["method"], scope["path"], response.status_code, time.perf_counter() - begun)
        await response(scope, receive, send)


def unmet(fault: Exception) -> Response:
    """Answer as JSON what no route took: an unknown path, a wrong method."""
    if isinstance(fault, HTTPException) and fault.status_code == 405:
        allowed = (fault.headers or {}).get("Allow", "")
        return refused(Refused("wrong-method", f"this path takes {allowed}"), allowed)
    return refused(Refused("not-found", "nothing is received at this path; docs/reference/ingest-api.md lists them"))
