"""The command `clew people`: who may sign in, and the log of what was done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner, Result

from clew.access.signing_in.by_password import From, sign_in
from clew.access.signing_in.links import spend_link
from clew.cli.app import app
from clew.cli.opened import opened
from clew.db.tables import audit, worker
from clew.errors import ClewError
from tests.access_world import FIRM
from tests.rows import row


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "clew.yaml").write_text(FIRM)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLEW_DATABASE_URL", raising=False)
    return tmp_path


def people(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["people", *words], input=typed)


def said(*words: str, typed: str = "") -> str:
    result = people(*words, typed=typed)
    assert result.exit_code == 0, result.output or result.exception
    return result.output


def refused(*words: str, typed: str = "") -> str:
    result = people(*words, typed=typed)
    assert isinstance(result.exception, ClewError)
    return str(result.exception)


def test_people_come_change_and_go() -> None:
    added = said("add", "Anna@Hafen.example", "--name", "Anna Berg", "--role", "admin")
    said("add", "mia@hafen.example", "--role", "member", "--team", "sales", "--team", "service")
    owner = said("role", "mia@hafen.example", "owner")
    teams = said("team", "mia@hafen.example", "service")
    off = said("off", "mia@hafen.example")
    listed = json.loads(said("list", "--json"))

    assert "Anna Berg may sign in as admin." in added
    assert "http://127.0.0.1:8377/sign-in/link/" in added
    assert owner == "mia is journey owner now.\n"
    assert teams == "mia is in service now.\n"
    assert "'clew people on mia@hafen.example' takes it back" in off
    assert [(one["email"], one["role"], one["teams"], one["on"]) for one in listed] == [
        ("anna@hafen.example", "admin", [], True),
        ("mia@hafen.example", "journey owner", ["service"], False),
    ]
    assert "may sign in again as journey owner" in said("on", "mia@hafen.example")


def test_list_is_a_table_that_fits_a_pipe() -> None:
    assert "'clew people add EMAIL --role admin' lets somebody in" in said("list")
    said("add", "anna@hafen.example", "--role", "admin")

    lines = said("list").splitlines()

    assert lines[0].split() == ["address", "name", "role", "teams", "way", "in"]
    assert lines[1].split() == ["anna@hafen.example", "anna", "admin", "link,", "unused"]


def test_password_is_taken_from_the_input() -> None:
    said("add", "anna@hafen.example", "--role", "admin")

    said("password", "anna@hafen.example", typed="nine lanterns at sea\n")

    with opened() as here:
        now, secret = here.now, here.settings.secret
        come = From("127.0.0.1")
        signed_in = sign_in(
            here.database, "anna@hafen.example", "nine lanterns at sea", come=come, now=now, secret=secret
        )
    assert signed_in.user.email == "anna@hafen.example"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "anna@hafen.example", "--role", "king"), "there is no role 'king'"),
        (("add", "anna@hafen.example", "--team", "sails"), "there is no team 'sails'; known: sales, service; did you"),
        (("add", "anna"), "'anna' is no e-mail address"),
        (("role", "eve@hafen.example", "admin"), "nobody may sign in as 'eve@hafen.example'"),
        (("link", "eve@hafen.example"), "nobody may sign in as 'eve@hafen.example'"),
        (("log", "--head", "nonsense"), "--head is written NUMBER:DIGEST"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(words: tuple[str, ...], says: str) -> None:
    assert says in refused(*words)


def test_last_admin_and_weak_passwords_are_refused() -> None:
    said("add", "anna@hafen.example", "--role", "admin")

    assert "last admin" in refused("off", "anna@hafen.example")
    assert "at least 12 characters" in refused("password", "anna@hafen.example", typed="short\n")


def test_log_tells_who_did_what_and_checks_out() -> None:
    said("add", "anna@hafen.example", "--role", "admin")
    said("add", "mia@hafen.example")
    said("role", "mia@hafen.example", "member")

    rows = json.loads(said("log", "--json", "--limit", "2"))
    checked = said("log", "--check")
    head = checked.split("head: ")[1].split()[0]

    assert [(row["action"], row["object"]) for row in rows] == [("change role", "user:2"), ("make link", "user:2")]
    assert rows[0]["actor"].startswith("command:")
    assert "mia" not in said("log")
    assert checked.startswith("rows: 5; head: 5:")
    assert "Every row is as it was written." in said("log", "--head", head)


def test_tampering_shows_and_ends_with_another_code() -> None:
    said("add", "anna@hafen.example", "--role", "admin")
    with opened() as here, here.database.write() as connection:
        connection.execute(update(audit).where(audit.c.id == 1).values(actor="user:9"))

    result = people("log", "--check")

    assert result.exit_code == 1
    assert "row 1 was altered" in result.output


def test_export_and_erasure_of_a_person_are_noted(workspace: Path) -> None:
    (workspace / "sources").mkdir()
    (workspace / "calls.csv").write_text("call,account,at,contact\n1,f1,2024-01-02,ada@x.org\n")
    (workspace / "sources/calls.yaml").write_text(
        "file: calls.csv\nid: call\ntime_zone: UTC\naccount: {account: account}\n"
        "contact: {id: contact, email: contact}\nevents: [{event: call, at: at}]\n"
    )
    assert CliRunner().invoke(app, ["load"]).exit_code == 0

    exported = CliRunner().invoke(app, ["export", "--person", "ada@x.org"])
    erased = CliRunner().invoke(app, ["erase", "--person", "ada@x.org", "--yes"])
    unknown = CliRunner().invoke(app, ["export", "--person", "ada@x.org"])

    assert json.loads(exported.output)["events"][0]["event"] == "call"
    assert erased.exit_code == 0
    assert isinstance(unknown.exception, ClewError)
    rows = json.loads(said("log", "--json"))
    assert [(row["action"], row["object"]) for row in rows] == [
        ("erase", "person:0"),
        ("begin erasure", "person:0"),
        ("export", "person:0"),
    ]
    assert "ada" not in said("log")


def test_a_link_names_the_server_that_runs_and_is_refused_for_who_is_off() -> None:
    said("add", "anna@hafen.example", "--role", "admin")
    said("add", "mia@hafen.example")
    doing = {"address": "http://127.0.0.1:9123"}
    with opened() as here, here.write() as connection:
        seen = row(worker, id="a", role="serve", started_at=here.now, seen_at=here.now, doing=doing)
        connection.execute(worker.insert().values(seen))

    assert "http://127.0.0.1:9123/sign-in/link/" in said("link", "mia@hafen.example")
    said("off", "mia@hafen.example")
    assert "clew people on mia@hafen.example" in refused("link", "mia@hafen.example")


def test_the_list_says_whether_a_link_is_there_and_unused() -> None:
    added = said("add", "anna@hafen.example", "--role", "admin")
    assert "link, unused" in said("list")

    token = added.strip().rpartition("/")[2]
    with opened() as here, here.write() as connection:
        spend_link(connection, token, now=here.now)
    assert "link, unused" not in said("list")
    assert "none; 'clew people link' makes one" in said("list")
