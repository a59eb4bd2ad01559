"""Requests as tests send them by hand."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import httpx

from tests.acceptance.clients.receiver import Receiver

EVENT = {"type": "track", "event": "deal won", "userId": "u1", "messageId": "m-1"}
BATCH = {"batch": [EVENT, EVENT], "sentAt": "2026-03-01T10:00:00Z"}
BODY = json.dumps(BATCH).encode()
CLIENT = httpx.Client(verify=False)  # made once: loading certificates takes longer than a request


def basic(key: str) -> dict[str, str]:
    """The header in which Segment's and RudderStack's clients send the key."""
    return {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def post(edge: Receiver, headers: Mapping[str, str], path: str = "/v1/batch", body: bytes = BODY) -> httpx.Response:
    """Send a body as it is."""
    return CLIENT.post(f"{edge.url}{path}", content=body, headers=dict(headers))


def code(answered: httpx.Response) -> tuple[int, str]:
    """Status and code; makes sure that an error tells all three words that clients look for."""
    told: Mapping[str, Any] = answered.json()
    assert set(told) == {"code", "message", "detail"}
    assert told["message"] == told["detail"]
    assert answered.headers["access-control-allow-origin"] == "*"
    return answered.status_code, str(told["code"])
