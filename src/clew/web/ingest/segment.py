"""What clients of Segment and RudderStack send."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from clew.ingest.wires.model import Wire
from clew.web.endpoint import Endpoint, Open
from clew.web.ingest.answers import done
from clew.web.ingest.said import by_batch, by_call
from clew.web.ingest.ways import Way, answering, append, endpoint

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

CALLS = ("identify", "track", "page", "screen", "group", "alias", "merge")
SHORT = {"i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias"}  # analytics.js
_BOTH = (Wire.SEGMENT, Wire.RUDDERSTACK)

_BATCH = Way(_BOTH, "batch", by_batch)
_IMPORT = Way(_BOTH, "batch", by_batch, quiet=lambda request: True)
_CALL = {call: Way(_BOTH, call, by_call) for call in CALLS}

_GET = ("GET", "OPTIONS")
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def _pixel(call: str) -> Endpoint:
    """Declare an image whose address carries an event, for mails and pages without scripts."""
    path = f"/pixel/v1/{call}"
    return Endpoint(path, _GET, Open.WRITE_KEY, answering(lambda request: _seen(request, call), _GET), is_async=True)


async def _seen(request: Request, call: str) -> Response:
    event = {name: value for name, value in request.query_params.items() if name != "writeKey"}
    body = json.dumps(_nested(event) | {"type": call}).encode()
    await append(request, _CALL[call], body)
    return done(_PIXEL, "image/gif")


def _nested(flat: dict[str, str]) -> dict[str, object]:
    """properties.plan=gold is {"properties": {"plan": "gold"}}; a name that is a value already stays flat."""
    nested: dict[str, object] = {}
    for name, value in flat.items():
        outer, dot, inner = name.partition(".")
        place = nested.setdefault(outer, {}) if dot else None
        if isinstance(place, dict):
            place[inner] = value
        else:
            nested[name] = value
    return nested


ENDPOINTS: tuple[Endpoint, ...] = (
    endpoint("/v1/batch", _BATCH),
    endpoint("/v1/b", _BATCH),
    endpoint("/v1/import", _IMPORT),
    *(endpoint(f"/v1/{call}", _CALL[call]) for call in CALLS),
    *(endpoint(f"/v1/{short}", _CALL[call]) for short, call in SHORT.items()),
    endpoint("/beacon/v1/batch", _BATCH),
    _pixel("track"),
    _pixel("page"),
)
