"""clew load, erase and export as a person meets them on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from clew.cli import load as commands
from clew.cli.app import app as whole
from clew.errors import ClewError

SOURCE = """
file: exports/tickets.csv
id: ticket
kind: snapshot
time_zone: UTC
account: {firm: firm}
contact: {id: mail, email: mail}
events:
  - {event: ticket opened, at: opened}
"""

app = typer.Typer()
for name in ("load", "erase", "export"):
    app.command(name)(getattr(commands, name))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sources").mkdir()
    (tmp_path / "exports").mkdir()
    (tmp_path / "clew.yaml").write_text("firm: Shop\ncurrency: EUR\ntime_zone: UTC\n")
    (tmp_path / "sources" / "tickets.yaml").write_text(SOURCE)
    export = "ticket,firm,opened,mail\n1,acme,2023-01-02,ana@acme.com\n2,bolt,soon,bo@bolt.com\n3,cove,,\n"
    (tmp_path / "exports" / "tickets.csv").write_text(export)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=answer)


def test_load_prints_a_table_that_adds_up_and_what_to_do_next(shop: Path) -> None:
    result = run("load")

    assert result.exit_code == 0
    table, *details = result.stdout.split("\n\n")
    header, row = table.splitlines()
    assert header.split() == ["source", "read", "accepted", "duplicate", "superseding", "rejected"]
    assert row.split() == ["tickets", "3", "2", "0", "0", "1"]
    assert "ticket opened 1" in details[0]
    assert "from 2023-01-02 00:00 UTC to 2023-01-02 00:00 UTC" in details[0]
    assert "rows that tell of no event: 1 " in details[0]
    assert "(tickets.csv:3)" in details[0]
    assert "see .clew/rejected/tickets.csv" in details[0]
    assert "Next: clew discover, which drafts a journey from these events" in details[-1]


JOURNEY = "journey: {}\nstages: [{{stage: open, enter: {{event: ticket opened}}}}]\n"
# journeys, meanings -> the last line of a load; what it names works as it stands
NEXT = [
    (("a",), "", "Next: clew show runs, or clew report"),
    (("a", "b"), "", "Next: clew show runs --journey a, or clew report"),
    (("a", "b"), "lost: {event: ticket opened}\n", "Next: clew diagnose, or clew signals"),
    (("a", "b"), "lost: {event: [}\n", "Next: clew show runs --journey a, or clew report"),
]


@pytest.mark.parametrize(("journeys", "meanings", "told"), NEXT)
def test_what_to_do_next_works_whatever_the_workspace_holds(
    shop: Path, journeys: tuple[str, ...], meanings: str, told: str
) -> None:
    (shop / "journeys").mkdir()
    for name in journeys:
        (shop / f"journeys/{name}.yaml").write_text(JOURNEY.format(name))
    if meanings:
        (shop / "meanings.yaml").write_text(meanings)

    result = run("load")

    assert result.stdout.splitlines()[-1] == told, result.output
    first = told.removeprefix("Next: ").split(", or ")[0].split()[1:]
    assert CliRunner().invoke(whole, first).exit_code == 0


def test_second_load_says_that_nothing_changed(shop: Path) -> None:
    run("load")

    result = run("load")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].split() == ["tickets", "3", "0", "2", "0", "1", "unchanged"]


def test_export_file_that_is_not_there_is_named_with_its_folder(shop: Path) -> None:
    (shop / "exports" / "tickets.csv").unlink()

    result = run("load")

    assert result.exit_code == 1
    assert f"no file matches 'exports/tickets.csv' in {shop}" in result.stderr


def test_unset_variable_is_named(shop: Path) -> None:
    (shop / "sources" / "tickets.yaml").write_text(SOURCE.replace("exports/", "${NOT_SET_ANYWHERE}/"))

    result = run("load")

    assert result.exit_code == 1
    assert "NOT_SET_ANYWHERE" in result.stderr


def test_mistake_in_a_journey_does_not_keep_exports_out(shop: Path) -> None:
    (shop / "journeys").mkdir()
    (shop / "journeys" / "broken.yaml").write_text("journey: [")

    assert run("load").exit_code == 0


def test_mistake_in_a_source_is_told_with_its_line(shop: Path) -> None:
    (shop / "sources" / "tickets.yaml").write_text(SOURCE.replace("kind: snapshot", "kind: snapshop"))

    result = run("load")

    assert isinstance(result.exception, ClewError)
    assert "tickets.yaml:4" in str(result.exception)


def test_unknown_source_is_told_with_the_nearest_name(shop: Path) -> None:
    result = run("load", "ticket")

    assert isinstance(result.exception, ClewError)
    assert "did you mean 'tickets'?" in str(result.exception)


def test_vanished_rows_are_told_by_whom_they_are_of(shop: Path) -> None:
    run("load")
    (shop / "exports" / "tickets.csv").write_text("ticket,firm,opened,mail\n3,cove,,\n")

    assert "no longer in the export, kept: 1 (of firm:acme)" in run("load").stdout


def test_erase_asks_first(shop: Path) -> None:
    run("load")

    assert run("erase", "--person", "ana@acme.com", answer="n\n").exit_code == 1
    assert json.loads(run("export", "--person", "ana@acme.com").stdout)["persons"] != []


def test_erase_says_what_was_removed_and_what_remains(shop: Path) -> None:
    run("load")

    result = run("erase", "--person", "ana@acme.com", "--yes")

    assert result.exit_code == 0
    assert "person store that are nameless now: 1." in result.stdout
    assert "export files still hold the person" in result.stdout
    assert isinstance(run("export", "--person", "ana@acme.com").exception, ClewError)


def test_export_writes_to_a_file(shop: Path) -> None:
    run("load")

    result = run("export", "--person", "ana@acme.com", "--output", "ana.json")

    assert "events 1," in result.stdout
    assert json.loads((shop / "ana.json").read_text())["events"][0]["account"] == "firm:acme"
