"""Find the write key of a request: every client library puts it somewhere else."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request


def keys_told(request: Request, of_body: str = "") -> Iterator[str]:
    """Give what may be the key, in the order in which it counts.

    of_body  what the body says: writeKey of Segment, api_key of PostHog
    """
    yield from keys_of_headers(request)
    if of_body:
        yield of_body
    if request.scope["query_string"] and (told := request.query_params.get("writeKey")):
        yield told


def keys_of_headers(request: Request) -> Iterator[str]:
    """Give those that are known before the body is read."""
    if told := request.headers.get("authorization"):
        yield from _of_authorization(told)
    if told := request.headers.get("x-write-key"):
        yield told


def _of_authorization(told: str) -> Iterator[str]:
    """Basic base64("KEY:"), as Segment; Basic KEY, as Dittofeed; Bearer KEY."""
    scheme, _, given = told.partition(" ")
    given = given.strip()
    if scheme.casefold() == "basic":
        try:
            user = base64.b64decode(given, validate=True).decode().partition(":")[0]
            if user:
                yield user
        except (binascii.Error, UnicodeDecodeError):
            pass
    if given and scheme.casefold() in ("basic", "bearer"):
        yield given
