"""What clients of PostHog send."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import msgspec

from clew.ingest.wires.model import Wire
from clew.web.endpoint import Endpoint
from clew.web.ingest.answers import Refused, done, done_saying
from clew.web.ingest.reading import Read, read_posthog
from clew.web.ingest.ways import Way, endpoint

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_STATUS = b'{"status":1}'
PATHS = ("/capture", "/batch", "/e", "/i/v0/e", "/i/v0/ai/batch")


def _unwrap(request: Request, body: bytes) -> bytes:
    """The browser script may send a form: data=BASE64 of the JSON, or data=JSON."""
    del request
    if not body.startswith(b"data="):
        return body
    data = parse_qs(body.decode("ascii", "replace")).get("data", [""])[0]
    if data[:1] in ("{", "["):
        return data.encode()
    try:
        return base64.b64decode(data.replace(" ", "+"), validate=True)
    except binascii.Error as fault:
        raise Refused("bad-encoding", f"the field 'data' is no base64: {fault}") from fault


class _Told(msgspec.Struct):
    uuid: str = ""


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw]


_batch = msgspec.json.Decoder(_Batch).decode
_told = msgspec.json.Decoder(_Told).decode


def _results(body: bytes, read: Read) -> Response:
    """Answer for each event by its uuid, as PostHog's newer path does."""
    del read
    results = {}
    for event in _batch(body).batch:
        try:
            results[_told(event).uuid] = {"result": "ok"}
        except msgspec.DecodeError as fault:
            results[""] = {"result": "drop", "details": str(fault)}
    results.pop("", None)  # who has no uuid cannot be told about
    return done_saying({"results": results})


_ANY = Way((Wire.POSTHOG,), "batch", read_posthog, unwrap=_unwrap, answer=lambda body, read: done(_STATUS))
_NEWER = Way((Wire.POSTHOG,), "batch", read_posthog, answer=_results)

ENDPOINTS: tuple[Endpoint, ...] = (
    *(endpoint(f"{path}{slash}", _ANY) for path in PATHS for slash in ("/", "")),
    endpoint("/i/v1/analytics/events", _NEWER),
)
