"""The ways of PostHog and CloudEvents, Clew's own, and uploads."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from clew.access.write_keys import Scope
from clew.db.engine import Database, open_database
from clew.db.tables import upload
from clew.web.ingest.limits import Limits
from tests.acceptance.clients.receiver import Receiver, receiver
from tests.acceptance.clients.sending import CLIENT, code, post


@pytest.fixture
def on_sqlite(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Database]:
    shutil.copytree(migrated_sqlite, tmp_path / ".clew")
    database = open_database(tmp_path / ".clew")
    yield database
    database.close()


@pytest.fixture
def edge(on_sqlite: Database, tmp_path: Path) -> Iterator[Receiver]:
    with receiver(on_sqlite, tmp_path, limits=Limits(upload_bytes=3_000_000)) as running:
        yield running


def bodies(edge: Receiver) -> list[Any]:
    return [json.loads(one.arriving.body) for one in edge.inbox()]


# -- PostHog --------------------------------------------------------------------------------------------------------

CAPTURED = {"event": "deal won", "distinct_id": "u1", "uuid": "0190-1"}


@pytest.mark.parametrize("path", ["/capture/", "/capture", "/batch/", "/batch", "/e/", "/e", "/i/v0/e/"])
def test_posthog_paths_take_an_event_and_answer_as_posthog_does(edge: Receiver, path: str) -> None:
    body = json.dumps(CAPTURED | {"api_key": edge.key("product")}).encode()

    answered = post(edge, {}, path, body)

    assert (answered.status_code, answered.json()) == (200, {"status": 1})
    assert edge.inbox()[0].arriving.wire == "posthog"


@pytest.mark.parametrize("where", ["api_key", "token", "properties", "list"])
def test_posthogs_key_is_found_in_every_body_it_stands_in(edge: Receiver, where: str) -> None:
    key = edge.key("product")
    body: Any = {
        "api_key": CAPTURED | {"api_key": key},
        "token": {"token": key, "batch": [CAPTURED]},
        "properties": CAPTURED | {"properties": {"token": key}},
        "list": [CAPTURED, CAPTURED | {"properties": {"token": key}}],
    }[where]

    assert post(edge, {}, "/e/", json.dumps(body).encode()).status_code == 200
    assert key not in json.dumps(bodies(edge))


@pytest.mark.parametrize("form", ["gzip-js", "base64", "json"])
def test_browser_script_of_posthog_wraps_its_body(edge: Receiver, form: str) -> None:
    plain = json.dumps(CAPTURED | {"api_key": edge.key("product")}).encode()
    body = {
        "gzip-js": gzip.compress(plain),
        "base64": urlencode({"data": base64.b64encode(plain).decode()}).encode(),
        "json": urlencode({"data": plain.decode()}).encode(),
    }[form]

    assert post(edge, {"content-type": "text/plain"}, f"/e/?compression={form}", body).status_code == 200

    assert bodies(edge)[0]["event"] == "deal won"


def test_form_that_holds_no_base64_is_refused(edge: Receiver) -> None:
    assert code(post(edge, {}, "/e/", b"data=%25%25")) == (400, "bad-encoding")


def test_newer_path_of_posthog_answers_for_each_event(edge: Receiver) -> None:
    body = json.dumps({"batch": [CAPTURED, CAPTURED | {"uuid": "0190-2"}, {"event": "no uuid"}, 5]}).encode()

    answered = post(edge, {"authorization": f"Bearer {edge.key('product')}"}, "/i/v1/analytics/events", body)

    assert answered.json() == {"results": {"0190-1": {"result": "ok"}, "0190-2": {"result": "ok"}}}


def test_migration_from_posthog_is_history(edge: Receiver) -> None:
    body = {"api_key": edge.key("product"), "historical_migration": True, "batch": [CAPTURED]}
    assert code(post(edge, {}, "/batch/", json.dumps(body).encode())) == (403, "key-scope")

    body["api_key"] = edge.key("product", Scope.EVENTS, Scope.BACKFILL)
    assert post(edge, {}, "/batch/", json.dumps(body).encode()).status_code == 200
    assert edge.inbox()[0].arriving.quiet


# -- CloudEvents ----------------------------------------------------------------------------------------------------

CLOUD = {"specversion": "1.0", "id": "c1", "source": "/crm", "type": "deal won", "data": {"amount": 1}}
HEADERS = {"ce-specversion": "1.0", "ce-id": "c1", "ce-source": "/crm", "ce-type": "deal%20won"}


@pytest.mark.parametrize(
    ("media", "body", "kind"),
    [
        ("application/cloudevents+json", CLOUD, "structured"),
        ("application/cloudevents+json; charset=UTF-8", CLOUD, "structured"),
        ("Application/CloudEvents-Batch+JSON", [CLOUD, CLOUD], "batched"),
        ("application/cloudevents-batch+json", [], "batched"),
    ],
)
def test_media_type_tells_the_mode_of_a_cloud_event(edge: Receiver, media: str, body: Any, kind: str) -> None:
    headers = {"content-type": media, "x-write-key": edge.key("bus")}

    assert post(edge, headers, "/v1/cloudevents", json.dumps(body).encode()).status_code == 200

    assert edge.inbox()[0].arriving.kind == kind
    assert bodies(edge) == [body]


def test_headers_of_a_binary_event_are_kept_as_sent_and_no_others(edge: Receiver) -> None:
    key = edge.key("bus")
    sent = HEADERS | {"content-type": "text/plain", "ce-region": "eu", "x-other": "1", "authorization": f"Bearer {key}"}

    assert post(edge, sent, "/v1/cloudevents", b"\x00any bytes").status_code == 200

    [waiting] = edge.inbox()
    assert waiting.arriving.body == b"\x00any bytes"
    assert waiting.arriving.headers == HEADERS | {"content-type": "text/plain", "ce-region": "eu"}


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"content-type": "application/json"}, (400, "bad-body")),
        ({name: text for name, text in HEADERS.items() if name != "ce-type"}, (400, "bad-body")),
        ({"content-type": "application/cloudevents+avro"}, (415, "unknown-encoding")),
        ({"content-type": "application/cloudevents"}, (415, "unknown-encoding")),
    ],
)
def test_what_is_no_cloud_event_is_told_so(edge: Receiver, headers: dict[str, str], told: tuple[int, str]) -> None:
    answered = post(edge, headers | {"x-write-key": edge.key("bus")}, "/v1/cloudevents", json.dumps(CLOUD).encode())

    assert code(answered) == told


# -- Clew's own -----------------------------------------------------------------------------------------------------


def test_each_event_of_clews_own_gets_a_verdict(edge: Receiver) -> None:
    good = {"id": "1", "event": "deal won", "account": "acme", "at": "2026-03-01T10:00:00Z"}
    body = json.dumps({"events": [good, {"evnt": "typo"}]}).encode()

    answered = post(edge, {"x-write-key": edge.key("own")}, "/v1/events", body)

    told = answered.json()
    assert answered.status_code == 200
    assert (told["accepted"], told["rejected"]) == (1, 1)
    assert told["results"][0] == {"id": "1", "result": "accepted"}
    assert told["results"][1]["why"] == "wrong field"
    assert told["results"][1]["place"] == "evnt"


def test_many_events_are_looked_into_beside_the_event_loop(edge: Receiver) -> None:
    events = [{"id": str(number), "event": "deal won", "account": "acme"} for number in range(2_000)]

    answered = post(edge, {"x-write-key": edge.key("own")}, "/v1/events", json.dumps(events).encode())

    assert answered.json()["accepted"] == 2_000


def test_backfill_is_asked_for_in_the_address(edge: Receiver) -> None:
    key = edge.key("own", Scope.EVENTS, Scope.BACKFILL)

    post(edge, {"x-write-key": key}, "/v1/events?backfill=true", b'[{"event": "deal won", "account": "a"}]')

    assert edge.inbox()[0].arriving.quiet


# -- uploads --------------------------------------------------------------------------------------------------------

ROWS = b"id,account,at\n" + b"1,acme,2026-03-01\n" * 100_000


def uploads(edge: Receiver) -> list[Any]:
    with edge.database.read() as connection:
        return list(connection.execute(select(upload)))


def test_upload_is_a_file_of_the_workspace_that_waits(database: Database, tmp_path: Path) -> None:
    with receiver(database, tmp_path) as edge:
        key = edge.key("exports", Scope.UPLOAD)

        answered = post(edge, {"x-write-key": key}, "/v1/sources/exports/upload?name=Orders 2026.csv", ROWS)

        [row] = uploads(edge)
        assert answered.json() == {"success": True, "upload": row.id, "bytes": len(ROWS)}
        assert (row.source, row.state) == ("exports", "waiting")
        assert row.file.endswith("-Orders-2026.csv")
        assert (tmp_path / row.file).read_bytes() == ROWS
        assert edge.inbox() == []


def test_two_uploads_of_one_name_are_two_files(edge: Receiver) -> None:
    key = edge.key("exports", Scope.UPLOAD)

    for _ in range(2):
        post(edge, {"x-write-key": key}, "/v1/sources/exports/upload?name=a.parquet", b"PAR1")

    assert len({row.file for row in uploads(edge)}) == 2


def test_compressed_upload_keeps_its_form_and_is_named_so(edge: Receiver) -> None:
    headers = {"x-write-key": edge.key("exports", Scope.UPLOAD), "content-encoding": "gzip"}

    post(edge, headers, "/v1/sources/exports/upload?name=a.csv", gzip.compress(ROWS))

    assert uploads(edge)[0].file.endswith("-a.csv.gz")


@pytest.mark.parametrize("name", ["../../../etc/x.csv", "/x.csv", ".x.csv", "a/b/x.csv", "%00x.csv"])
def test_name_of_an_upload_leads_nowhere_else(edge: Receiver, tmp_path: Path, name: str) -> None:
    key = edge.key("exports", Scope.UPLOAD)

    assert post(edge, {"x-write-key": key}, f"/v1/sources/exports/upload?name={name}", ROWS).status_code == 200

    folder = tmp_path / ".clew/uploads/exports"
    assert [path.name for path in folder.iterdir()] == [Path(uploads(edge)[0].file).name]


@pytest.mark.parametrize(
    ("source", "name", "told"),
    [
        ("exports", "a.xlsx", (400, "bad-body")),
        ("exports", "", (400, "bad-body")),
        ("crm", "a.csv", (403, "key-scope")),
    ],
)
def test_upload_that_cannot_be_read_or_is_not_for_this_source_is_refused(
    edge: Receiver, source: str, name: str, told: tuple[int, str]
) -> None:
    key = edge.key("exports", Scope.UPLOAD)

    assert code(post(edge, {"x-write-key": key}, f"/v1/sources/{source}/upload?name={name}", ROWS)) == told
    assert uploads(edge) == []


def test_empty_upload_is_refused_and_leaves_nothing(edge: Receiver, tmp_path: Path) -> None:
    key = edge.key("exports", Scope.UPLOAD)

    answer = post(edge, {"x-write-key": key}, "/v1/sources/exports/upload?name=a.csv", b"")

    assert code(answer) == (400, "bad-body")
    assert "the upload is empty" in answer.text
    assert uploads(edge) == []
    assert not list((tmp_path / ".clew").rglob("*.csv*"))


def test_key_for_events_uploads_nothing(edge: Receiver) -> None:
    headers = {"x-write-key": edge.key("exports")}

    assert code(post(edge, headers, "/v1/sources/exports/upload?name=a.csv", ROWS)) == (403, "key-scope")


def test_upload_that_is_too_large_leaves_no_file(edge: Receiver, tmp_path: Path) -> None:
    headers = {"x-write-key": edge.key("exports", Scope.UPLOAD)}
    pieces = (ROWS for _ in range(3))

    answered = CLIENT.post(f"{edge.url}/v1/sources/exports/upload?name=a.csv", content=pieces, headers=headers)

    assert code(answered) == (413, "too-large")
    assert list((tmp_path / ".clew/uploads/exports").iterdir()) == []
    assert uploads(edge) == []


def test_upload_onto_a_full_disk_is_told_and_leaves_nothing(edge: Receiver, tmp_path: Path) -> None:
    (tmp_path / ".clew/uploads").write_text("a file where the folder should be")

    answered = post(edge, {"x-write-key": edge.key("exports", Scope.UPLOAD)}, "/v1/sources/exports/upload?name=a.csv")

    assert code(answered) == (503, "cannot-store")
    assert uploads(edge) == []
