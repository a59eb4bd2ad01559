"""Every command that a fact or a finding names works as it stands, and shows the figure where it is a detector's."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from clew.cli.app import app


def clew(folder: Path, *arguments: str) -> str:
    """In this process: there are some forty commands, and none of them is about processes."""
    with chdir(folder):
        done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, (arguments, done.output, done.exception)
    return done.stdout


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A firm of three journeys, one by account, one by ticket, one by contract."""
    home = tmp_path_factory.mktemp("home")
    clew(home, "sample", "firm", "--accounts", "60", "--seed", "5")
    clew(home / "firm", "load")
    return home / "firm"


@pytest.fixture(scope="module")
def diagnosed(firm: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(clew(firm, "diagnose", "--json"))
    return found


def test_commands_of_a_moment_that_was_asked_for_show_its_figures(firm: Path) -> None:
    told = json.loads(clew(firm, "diagnose", "--json", "--as-of", "2025-06-01"))
    named = {one["see"] for one in [*told["facts"].values(), *told["findings"]]} - {"", "clew check", "clew load"}
    fact = told["facts"]["duplicate-contact"]

    row = json.loads(clew(firm, *shlex.split(fact["see"])[1:], "--json"))["rows"][0]

    assert {command.rpartition(" --as-of ")[2] for command in named} == {"2025-06-01"}
    assert (row["accounts"], row["share"]) == (fact["n"], pytest.approx(fact["value"]))
    letter = clew(firm, "diagnose", "--as-of", "2025-06-01")
    assert "clew diagnose --evidence --as-of 2025-06-01" in " ".join(letter.split())


def test_every_command_that_is_named_works(firm: Path, diagnosed: dict[str, Any]) -> None:
    named = {one["see"] for one in [*diagnosed["facts"].values(), *diagnosed["findings"]]} - {"", "clew load"}

    assert len(named) > 15
    for command in sorted(named):
        program, *arguments = shlex.split(command)
        assert program == "clew"
        clew(firm, *arguments)


def test_a_fact_that_rests_on_a_detector_names_the_command_that_shows_its_figure(
    firm: Path, diagnosed: dict[str, Any]
) -> None:
    facts = {
        name: one for name, one in diagnosed["facts"].items() if re.match(r"clew signals \w\S* --since ", one["see"])
    }
    shares = {"slow-answers": ("rate", "occasions"), "late-handoffs": ("rate", "occasions")}

    assert {"duplicate-contact", "ping-pong", "broken-promise", "slow-answers"} <= set(facts)
    for name, fact in facts.items():
        row = json.loads(clew(firm, *shlex.split(fact["see"])[1:], "--json"))["rows"][0]
        share, n = shares.get(name, ("share", "accounts"))
        assert row[n] == fact["n"], name
        assert row[share] == (pytest.approx(fact["value"]) if fact["value"] is not None else None), name


def test_without_a_journey_no_command_is_named_that_asks_for_one(tmp_path: Path, firm: Path) -> None:
    folder = Path(shutil.copytree(firm, tmp_path / "firm"))
    shutil.rmtree(folder / "journeys")

    named = {one["see"] for one in json.loads(clew(folder, "diagnose", "--json"))["facts"].values()}

    assert not [command for command in named if command.startswith("clew show")]
