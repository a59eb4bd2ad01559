"""What clients of PostHog send."""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import msgspec

from clew.ingest.wires.checking import Checked
from clew.ingest.wires.model import Wire
from clew.web.endpoint import Endpoint
from clew.web.ingest.answers import Refused, done, done_saying
from clew.web.ingest.said import by_posthog
from clew.web.ingest.ways import Way, endpoint

if TYPE_CHECKING:
    from starlette.responses import Response

_DONE = done(b'{"status":1}')
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
PATHS = ("/capture", "/batch", "/e", "/i/v0/e", "/i/v0/ai/batch")


def _unwrap(body: bytes) -> bytes:
    """The browser script may send a form: data=BASE64 of the JSON, or data=JSON."""
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
    uuid: str


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw]


_batch = msgspec.json.Decoder(_Batch).decode
_told = msgspec.json.Decoder(_Told).decode


def _results(body: bytes, checked: Checked) -> Response:
    """Answer for each event by its uuid, as PostHog's newer path does."""
    del checked
    results = {}
    with suppress(*_UNREADABLE):  # no batch: there is nobody to answer
        for event in _batch(body).batch:
            with suppress(*_UNREADABLE):  # without a uuid there is no name to answer under
                results[_told(event).uuid] = {"result": "ok"}
    return done_saying({"results": results})


_ANY = Way((Wire.POSTHOG,), "batch", by_posthog, unwrap=_unwrap, answer=lambda body, checked: _DONE)
_NEWER = Way((Wire.POSTHOG,), "batch", by_posthog, answer=_results)

ENDPOINTS: tuple[Endpoint, ...] = (
    *(endpoint(f"{path}{slash}", _ANY) for path in PATHS for slash in ("/", "")),
    endpoint("/i/v1/analytics/events", _NEWER),
)
