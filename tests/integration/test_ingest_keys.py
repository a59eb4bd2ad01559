"""The command `clew keys`: keys come, are rotated and end; none is ever shown again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from clew.access.write_keys import Scope, add_key, digest_of, keys_in_force, rotate_key
from clew.cli.app import app
from clew.cli.opened import opened
from clew.clock import DAY_US, HOUR_US
from clew.db.engine import Database
from clew.db.tables import audit, write_key
from clew.errors import BadRequest, ClewError
from tests.access_world import FIRM

NOW = 1_790_000_000_000_000
EXPORT = "file: orders.csv\naccount: {customer: customer}\nevents:\n  - {event: ordered, at: at}\n"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "clew.yaml").write_text(FIRM)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/crm.yaml").write_text("receives: segment\n")
    (tmp_path / "sources/orders.yaml").write_text(EXPORT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLEW_DATABASE_URL", raising=False)
    return tmp_path


def keys(*words: str) -> Result:
    return CliRunner().invoke(app, ["keys", *words])


def said(*words: str) -> str:
    result = keys(*words)
    assert result.exit_code == 0, result.output or result.exception
    return result.output


def refused(*words: str) -> str:
    result = keys(*words)
    assert isinstance(result.exception, ClewError)
    return str(result.exception)


def key_in(output: str) -> str:
    found = re.search(r"cw_\S+", output)
    assert found is not None
    return found[0]


def test_keys_come_are_rotated_and_end(workspace: Path) -> None:
    first = said("add", "crm", "--scope", "events", "--scope", "backfill")
    second = said("rotate", "1", "--overlap", "2 days")
    ended = said("end", "1")
    listed = json.loads(said("list", "--json"))

    assert "Key 1 of source 'crm' may send backfill, events:" in first
    assert "Key 1 holds until" in second
    assert ended == "Key 1 of source 'crm' has ended.\n"
    assert key_in(first) != key_in(second)
    assert [(one["key"], one["scopes"], one["holds"]) for one in listed] == [
        (1, ["backfill", "events"], False),
        (2, ["backfill", "events"], True),
    ]


def test_key_is_shown_once_and_kept_as_its_digest(workspace: Path) -> None:
    key = key_in(said("add", "crm"))

    assert key not in said("list") + said("list", "--json")
    assert key[:8] in said("list")
    with opened() as here, here.database.read() as connection:
        [row] = connection.execute(select(write_key)).mappings()
        assert row["digest"] == digest_of(key)
        assert key not in str(dict(row))
        acts = [(one.action, one.object) for one in connection.execute(select(audit))]
    assert acts == [("add write key", "source:crm")]


def test_key_of_a_source_that_reads_files_can_only_upload(workspace: Path) -> None:
    assert "may send upload" in said("add", "orders")
    assert "reads files" in refused("add", "orders", "--scope", "events")


def test_mistakes_say_what_is_right(workspace: Path) -> None:
    assert "did you mean 'crm'" in refused("add", "crn")
    assert "allowed: events, backfill, upload" in refused("add", "crm", "--scope", "all")
    assert "no key '7'" in refused("end", "7")
    said("add", "crm")
    assert "no span" in refused("rotate", "1", "--overlap", "soon")
    said("end", "1")
    assert "has ended" in refused("rotate", "1")


def test_nothing_to_list_says_how_to_begin(workspace: Path) -> None:
    assert "clew keys add SOURCE" in said("list")


def test_both_keys_hold_during_the_overlap_and_one_after_it(database: Database) -> None:
    with database.write() as connection:
        old, _ = add_key(connection, "crm", scopes=[Scope.EVENTS], now=NOW)
        new, made = rotate_key(connection, 1, overlap_us=DAY_US, now=NOW)

    with database.read() as connection:
        assert set(keys_in_force(connection, NOW + HOUR_US)) == {digest_of(old), digest_of(new)}
        assert set(keys_in_force(connection, NOW + DAY_US)) == {digest_of(new)}
    assert made.scopes == {Scope.EVENTS}


def test_rotating_twice_never_makes_a_key_hold_longer(database: Database) -> None:
    with database.write() as connection:
        add_key(connection, "crm", scopes=[Scope.EVENTS], now=NOW)
        rotate_key(connection, 1, overlap_us=HOUR_US, now=NOW)
        rotate_key(connection, 1, overlap_us=DAY_US, now=NOW)

    with database.read() as connection:
        assert 1 not in {key.id for key in keys_in_force(connection, NOW + HOUR_US).values()}


def test_one_key_is_one_sources(database: Database) -> None:
    with database.write() as connection:
        add_key(connection, "crm", scopes=[Scope.EVENTS], now=NOW, key="from-another-tool")

        with pytest.raises(BadRequest, match="known already"):
            add_key(connection, "shop", scopes=[Scope.EVENTS], now=NOW, key="from-another-tool")
