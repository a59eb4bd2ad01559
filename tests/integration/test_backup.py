"""A backup brings everything back as it was, on either database, and nothing that is damaged or in the way."""

from __future__ import annotations

import gzip
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from clew.accounts.persons import open_persons
from clew.archive.manifest import read_manifest
from clew.archive.reader import open_archive
from clew.config import read_settings
from clew.db.engine import Database, open_database
from clew.db.migrations import NewerSchema, is_current, migrate
from clew.db.rows import tables_of
from clew.db.tables import INBOX, MAIN, attempt, backup, cursor, due, inbox, lease, run, tail_block, transition, upload
from clew.errors import BadRequest
from clew.ingest.load import load
from clew.live.backups.making import LEFT_OUT, make_backup
from clew.live.backups.model import BadBackup, NotEmpty
from clew.live.backups.restoring import check_backup, restore_backup
from clew.workspace.workspace import open_workspace
from tests.postgres_server import PostgresOfTests
from tests.rows import row

NOW = 1_700_000_000_000_000
SOURCE = """
file: exports/visits*.csv
id: id
time_zone: UTC
account: {firm: firm}
contact: {id: who, email: mail}
events:
  - {event: "visited {page}", at: at}
"""
ROWS = "id,firm,who,mail,page,at\n1,f1,p1,ada@f1.example,home,2023-01-01\n2,f2,p2,bo@f2.example,help,2023-01-02\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with a loaded export, persons, secrets and things that no backup needs; `database` stands in it."""
    files = {
        "clew.yaml": "firm: Shop\ncurrency: EUR\ntime_zone: UTC\n",
        "sources/visits.yaml": SOURCE,
        "journeys/none.md": "later",
        "exports/visits.csv": ROWS,
        ".venv/lib.md": "not ours",
        ".clew/settings.env": "CLEW_PORT=1\n",
        ".clew/norms.jsonl": '{"norm": 1}\n{"no',
        ".clew/derived/runs.npy": "made again",
        ".clew/uploads/visits/1.csv": ROWS,
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    read_settings(tmp_path / ".clew", {"CLEW_SETTINGS": ""})
    load(tmp_path, open_workspace(tmp_path).sources, now=NOW)
    return tmp_path


def fill(database: Database) -> None:
    """Put something of every kind of value into the tables."""
    with database.inbox.begin() as connection:
        bodies = [row(inbox, body=bytes([number]) * 2_000_000, headers={"ce-id": "ä"}) for number in range(5)]
        connection.execute(inbox.insert(), bodies)
        connection.execute(inbox.insert(), row(inbox, body=b"last"))
        connection.execute(inbox.delete().where(inbox.c.id == 6))
    with database.write() as connection:
        connection.execute(cursor.insert(), {"name": "inbox", "position": 2})
        runs = [row(run, thread=f"t{n}", journey="j", started_at=-n, value=2**62) for n in range(3_000)]
        connection.execute(run.insert(), runs)
        connection.execute(transition.insert(), [row(transition, thread="t", quiet=n == 1) for n in range(2)])
        connection.execute(lease.insert(), {"name": "intake", "owner": "a", "fence": 7, "until": NOW + 1})
        connection.execute(due.insert(), row(due, kind="thread", key="t", at=NOW, leased_until=NOW, fence=7))
        connection.execute(attempt.insert(), row(attempt, bucket="sign-in", at=NOW))  # not kept
        for name in ("exports/visits.csv", ".clew/uploads/visits/1.csv"):
            connection.execute(upload.insert(), row(upload, source="visits", file=name, state="waiting"))


def content(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a backup holds."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for engine, part in ((database.main, MAIN), (database.inbox, INBOX)):
        with engine.connect().execution_options(reads_only=True) as connection, connection.begin():
            for name, table in tables_of(connection, part.tables.keys() - LEFT_OUT).items():
                key = list(table.primary_key.columns)
                found[name] = [tuple(one) for one in connection.execute(select(table).order_by(*key))]
    return found


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where the backup is brought back to."""
    if request.param == "sqlite":
        yield None
        return
    server: PostgresOfTests = request.getfixturevalue("postgres_server")
    with server.new_database() as address:
        yield address


def test_everything_comes_back_whichever_databases_are_used(
    workspace: Path, database: Database, url: str | None, tmp_path: Path
) -> None:
    fill(database)
    path, into = tmp_path / "kept" / "all.tar.gz", tmp_path / "new"

    made = make_backup(workspace, database, path, now=NOW)
    back = restore_backup(path, into, url=url)

    restored = open_database(into / ".clew", url)
    before, after = content(database), content(restored)
    assert [one[1:] for one in before["backup"]] == [(str(path), NOW, path.stat().st_size)]
    before["lease"] = [("intake", "a", 7, 0)]  # nobody holds it any more, and the next fence is higher
    leased = list(due.c.keys()).index("leased_until")
    before["due"] = [(*one[:leased], None, *one[leased + 1 :]) for one in before["due"]]
    assert after == before
    assert made.rows == {name: len(rows) for name, rows in before.items()} == back.rows
    with restored.inbox.begin() as connection:  # a number that was given once is not given again
        assert connection.execute(inbox.insert().values(row(inbox)).returning(inbox.c.id)).scalar_one() == 7
    assert is_current(restored)
    restored.close()


def test_files_come_back_as_they_were(workspace: Path, database: Database, tmp_path: Path) -> None:
    fill(database)
    path, into = tmp_path / "all.tar.gz", tmp_path / "new"
    make_backup(workspace, database, path, now=NOW)

    restore_backup(path, into)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    names = {p.relative_to(into).as_posix() for p in into.rglob("*") if p.is_file()}
    assert {"clew.yaml", "sources/visits.yaml", "journeys/none.md", ".clew/secret"} <= names
    assert {"exports/visits.csv", ".clew/uploads/visits/1.csv"} <= names  # sent and not loaded yet
    assert not {".venv/lib.md", ".clew/settings.env", ".clew/derived/runs.npy", ".clew/load.lock"} & names
    assert (into / ".clew/norms.jsonl").read_text() == '{"norm": 1}\n'  # a line under way is none
    assert stat.S_IMODE((into / ".clew/secret").stat().st_mode) == 0o600
    assert read_settings(into / ".clew", {}).secret == read_settings(workspace / ".clew", {"CLEW_PORT": ""}).secret
    assert read_manifest(into / ".clew") == read_manifest(workspace / ".clew")
    assert open_archive(into / ".clew").damaged() == []
    assert open_archive(into / ".clew").events == 2
    with open_persons(into / ".clew") as persons:
        assert [one.email for one in persons.find("p1")] == ["ada@f1.example"]
    assert [p for p in into.iterdir() if p.name.startswith(".restore")] == []
    assert [p for p in (workspace / ".clew").iterdir() if p.name.startswith(".backup")] == []


def test_a_workspace_that_was_never_served_or_loaded_can_be_backed_up(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "clew.yaml").write_text("firm: Shop\n")
    database = open_database(folder / ".clew")
    migrate(database)
    make_backup(folder, database, tmp_path / "all.tar.gz", now=NOW)
    database.close()

    back = restore_backup(tmp_path / "all.tar.gz", tmp_path / "new")

    assert back.index.generation == 0
    assert (tmp_path / "new/clew.yaml").read_text() == "firm: Shop\n"


@pytest.fixture
def kept(workspace: Path, migrated_sqlite: Path, tmp_path: Path) -> Path:
    database = open_database(tmp_path / ".clew")
    migrate(database)
    make_backup(workspace, database, tmp_path / "all.tar.gz", now=NOW)
    database.close()
    return tmp_path / "all.tar.gz"


def test_a_damaged_backup_is_refused_and_leaves_nothing(kept: Path, tmp_path: Path) -> None:
    whole = kept.read_bytes()
    unpacked = bytearray(gzip.decompress(whole))
    unpacked[unpacked.index(b"ada@f1.example")] ^= 1
    broken = {
        "half": whole[: len(whole) // 2],
        "altered": gzip.compress(bytes(unpacked)),
        "other": b"no backup at all",
        "empty": b"",
    }

    for name, data in broken.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(BadBackup, match=str(tmp_path / name)):
            restore_backup(tmp_path / name, tmp_path / "new")
        with pytest.raises(BadBackup):
            check_backup(tmp_path / name)
        assert not (tmp_path / "new").exists()
    assert check_backup(kept).head.at == NOW


def test_a_place_that_is_not_empty_is_left_alone(kept: Path, tmp_path: Path, postgres_url: str) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new/letter.txt").write_text("dear")
    other = open_database(tmp_path, postgres_url)
    migrate(other)
    other.close()

    with pytest.raises(NotEmpty, match="name a new folder"):
        restore_backup(kept, tmp_path / "new")
    with pytest.raises(NotEmpty, match="name an empty one"):
        restore_backup(kept, tmp_path / "newer", url=postgres_url)

    assert os.listdir(tmp_path / "new") == ["letter.txt"]
    assert not (tmp_path / "newer").exists()


def test_a_backup_does_not_overwrite_a_file_and_a_failed_one_is_not_listed(
    workspace: Path, database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "all.tar.gz"
    path.write_text("last week's")
    with pytest.raises(BadRequest, match="exists already"):
        make_backup(workspace, database, path, now=NOW)
    manifest = workspace / ".clew/manifest.json"
    manifest.write_text("{")

    with pytest.raises(Exception, match="no JSON"):
        make_backup(workspace, database, tmp_path / "other", now=NOW)

    with database.read() as connection:
        assert connection.execute(select(backup)).all() == []
    assert path.read_text() == "last week's"
    assert not (tmp_path / "other").exists()


def test_a_backup_of_a_newer_clew_is_refused(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clew.live.backups.restoring.known_schemas", lambda: frozenset({"0000"}))

    with pytest.raises(NewerSchema, match="schema 0001"):
        restore_backup(kept, tmp_path / "new")


def test_an_empty_text_of_postgres_stays_one(database: Database, workspace: Path, tmp_path: Path) -> None:
    """COPY has a spelling for NULL of its own, and tabs and backslashes must survive it."""
    odd = ["", "\\N", "tab\there", "line\nbreak", "back\\slash", "ünï😀"]
    with database.write() as connection:
        blocks = [row(tail_block, position=n, source=name, body=b"\x00\xff") for n, name in enumerate(odd)]
        connection.execute(tail_block.insert(), blocks)
    make_backup(workspace, database, tmp_path / "all.tar.gz", now=NOW)

    restore_backup(tmp_path / "all.tar.gz", tmp_path / "new")

    restored = open_database(tmp_path / "new/.clew")
    with restored.read() as connection:
        assert connection.execute(select(tail_block.c.source).order_by(tail_block.c.position)).scalars().all() == odd
        assert connection.execute(text("SELECT count(*) FROM app_user")).scalar() == 0
    restored.close()
