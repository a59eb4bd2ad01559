"""Unmodified client libraries against the real edge on a real port, in good weather and in bad."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from clew.db.engine import Database, open_database
from clew.web.ingest.limits import Limits
from tests.acceptance.clients.receiver import Fault, Receiver, receiver
from tests.acceptance.clients.senders import SENDERS, SINGLE, Sender
from tests.arriving_world import Desk

EVERY = pytest.mark.parametrize("client", SENDERS)


@pytest.fixture
def on_sqlite(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Database]:
    shutil.copytree(migrated_sqlite, tmp_path / ".clew")
    database = open_database(tmp_path / ".clew")
    yield database
    database.close()


@pytest.fixture
def edge(on_sqlite: Database, tmp_path: Path) -> Iterator[Receiver]:
    with receiver(on_sqlite, tmp_path) as running:
        yield running


def ids(edge: Receiver, sender: Sender) -> Counter[str]:
    """How often each event stands in the inbox, by its id."""
    return Counter(event[sender.id] for event in events(edge))


def events(edge: Receiver) -> Sequence[dict[str, Any]]:
    return [event for one in edge.inbox() for event in json.loads(one.arriving.body)["batch"]]


def taken_in(edge: Receiver, sender: Sender, folder: Path) -> dict[str, int]:
    """Take in what stands in the inbox; return what became of it."""
    desk = Desk(folder, edge.database)
    desk.source(sender.source, f"receives: {edge.inbox()[0].arriving.wire}\n")
    desk.now = edge.receiving.now()
    desk.take_in()
    return desk.counts(sender.source)


@EVERY
def test_all_that_a_client_sends_stands_in_the_inbox_once(client: str, database: Database, tmp_path: Path) -> None:
    sender = SENDERS[client]
    with receiver(database, tmp_path) as edge:
        key = edge.key(sender.source)

        assert sender.send(edge.url, key) == []

        assert sorted(ids(edge, sender).values()) == [1] * sender.events
        assert {one.arriving.source for one in edge.inbox()} == {sender.source}
        assert not any(key.encode() in one.arriving.body for one in edge.inbox())
        assert taken_in(edge, sender, tmp_path)["accepted"] == sender.events


@pytest.mark.parametrize("client", SINGLE)
def test_events_of_the_cloud_events_sdk_stand_in_the_inbox_once(client: str, edge: Receiver) -> None:
    sender = SINGLE[client]

    assert sender.send(edge.url, edge.key(sender.source)) == []

    binary, structured = (one.arriving for one in edge.inbox())
    assert (binary.kind, structured.kind) == ("binary", "structured")
    assert binary.headers is not None
    assert binary.headers["ce-type"].replace("%20", " ") == json.loads(structured.body)["type"] == "deal won"


@EVERY
@pytest.mark.parametrize(
    "fault",
    [Fault(429, {"retry-after": "1"}), Fault(503)],
    ids=["429", "503"],
)
def test_client_that_is_asked_to_wait_sends_again_and_nothing_is_lost(
    client: str, edge: Receiver, fault: Fault
) -> None:
    sender = SENDERS[client]
    edge.faults.script.append(fault)

    assert sender.send(edge.url, edge.key(sender.source)) == []

    assert sorted(ids(edge, sender).values()) == [1] * sender.events


@EVERY
def test_answer_lost_after_the_commit_doubles_nothing(client: str, edge: Receiver, tmp_path: Path) -> None:
    sender = SENDERS[client]
    edge.faults.script.append(Fault(cut=True))

    assert sender.send(edge.url, edge.key(sender.source)) == []

    found = ids(edge, sender)
    assert len(found) == sender.events
    assert set(found.values()) <= {1, 2}
    assert 2 in found.values()
    counts = taken_in(edge, sender, tmp_path)
    assert (counts["received"], counts["accepted"]) == (found.total(), sender.events)
    assert "rejected" not in counts


@EVERY
def test_body_that_is_too_large_is_not_sent_again(client: str, on_sqlite: Database, tmp_path: Path) -> None:
    sender = SENDERS[client]
    with receiver(on_sqlite, tmp_path, limits=Limits(body_bytes=50)) as edge:
        sender.send(edge.url, edge.key(sender.source))

        assert edge.inbox() == []
        assert len(edge.faults.seen) <= sender.events


@EVERY
def test_wrong_key_is_told_and_not_sent_again(client: str, edge: Receiver) -> None:
    sender = SENDERS[client]
    edge.key(sender.source)

    sender.send(edge.url, "cw_wrong")

    assert edge.inbox() == []
    assert 1 <= len(edge.faults.seen) <= 2  # RudderStack's client for Node sends its first call by itself
