"""CloudEvents over HTTP: structured, batched, binary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from clew.ingest.wires.model import Wire
from clew.web.endpoint import Endpoint, Open
from clew.web.ingest.answers import Refused
from clew.web.ingest.ways import POST, Way, answering, take_in

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

PATH = "/v1/cloudevents"
_CE = "ce-"
_NEEDED = ("ce-specversion", "ce-id", "ce-source", "ce-type")


def _kept(request: Request) -> Mapping[str, str]:
    """The headers of a binary event, as sent: percent-encoded."""
    headers = {name: value for name, value in request.headers.items() if name.startswith(_CE)}
    return headers | {"content-type": request.headers.get("content-type", "")}


_WIRES = (Wire.CLOUDEVENTS,)
_STRUCTURED = Way(_WIRES, "structured")
_BATCHED = Way(_WIRES, "batched")
_BINARY = Way(_WIRES, "binary", headers=_kept)


async def _take(request: Request) -> Response:
    return await take_in(request, _way(request))


def _way(request: Request) -> Way:
    """Tell the content mode as the standard does: by the media type, else by the ce- headers."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if media.startswith("application/cloudevents-batch"):
        return _json_only(media, _BATCHED)
    if media.startswith("application/cloudevents"):
        return _json_only(media, _STRUCTURED)
    missing = [name for name in _NEEDED if name not in request.headers]
    if missing:
        raise Refused(
            "bad-body",
            f"no CloudEvent: neither Content-Type application/cloudevents+json nor headers {', '.join(missing)}",
        )
    return _BINARY


def _json_only(media: str, way: Way) -> Way:
    if not media.endswith("+json"):
        raise Refused("unknown-encoding", f"'{media}' is not known; allowed: the JSON format, ending in +json")
    return way


ENDPOINTS: tuple[Endpoint, ...] = (Endpoint(PATH, POST, Open.WRITE_KEY, answering(_take, POST), is_async=True),)
