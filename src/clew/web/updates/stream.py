"""GET /changes: tells a page which of its parts have changed; the page asks for them anew, under its own rights."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from anyio import to_thread

from clew.access.model import Permission
from clew.web.endpoint import Endpoint
from clew.web.guard import is_still_let_in
from clew.web.parts import parts_of
from clew.web.updates.watcher import KEPT, TOPICS, Watcher, as_id, from_id

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

QUIET_S = 15.0  # a comment after so long, or proxies close the connection
CHECKED_S = 15.0  # whether who listens is still signed in
RETRY_MS = 2000
NEEDS = Permission.SEE
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def changes(request: Request) -> Response:
    """Stream the names of what has changed, from ?of=arrived,runs. Nothing of it is data."""
    from starlette.responses import StreamingResponse

    watcher: Watcher = parts_of(request).kept[KEPT]
    topics = [topic for topic in request.query_params.get("of", "").split(",") if topic in TOPICS]
    told = _tell(request, watcher, topics)
    return StreamingResponse(told, media_type="text/event-stream", headers=_HEADERS)


async def _tell(request: Request, watcher: Watcher, topics: list[str]) -> AsyncIterator[str]:
    last_id = request.headers.get("last-event-id", "")
    yield f"retry: {RETRY_MS}\n\n"
    clock = asyncio.get_running_loop().time
    now = await watcher.refresh()
    seen, checked = dict(from_id(last_id) if last_id else now), clock()
    with watcher.listening() as woken:
        while not watcher.is_closed:
            stamps = watcher.stamps
            for topic in topics:
                if stamps.get(topic) != seen.get(topic):
                    yield f"event: {topic}\nid: {as_id(stamps)}\ndata: changed\n\n"
            seen = dict(stamps)
            if not await _woken(woken):
                yield ": nothing new\n\n"
            if clock() - checked > CHECKED_S:
                if not await to_thread.run_sync(is_still_let_in, request, NEEDS):
                    return
                checked = clock()


async def _woken(event: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(event.wait(), QUIET_S)
    except TimeoutError:
        return False
    event.clear()
    return True


ENDPOINTS = (Endpoint("/changes", ("GET",), NEEDS, changes, is_async=True),)
