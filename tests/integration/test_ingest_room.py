"""Who shows no key takes nobody's room and nobody's time: many members, many bodies, bodies that never end."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from clew.db.engine import Database, open_database
from clew.web.ingest import body, room
from clew.web.ingest.limits import Limits
from tests.acceptance.clients.receiver import Receiver, receiver
from tests.acceptance.clients.sending import BATCH, BODY, basic, code, post

EMPTY = gzip.compress(b"", mtime=0)
LIMITS = Limits(body_bytes=100_000, reading_bytes=1_600_000)


@pytest.fixture
def edge(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Receiver]:
    shutil.copytree(migrated_sqlite, tmp_path / ".clew")
    database: Database = open_database(tmp_path / ".clew")
    with receiver(database, tmp_path, limits=LIMITS) as running:
        yield running
    database.close()


def held(edge: Receiver, size: int, headers: str = "", *, path: str = "/v1/batch") -> socket.socket:
    """A connection that has sent all of a body but its last byte."""
    connection = socket.create_connection(("127.0.0.1", edge.port), timeout=20)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {size + 1}\r\n\r\n"
    connection.sendall(head.encode() + b" " * size)
    return connection


def until(is_so: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if is_so():
            return
        threading.Event().wait(0.005)
    raise AssertionError("it never became so")


# -- what is inflated -----------------------------------------------------------------------------------------------


def test_a_body_of_several_members_is_read_and_one_of_thousands_is_not(edge: Receiver) -> None:
    halves = gzip.compress(BODY[:30]) + EMPTY * 900 + gzip.compress(BODY[30:])
    gzipped = basic(edge.key()) | {"content-encoding": "gzip"}

    assert post(edge, gzipped, body=halves).status_code == 200
    assert edge.inbox()[0].arriving.body == BODY
    assert code(post(edge, gzipped, body=EMPTY * 1_100 + gzip.compress(BODY))) == (400, "bad-encoding")


def test_a_member_leaves_no_more_behind_than_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    given, real = list[int](), zlib.decompressobj

    class Stream:
        def __init__(self, bits: int) -> None:
            self._real = real(bits)

        def decompress(self, data: bytes, most: int) -> bytes:
            given.append(len(data))
            return self._real.decompress(data, most)

        def __getattr__(self, name: str) -> object:
            return getattr(self._real, name)

    monkeypatch.setattr(zlib, "decompressobj", Stream)
    whole = gzip.compress(b"x" * 100) * 900 + gzip.compress(b"y" * 100_000, 0)

    assert body._inflated(whole, 31, 10_000_000) == b"x" * 90_000 + b"y" * 100_000
    assert max(given) <= 64_000


@pytest.mark.parametrize("path", ["/v1/events", "/v1/cloudevents"])
def test_where_the_key_stands_in_a_header_it_is_looked_at_before_the_body(edge: Receiver, path: str) -> None:
    broken = {"content-encoding": "gzip", "content-type": "application/cloudevents+json"}

    assert code(post(edge, broken, path, b"no gzip")) == (401, "no-key")
    assert code(post(edge, broken | basic("cw_nobodys"), path, b"no gzip")) == (401, "unknown-key")
    assert code(post(edge, broken | basic(edge.key("own")), path, b"no gzip")) == (400, "bad-encoding")


def test_keys_are_found_while_every_thread_that_inflates_is_busy(edge: Receiver) -> None:
    free = threading.Event()
    try:
        for _ in range(8):
            edge.receiving.threads.submit(free.wait, 20)
        assert post(edge, basic(edge.key())).status_code == 200
    finally:
        free.set()


# -- what is being read ---------------------------------------------------------------------------------------------


def test_strangers_fill_their_share_and_no_more(edge: Receiver) -> None:
    key, place = edge.key(), edge.receiving.room
    with ExitStack() as waiting:
        for _ in range(40):
            waiting.enter_context(held(edge, 99_000))
        until(lambda: sum(place.bodies_of.values()) <= 3 and place.strangers > 0)

        assert place.taken <= place.share
        assert post(edge, basic(key)).status_code == 200
    until(lambda: place.taken == 0)
    assert (place.strangers, place.bytes_of, place.bodies_of) == (0, {}, {})


def test_one_address_sends_so_many_bodies_at_a_time(edge: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BODIES", 3)
    key, place = edge.key(), edge.receiving.room
    in_body = json.dumps(BATCH | {"writeKey": key}).encode()
    with ExitStack() as waiting:
        for _ in range(3):
            waiting.enter_context(held(edge, 10))
        until(lambda: place.bodies_of["127.0.0.1"] == 3)

        assert code(post(edge, {}, body=in_body)) == (503, "overloaded")
        assert post(edge, basic(key)).status_code == 200
    until(lambda: place.taken == 0)
    assert post(edge, {}, body=in_body).status_code == 200


@pytest.mark.parametrize("has_key", [False, True])
def test_a_body_that_comes_too_slowly_is_given_up(
    edge: Receiver, monkeypatch: pytest.MonkeyPatch, has_key: bool
) -> None:
    monkeypatch.setattr(room, "PATIENCE_S", 0.1)
    told = f"X-Write-Key: {edge.key()}\r\n" if has_key else ""

    with held(edge, 10, told) as connection:
        answered = b""
        while piece := connection.recv(10_000):
            answered += piece

    assert answered.startswith(b"HTTP/1.1 408")
    assert json.loads(answered.partition(b"\r\n\r\n")[2])["code"] == "too-slow"
    until(lambda: edge.receiving.room.taken == 0)


def test_a_body_that_keeps_the_least_rate_is_waited_for(edge: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PATIENCE_S", 0.3)
    monkeypatch.setattr(room, "LEAST_RATE", 20)
    head = f"POST /v1/batch HTTP/1.1\r\nHost: x\r\nX-Write-Key: {edge.key()}\r\nContent-Length: {len(BODY)}\r\n\r\n"

    with socket.create_connection(("127.0.0.1", edge.port), timeout=20) as connection:
        connection.sendall(head.encode() + BODY[:100])
        until(lambda: edge.receiving.room.taken == 100)
        threading.Event().wait(0.5)  # longer than the patience with a body of which nothing comes
        connection.sendall(BODY[100:])
        assert connection.recv(10_000).startswith(b"HTTP/1.1 200")
