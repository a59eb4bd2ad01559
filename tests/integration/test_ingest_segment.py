"""The ways of Segment and RudderStack: how bodies, keys and errors are written, and what stands in the inbox then."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from clew.access.write_keys import Scope, end_key, key_of, rotate_key
from clew.db.engine import Database, open_database
from clew.web.ingest.limits import Limits
from tests.acceptance.clients.receiver import NOW, SOURCES, Receiver, receiver
from tests.acceptance.clients.sending import BATCH, BODY, CLIENT, EVENT, basic, code, post

HOUR_US = 3_600_000_000


@pytest.fixture
def on_sqlite(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Database]:
    shutil.copytree(migrated_sqlite, tmp_path / ".clew")
    database = open_database(tmp_path / ".clew")
    yield database
    database.close()


@pytest.fixture
def edge(on_sqlite: Database, tmp_path: Path) -> Iterator[Receiver]:
    with receiver(on_sqlite, tmp_path, limits=Limits(body_bytes=100_000)) as running:
        yield running


def test_batch_is_in_the_inbox_as_sent_once_it_is_acknowledged(database: Database, tmp_path: Path) -> None:
    with receiver(database, tmp_path) as edge:
        answered = post(edge, basic(edge.key()))

        assert (answered.status_code, answered.json()) == (200, {"success": True})
        [waiting] = edge.inbox()
        assert waiting.arriving.body == BODY
        assert (waiting.arriving.source, waiting.arriving.wire, waiting.arriving.kind) == ("crm", "segment", "batch")
        assert waiting.arriving.quiet is False


@pytest.mark.parametrize("call", ["identify", "track", "page", "screen", "group", "alias", "merge"])
def test_each_call_has_a_path_of_its_own_that_says_what_it_is(edge: Receiver, call: str) -> None:
    assert post(edge, basic(edge.key()), f"/v1/{call}", b'{"userId": "u1"}').status_code == 200

    assert edge.inbox()[0].arriving.kind == call


@pytest.mark.parametrize(
    ("path", "kind"), [("/v1/b", "batch"), ("/v1/t", "track"), ("/v1/i", "identify"), ("/v1/p", "page")]
)
def test_short_paths_of_the_browser_script_are_the_same(edge: Receiver, path: str, kind: str) -> None:
    body = json.dumps(BATCH | {"writeKey": edge.key()}).encode()

    assert post(edge, {"content-type": "text/plain"}, path, body).status_code == 200

    assert edge.inbox()[0].arriving.kind == kind


def test_source_says_which_of_both_wires_it_is(edge: Receiver) -> None:
    post(edge, basic(edge.key("shop")))

    assert edge.inbox()[0].arriving.wire == "rudderstack"


# -- keys -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["basic", "raw basic", "bearer", "header", "body", "query"])
def test_key_is_found_wherever_a_client_puts_it(edge: Receiver, place: str) -> None:
    key = edge.key()
    headers = {
        "basic": basic(key),
        "raw basic": {"authorization": f"Basic {key}"},
        "bearer": {"authorization": f"Bearer {key}"},
        "header": {"x-write-key": key},
    }.get(place, {})
    body = json.dumps(BATCH | {"writeKey": key}).encode() if place == "body" else BODY
    path = f"/beacon/v1/batch?writeKey={key}" if place == "query" else "/v1/batch"

    assert post(edge, headers, path, body).status_code == 200


def test_key_in_the_body_counts_where_the_header_holds_something_else(edge: Receiver) -> None:
    body = json.dumps(BATCH | {"writeKey": edge.key()}).encode()

    assert post(edge, {"authorization": "Bearer token-of-an-oauth-server"}, body=body).status_code == 200


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, (401, "no-key")),
        ({"authorization": "Basic"}, (401, "no-key")),
        ({"authorization": "Digest a=b"}, (401, "no-key")),
        (basic("wrong"), (401, "unknown-key")),
        ({"authorization": "Basic %%%"}, (401, "unknown-key")),
        ({"x-write-key": "wrong"}, (401, "unknown-key")),
    ],
)
def test_without_a_key_that_holds_nothing_is_taken(
    edge: Receiver, headers: dict[str, str], told: tuple[int, str]
) -> None:
    answered = post(edge, headers)

    assert code(answered) == told
    assert "www-authenticate" in answered.headers
    assert edge.inbox() == []


def test_key_that_ends_in_the_future_holds_until_then(edge: Receiver) -> None:
    old = edge.key()
    with edge.database.write() as connection:
        new, _ = rotate_key(connection, 1, overlap_us=HOUR_US, now=edge.receiving.now())

    assert post(edge, basic(old)).status_code == 200
    assert post(edge, basic(new)).status_code == 200


def test_ended_key_is_refused(edge: Receiver) -> None:
    key = edge.key()
    with edge.database.write() as connection:
        end_key(connection, 1, now=NOW)

    assert code(post(edge, basic(key))) == (401, "unknown-key")


def test_last_use_of_a_key_is_noted_when_the_process_stops_at_the_latest(edge: Receiver) -> None:
    post(edge, basic(edge.key()))

    edge.receiving.keys.note_uses()

    with edge.database.read() as connection:
        assert key_of(connection, 1).used_at is not None


# -- scopes ---------------------------------------------------------------------------------------------------------


def test_import_is_history_and_needs_the_scope_for_it(edge: Receiver) -> None:
    assert code(post(edge, basic(edge.key()), "/v1/import")) == (403, "key-scope")

    assert post(edge, basic(edge.key("crm", Scope.EVENTS, Scope.BACKFILL)), "/v1/import").status_code == 200
    assert edge.inbox()[0].arriving.quiet


def test_whatever_comes_under_a_key_for_history_alone_is_history(edge: Receiver) -> None:
    assert post(edge, basic(edge.key("crm", Scope.BACKFILL))).status_code == 200

    assert edge.inbox()[0].arriving.quiet


def test_key_for_uploads_sends_no_events(edge: Receiver) -> None:
    assert code(post(edge, basic(edge.key("crm", Scope.UPLOAD)))) == (403, "key-scope")


@pytest.mark.parametrize("source", ["product", "bus", "exports"])
def test_source_that_receives_something_else_says_so(edge: Receiver, source: str) -> None:
    answered = post(edge, basic(edge.key(source)))

    assert code(answered) == (403, "other-wire")
    assert source in answered.json()["message"]


def test_source_whose_file_cannot_be_read_loses_nothing(edge: Receiver) -> None:
    assert "broken" not in SOURCES

    assert post(edge, basic(edge.key("broken"))).status_code == 200
    assert edge.inbox()[0].arriving.wire == "segment"


# -- bodies ---------------------------------------------------------------------------------------------------------

DEFLATE = zlib.compressobj(wbits=-15)
BARE_DEFLATE = DEFLATE.compress(BODY) + DEFLATE.flush()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(BODY), {"content-encoding": "gzip"}),
        (gzip.compress(BODY), {"content-encoding": "GZIP", "content-type": "application/x-www-form-urlencoded"}),
        (gzip.compress(BODY), {}),  # some proxies lose the header
        (gzip.compress(BODY[:20]) + gzip.compress(BODY[20:]), {"content-encoding": "gzip"}),  # two members
        (zlib.compress(BODY), {"content-encoding": "deflate"}),
        (BARE_DEFLATE, {"content-encoding": "deflate"}),
        (BODY, {"content-encoding": "identity"}),
        (BODY, {"content-type": "text/plain;charset=UTF-8"}),
        (b"  " + BODY, {}),
    ],
)
def test_content_encoding_decides_how_a_body_is_read_and_its_type_never(
    edge: Receiver, body: bytes, headers: dict[str, str]
) -> None:
    assert post(edge, basic(edge.key()) | headers, body=body).status_code == 200

    assert edge.inbox()[0].arriving.body.strip() == BODY


def test_chunked_body_without_a_length_is_read(edge: Receiver) -> None:
    pieces = (BODY[begin : begin + 7] for begin in range(0, len(BODY), 7))

    answered = CLIENT.post(f"{edge.url}/v1/batch", content=pieces, headers=basic(edge.key()))

    assert answered.status_code == 200
    assert edge.inbox()[0].arriving.body == BODY


LARGE = json.dumps({"batch": [{"event": "x" * 100_000}]}).encode()


@pytest.mark.parametrize(
    ("body", "headers", "told"),
    [
        (b"", {}, (400, "bad-json")),
        (b"{", {}, (400, "bad-json")),
        (b"[{]", {}, (400, "bad-json")),
        (b"\xff\xfe", {}, (400, "bad-json")),
        (b"5", {}, (400, "bad-body")),
        (b'{"batch": null}', {}, (400, "bad-body")),
        (b'{"batch": "[]"}', {}, (400, "bad-body")),
        (b'{"batch": [' + b"[" * 50_000 + b"]" * 50_000 + b"]}", {}, (413, "too-large")),
        (b'{"batch": [' + b"[" * 40_000 + b"]" * 40_000 + b"]}", {}, (400, "too-deep")),
        (json.dumps({"batch": [1] * 10_001}).encode(), {}, (413, "too-many-events")),
        (BODY, {"content-encoding": "gzip"}, (400, "bad-encoding")),
        (gzip.compress(BODY)[:-9], {"content-encoding": "gzip"}, (400, "bad-encoding")),
        (BODY, {"content-encoding": "br"}, (415, "unknown-encoding")),
        (BODY, {"content-encoding": "gzip, gzip"}, (415, "unknown-encoding")),
        (LARGE, {}, (413, "too-large")),
        (gzip.compress(LARGE), {"content-encoding": "gzip"}, (413, "too-large")),
        (gzip.compress(b" " * 50_000_000), {"content-encoding": "gzip"}, (413, "too-large")),  # a ratio of 1,000
        (gzip.compress(b" " * 90_000) * 2, {"content-encoding": "gzip"}, (413, "too-large")),
    ],
)
def test_body_that_cannot_be_taken_is_refused_whole(
    edge: Receiver, body: bytes, headers: dict[str, str], told: tuple[int, str]
) -> None:
    answered = post(edge, basic(edge.key()) | headers, body=body)

    assert code(answered) == told
    assert edge.inbox() == []


def test_chunked_body_that_never_ends_is_cut_off(edge: Receiver) -> None:
    answered = CLIENT.post(
        f"{edge.url}/v1/batch", content=(b" " * 1_000 for _ in range(200)), headers=basic(edge.key())
    )

    assert code(answered) == (413, "too-large")


@pytest.mark.parametrize(
    "batch",
    ["[]", "[null]", '["a", 1]', '[{"type": 5}]', '[{"anonymousId": null, "properties": null}]', '[{"a": "\\u0000"}]'],
)
def test_event_that_is_wrong_keeps_nothing_from_being_taken_in(edge: Receiver, batch: str) -> None:
    body = f'{{"batch": {batch}}}'.encode()

    assert post(edge, basic(edge.key()), body=body).status_code == 200
    assert edge.inbox()[0].arriving.body == body


def test_how_often_a_client_tried_is_kept_with_the_body(edge: Receiver) -> None:
    post(edge, basic(edge.key()) | {"x-retry-count": "3"})

    assert edge.inbox()[0].arriving.headers == {"x-retry-count": "3"}


def test_key_is_not_kept_with_the_body(edge: Receiver) -> None:
    key = edge.key()

    assert post(edge, {}, body=json.dumps(BATCH | {"writeKey": key}).encode()).status_code == 200

    assert json.loads(edge.inbox()[0].arriving.body) == BATCH | {"writeKey": "*" * len(key)}


def test_half_a_body_is_not_taken(edge: Receiver) -> None:
    head = f"POST /v1/batch HTTP/1.1\r\nHost: x\r\nX-Write-Key: {edge.key()}\r\nContent-Length: {len(BODY)}\r\n\r\n"

    with socket.create_connection(("127.0.0.1", edge.port)) as connection:
        connection.sendall(head.encode() + BODY[:20])
    assert post(edge, basic(edge.key("shop"))).status_code == 200

    assert [waiting.arriving.source for waiting in edge.inbox()] == ["shop"]


# -- methods, paths, browsers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_told_which_is_right(edge: Receiver, method: str) -> None:
    answered = CLIENT.request(method, f"{edge.url}/v1/batch")

    assert answered.status_code == 405
    assert {one.strip() for one in answered.headers["allow"].split(",")} == {"POST", "OPTIONS"}
    assert method == "HEAD" or answered.json()["code"] == "wrong-method"


def test_unknown_path_is_told_as_json(edge: Receiver) -> None:
    assert code(post(edge, {}, "/v1/nothing")) == (404, "not-found")


def test_script_of_any_page_may_send(edge: Receiver) -> None:
    asked = {
        "origin": "https://shop.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,anonymousid",
    }

    preflight = CLIENT.options(f"{edge.url}/v1/track", headers=asked)
    answered = post(edge, basic(edge.key()) | {"origin": "https://shop.example"}, "/v1/track", b"{}")

    assert (preflight.status_code, preflight.json()) == (200, {})
    assert preflight.headers["access-control-allow-headers"] == asked["access-control-request-headers"]
    assert "POST" in preflight.headers["access-control-allow-methods"]
    for one in (preflight, answered):
        assert one.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in one.headers


def test_pixel_is_an_image_and_its_address_an_event(edge: Receiver) -> None:
    asked = {
        "writeKey": edge.key("shop"),
        "event": "mail opened",
        "anonymousId": "a1",
        "properties.plan": "gold",
        "properties": "x",
    }

    answered = CLIENT.get(f"{edge.url}/pixel/v1/track", params=asked)

    assert (answered.status_code, answered.headers["content-type"]) == (200, "image/gif")
    assert answered.content.startswith(b"GIF89a")
    [waiting] = edge.inbox()
    assert waiting.arriving.kind == "track"
    assert json.loads(waiting.arriving.body) == {
        "type": "track",
        "event": "mail opened",
        "anonymousId": "a1",
        "properties": "x",
    }


# -- when it is too much --------------------------------------------------------------------------------------------


def test_key_that_sends_too_fast_is_told_when_to_come_again_and_others_are_not(
    on_sqlite: Database, tmp_path: Path
) -> None:
    with receiver(on_sqlite, tmp_path, limits=Limits(events_per_second=2)) as edge:
        hasty, calm = edge.key(), edge.key()
        many = json.dumps({"batch": [EVENT] * 50}).encode()
        assert post(edge, basic(hasty), body=many).status_code == 200

        answered = post(edge, basic(hasty))

        assert code(answered) == (429, "too-fast")
        assert 1 <= int(answered.headers["retry-after"]) <= 15
        assert post(edge, basic(calm)).status_code == 200


def test_more_bodies_than_there_is_room_for_are_turned_away(on_sqlite: Database, tmp_path: Path) -> None:
    with receiver(on_sqlite, tmp_path, limits=Limits(reading_bytes=10)) as edge:
        answered = post(edge, basic(edge.key()))

        assert code(answered) == (503, "overloaded")
        assert int(answered.headers["retry-after"]) >= 1
        assert edge.inbox() == []


def test_when_nothing_can_be_written_the_answer_is_never_success(database: Database, tmp_path: Path) -> None:
    with receiver(database, tmp_path) as edge:
        with database.inbox.begin() as connection:
            connection.execute(text("ALTER TABLE inbox RENAME TO away"))
        answered = post(edge, basic(edge.key()))
        with database.inbox.begin() as connection:
            connection.execute(text("ALTER TABLE away RENAME TO inbox"))

        assert code(answered) == (503, "cannot-store")
        assert int(answered.headers["retry-after"]) >= 1
        assert post(edge, basic(edge.key())).status_code == 200
