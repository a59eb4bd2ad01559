"""The paths of Segment and RudderStack: what is taken in, what is refused, and how both are answered."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from clew.db.engine import Database
from tests.acceptance.clients.receiver import Receiver, receiver

BATCH = {"batch": [{"type": "track", "event": "deal won", "userId": "u1"}], "sentAt": "2026-03-01T10:00:00Z"}


@pytest.fixture
def edge(database: Database, tmp_path: Path) -> Iterator[Receiver]:
    with receiver(database, tmp_path) as running:
        yield running


def basic(key: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def test_batch_is_in_the_inbox_as_sent_once_it_is_acknowledged(edge: Receiver) -> None:
    sent = json.dumps(BATCH).encode()

    answered = httpx.post(f"{edge.url}/v1/batch", content=sent, headers=basic(edge.key()))

    assert (answered.status_code, answered.json()) == (200, {"success": True})
    [waiting] = edge.inbox()
    assert waiting.arriving.body == sent
    assert (waiting.arriving.source, waiting.arriving.wire, waiting.arriving.kind) == ("crm", "segment", "batch")
    assert not waiting.arriving.quiet
