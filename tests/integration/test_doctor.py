"""The doctor finds what is wrong, says how to mend it, and finds nothing where nothing is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table

from clew.archive.manifest import publish_manifest, read_manifest
from clew.clock import DAY_US, US
from clew.config import read_settings
from clew.db.engine import Database, open_database
from clew.db.migrations import migrate
from clew.db.tables import audit, backup, cursor, due, inbox, parked, rejected, shard, tail_block, upload, worker
from clew.ingest.load import load
from clew.live.health.doctor.examine import examine
from clew.live.health.doctor.model import Finding
from clew.workspace.workspace import open_workspace
from tests.rows import row

NOW = 1_700_000_000 * US
SOURCE = """
file: exports/visits*.csv
id: id
time_zone: UTC
account: {firm: firm}
contact: {id: who, email: mail}
events:
  - {event: "visited {page}", at: at}
"""

VISITING = """
journey: visiting
subject: account
starts: {event: visited home}
stages:
  - {stage: home, enter: {event: visited home}}
"""


class Place:
    """A healthy workspace: loaded, served, backed up."""

    def __init__(self, folder: Path, database: Database, environ: dict[str, str]) -> None:
        self.folder, self.database, self.environ = folder, database, environ
        self.store = folder / ".clew"

    def findings(self) -> list[Finding]:
        return examine(self.folder, self.environ, now=NOW)

    def wrong(self) -> dict[str, str]:
        """What is not fine, by area, with how to mend it."""
        return {one.area: f"{one.grade}: {one.says} → {one.mend}" for one in self.findings() if one.mend}

    def write(self, table: Table, **values: object) -> None:
        with self.database.write() as connection:
            connection.execute(table.insert().values(row(table, **values)))


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    for name, content in {
        "clew.yaml": "firm: Shop\ncurrency: EUR\ntime_zone: UTC\n",
        "sources/visits.yaml": SOURCE,
        "exports/visits.csv": "id,firm,who,mail,page,at\n1,f1,p1,ada@f1.example,home,2023-01-01\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    load(tmp_path, open_workspace(tmp_path).sources, now=NOW)
    database = open_database(tmp_path / ".clew", url)
    migrate(database)
    place = Place(tmp_path, database, {"CLEW_DATABASE_URL": url} if url else {})
    place.write(worker, id="a", role="serve", host="here", process=1, seen_at=NOW)
    place.write(backup, place="b", at=NOW, bytes=1)
    yield place
    database.close()


@pytest.mark.filterwarnings("ignore")
def test_nothing_is_wrong_with_a_healthy_workspace(place: Place) -> None:
    found = place.wrong()
    found.pop("clock", None)  # NOW is long ago

    assert found == {}
    assert {one.area for one in place.findings()} >= {
        "files",
        "secrets",
        "disk",
        "archive",
        "database",
        "tail",
        "audit",
    }


def test_mistakes_in_files_are_found(place: Place) -> None:
    (place.folder / "clew.yaml").write_text("firm: Shop\ncurency: EUR\n")

    assert "clew.yaml:" in place.wrong()["files"]
    assert "clew check" in place.wrong()["files"]


def test_settings_that_make_no_sense_are_found(place: Place) -> None:
    place.environ |= {"CLEW_PORT": "http", "CLEW_DATABSE_URL": "x"}

    found = [one.says for one in place.findings() if one.area == "settings"]

    assert "'CLEW_DATABSE_URL' is no setting; did you mean 'CLEW_DATABASE_URL'?" in found
    assert any("'http' makes no sense" in says for says in found)


def test_secrets_that_others_may_read_are_found(place: Place) -> None:
    read_settings(place.store, {})
    (place.store / "secret").chmod(0o644)
    (place.store / "settings.env").write_text("CLEW_METRICS_TOKEN=0123456789abcdef\n")
    (place.store / "settings.env").chmod(0o640)

    assert f"chmod 600 {place.store / 'secret'}" in place.wrong()["secrets"]
    assert f"chmod 600 {place.store / 'settings.env'}" in place.wrong()["settings"]
    place.store.chmod(0o750)
    assert f"chmod 700 {place.store}" in place.wrong()["secrets"]


def test_a_database_that_does_not_answer_is_found(place: Place) -> None:
    place.environ["CLEW_DATABASE_URL"] = "postgresql://nobody:hidden@127.0.0.1:1/none"

    assert "does not answer" in place.wrong()["database"]
    assert "hidden" not in place.wrong()["database"]


def test_tables_that_are_missing_are_found(place: Place) -> None:
    with place.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE schema_main")

    assert "start 'clew serve' or 'clew worker'" in place.wrong()["database"]


def test_a_damaged_file_of_sqlite_is_found(place: Place) -> None:
    place.database.close()
    path = place.store / "persons.sqlite"
    data = bytearray(path.read_bytes())
    data[4096 : 4096 + 2000] = b"\xff" * 2000
    path.write_bytes(data)

    assert "persons.sqlite is damaged" in place.wrong()["database"]
    assert "bring back the last backup" in place.wrong()["database"]


def test_a_damaged_archive_is_found(place: Place) -> None:
    column = next(place.store.glob("g*/b0000/events/at.npy"))
    data = bytearray(column.read_bytes())
    data[-1] ^= 1
    column.write_bytes(data)
    assert "are not what was written" in place.wrong()["archive"]

    (place.store / "manifest.json").write_text("{")
    assert "is no JSON" in place.wrong()["archive"]


@pytest.mark.parametrize(
    ("archived", "blocks", "following", "folded", "said"),
    [
        (5, [(3, 4), (7, 3)], 10, 10, None),  # a block that is partly archived still stands
        (5, [(7, 3)], 10, 10, "from position 5 on are missing"),
        (5, [(5, 2)], 10, 10, "from position 7 on are missing"),
        (5, [(5, 1), (7, 3)], 10, 10, "from position 6 on are missing"),
        (12, [], 10, 10, "the archive holds the living log up to 12, the database up to 10 only"),
        (10, [], 10, 11, "folded up to 11"),
    ],
)
def test_archive_and_tail_must_fit(
    archived: int, blocks: list[tuple[int, int]], following: int, folded: int, said: str | None, place: Place
) -> None:
    publish_manifest(place.store, replace(read_manifest(place.store), tail=archived))
    place.write(cursor, name="tail", position=following)
    place.write(shard, number=0, position=folded)
    for position, rows in blocks:
        place.write(tail_block, position=position, rows=rows)

    found = place.wrong().get("tail")

    assert found is None if said is None else said in str(found)


def test_a_backlog_is_wrong_where_nobody_works_and_to_be_looked_at_where_somebody_does(place: Place) -> None:
    with place.database.inbox.begin() as connection:
        connection.execute(inbox.insert().values(row(inbox, received_at=NOW - 600 * US)))
    place.write(due, kind="thread", key="t", at=NOW - 7200 * US)

    assert place.wrong()["inbox"].startswith(
        "look: events acknowledged 10 minutes ago are not taken in → start another"
    )
    with place.database.write() as connection:
        connection.execute(worker.update().values(seen_at=NOW - 300 * US))
    assert place.wrong()["inbox"].endswith("start 'clew serve'")
    assert place.wrong()["due"].startswith("wrong: instants that were due 2 hours ago did not wake anything")
    assert "serve 1 on here is silent since 5 minutes" in place.wrong()["workers"]


def test_what_was_put_aside_is_counted(place: Place) -> None:
    place.write(rejected, state="waiting")
    place.write(rejected, state="discarded")
    place.write(upload, file="uploads/a.csv", state="failed")
    place.write(due, kind="thread", key="t", at=NOW + US, tries=3, error="ValueError")

    failed = place.wrong()["journeys"]
    place.write(parked, position=1)
    both = [one.says for one in place.findings() if one.area == "journeys"]

    found = place.wrong()
    assert found["rejected"].startswith("look: 1 events could not be used")
    assert found["uploads"].startswith("look: uploads/a.csv could not be loaded")
    assert failed.startswith("wrong: 1 account could not be brought up to date")
    assert both[0] == "1 events made the fold of their account fail and are left out"


def test_a_duty_that_fails_is_named_with_the_kind_of_its_error(place: Place) -> None:
    doing = {"intake": {"failing": "OperationalError", "failing_since": NOW - 180 * US}, "fold": {"failures": 3}}
    with place.database.write() as connection:
        connection.execute(worker.update().values(doing=doing))
    place.write(due, kind="schedule", key="norms", at=NOW + US, tries=1, error="file-problems")

    assert "intake has failed for 3 minutes (OperationalError) in process 1 on here" in place.wrong()["workers"]
    assert place.wrong()["schedule"].startswith("wrong: taking norms failed (file-problems)")
    assert "journeys" not in place.wrong()


def test_an_old_backup_is_found(place: Place) -> None:
    with place.database.write() as connection:
        connection.execute(backup.update().values(at=NOW - 9 * DAY_US))
    assert place.wrong()["backup"].startswith("look: the last backup is 9 days old")

    with place.database.write() as connection:
        connection.execute(backup.delete())
    assert place.wrong()["backup"].startswith("look: no backup was made yet")


def test_an_altered_audit_log_is_found(place: Place) -> None:
    place.write(audit, id=1, digest="forged")

    assert "row 1 was altered" in " ".join(one.says for one in place.findings() if one.area == "audit")


def test_the_clocks_of_this_machine_and_the_database_are_compared(place: Place) -> None:
    said = [one.says for one in place.findings() if one.area == "clock"]

    assert bool(said) == place.database.is_postgres  # NOW is long ago
    assert all("are" in says and "s apart" in says for says in said)


def clew(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CLEW_")}
    command = [sys.executable, "-m", "clew", *arguments]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("worker",), ("people", "list"), ("keys", "list")])
def test_a_database_that_does_not_answer_is_said_in_one_line(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "clew.yaml").write_text("firm: Shop\ncurrency: EUR\ntime_zone: UTC\n")
    environ = os.environ | {"CLEW_DATABASE_URL": "postgresql://nobody:hidden@127.0.0.1:1/none"}

    refused = subprocess.run(
        [sys.executable, "-m", "clew", *command], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )

    assert refused.returncode == 1
    assert refused.stderr.startswith("the database does not answer: ")
    assert refused.stderr.endswith("see that the database runs and that CLEW_DATABASE_URL names it rightly\n")
    assert len(refused.stderr.splitlines()) == 1
    assert "hidden" not in refused.stderr


def logged(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(clew(folder, "people", "log", "--json").stdout)
    return found


def test_loading_publishing_and_withdrawing_are_in_the_audit_log_where_there_is_a_database(tmp_path: Path) -> None:
    for name, content in {
        "clew.yaml": "firm: Shop\ncurrency: EUR\ntime_zone: UTC\n",
        "sources/visits.yaml": SOURCE,
        "exports/visits.csv": "id,firm,who,mail,page,at\n1,f1,p1,ada@f1.example,home,2023-01-01\n",
        "journeys/visiting.yaml": VISITING,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    assert clew(tmp_path, "load").returncode == 0
    assert not (tmp_path / ".clew/operations.sqlite").exists()
    assert clew(tmp_path, "people", "list").returncode == 0  # makes the database

    assert clew(tmp_path, "load").returncode == 0
    published = clew(tmp_path, "publish")
    assert published.returncode == 0, published.stderr
    assert clew(tmp_path, "publish", "--withdraw", "visiting").returncode == 0

    done = [(row["action"], row["object"]) for row in reversed(logged(tmp_path))]
    assert done == [("load", "log"), ("publish", "journey:visiting"), ("withdraw", "journey:visiting")]


def test_doctor_backup_and_restore_as_commands(tmp_path: Path) -> None:
    shop, new = tmp_path / "shop", tmp_path / "new"
    shop.mkdir()
    (shop / "clew.yaml").write_text("firm: Shop\ncurrency: EUR\ntime_zone: UTC\n")

    assert clew(shop, "backup").returncode == 2  # where to?
    made = clew(shop, "backup", str(tmp_path / "all.tar.gz"))
    assert (made.returncode, made.stderr) == (0, "")
    assert f"wrote {tmp_path}/all.tar.gz: as of " in made.stdout
    assert "is whole: as of " in clew(shop, "restore", "--check", str(tmp_path / "all.tar.gz")).stdout
    refused = clew(shop, "restore", str(tmp_path / "all.tar.gz"))
    assert (refused.returncode, refused.stderr.endswith("name a new folder with --into\n")) == (1, True)
    assert clew(shop, "restore", str(tmp_path / "all.tar.gz"), "--into", str(new)).returncode == 0

    nowhere = clew(shop, "backup", str(tmp_path / "nowhere" / "all.tar.gz"))
    assert (nowhere.returncode, "there is no folder" in nowhere.stderr, (tmp_path / "nowhere").exists()) == (
        2,
        True,
        False,
    )
    assert clew(shop, "backup", "--make-folder", str(tmp_path / "nowhere" / "all.tar.gz")).returncode == 0
    assert [(row["action"], row["actor"].partition(":")[0]) for row in logged(shop)] == [("backup", "command")] * 2
    assert [row["action"] for row in logged(new)] == ["restore"]

    healthy = clew(new, "doctor", "--json")
    assert healthy.returncode == 0
    assert {one["grade"] for one in json.loads(healthy.stdout)} == {"fine"}
    (new / ".clew/secret").chmod(0o644)
    ill = clew(new, "doctor")
    assert ill.returncode == 1
    assert ill.stdout.splitlines()[:2] == [
        f"wrong  secrets   others on this machine may read {new}/.clew/secret",
        f"                 → chmod 600 {new}/.clew/secret",
    ]
