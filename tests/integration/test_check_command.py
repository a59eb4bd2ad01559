"""The commands of workspace files, as a person runs them: init, check, publish, diff."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def clew(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "120"}
    command = [sys.executable, "-c", "from clew.cli.app import main; main()", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """A workspace begun from the template of onboarding."""
    begun = clew(tmp_path, "init", "firm", "--template", "onboarding")
    assert begun.returncode == 0, begun.stderr
    assert "Next:" in begun.stdout
    return tmp_path / "firm"


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_a_fresh_workspace_is_fine_and_the_next_step_is_told(firm: Path) -> None:
    checked = clew(firm, "check")

    assert checked.returncode == 0
    assert checked.stdout.splitlines() == [
        "4 files are fine: 2 sources, 1 journey.",
        "Next: 'clew load' reads the exports; 'clew publish' freezes the journeys as versions.",
    ]


def test_what_leaders_answered_and_own_thresholds_are_checked_too(firm: Path) -> None:
    (firm / "answers.yaml").write_text("leader: Anna\nanswers: {customers: 40}\n", "utf-8")
    (firm / "diagnosis.yaml").write_text("thresholds: {customers: [20, 100, 500]}\n", "utf-8")
    assert "6 files are fine: 2 sources, 1 journey, answers, thresholds." in clew(firm, "check").stdout

    edit(firm / "answers.yaml", "customers: 40", "customers: many")
    edit(firm / "diagnosis.yaml", "customers", "customer")
    checked = clew(firm / "sources", "check")

    assert checked.returncode == 1
    assert "answers.yaml:2:22: 'many' is no answer to 'customers'; allowed: a number, as 12" in checked.stdout
    assert "diagnosis.yaml:1:14: unknown key 'customer'" in checked.stdout
    assert checked.stderr == "2 problems in 2 files.\n"


def test_every_problem_of_every_file_is_printed_with_its_place(firm: Path) -> None:
    edit(firm / "clew.yaml", "currency: EUR", "currency: Euro")
    edit(firm / "sources/deals.yaml", "kind: snapshot", "kind: snapshots")
    edit(firm / "journeys/onboarding.yaml", "team: onboarding", "team: onbording")

    checked = clew(firm, "check")

    assert checked.returncode == 1
    places = [line.split(": ")[0] for line in checked.stdout.splitlines()]
    assert places == ["clew.yaml:4:11", "journeys/onboarding.yaml:20:11", "sources/deals.yaml:4:7"]
    assert "did you mean 'onboarding'?" in checked.stdout
    assert checked.stderr == "3 problems in 3 files.\n"


def test_paths_are_told_as_seen_from_the_current_folder(firm: Path) -> None:
    edit(firm / "clew.yaml", "currency: EUR", "currency: Euro")

    inside, outside = clew(firm / "journeys", "check"), clew(firm.parent, "-C", "firm", "check")

    assert inside.stdout.startswith(str(firm / "clew.yaml"))
    assert outside.stdout.startswith("clew.yaml:4:11")


def test_without_a_workspace_the_way_to_one_is_told(tmp_path: Path) -> None:
    checked = clew(tmp_path, "check")

    assert checked.returncode == 1
    assert checked.stderr.startswith("No clew.yaml here")
    assert "Traceback" not in checked.stderr


def test_init_twice_overwrites_nothing(firm: Path) -> None:
    again = clew(firm.parent, "init", "firm", "--template", "renewal")

    assert again.returncode == 2
    assert "would be overwritten" in again.stderr


def test_publish_and_diff_say_what_they_did_and_what_changed(firm: Path) -> None:
    journey = firm / "journeys/onboarding.yaml"

    assert "onboarding: never published" in clew(firm, "diff").stdout
    first = clew(firm, "publish", "--by", "anna")
    assert first.returncode == 0
    assert first.stdout.startswith("onboarding: published version ")
    assert ", the first, by anna" in first.stdout
    assert "onboarding: unchanged, version " in clew(firm, "publish").stdout

    edit(journey, "limit: 14 days", "limit: 21 days")
    changed = clew(firm, "diff", "onboarding").stdout
    assert "→ draft" in changed
    assert "  stage set-up: limit 14 days → 21 days" in changed
    assert "only what counts as late differs" in changed
    assert "load data to count the runs" in changed

    assert "1 change since version" in clew(firm, "publish").stdout
    versions = sorted((firm / ".clew/versions/onboarding").glob("*.yaml"))
    between = clew(firm, "diff", "onboarding", versions[0].stem, versions[1].stem).stdout
    assert "stage set-up: limit" in between


def test_sound_journeys_are_published_beside_a_faulty_one(firm: Path) -> None:
    (firm / "journeys/other.yaml").write_text("journey: other\nstages: []\n", "utf-8")

    published = clew(firm, "publish")

    assert published.returncode == 1
    assert "onboarding: published version" in published.stdout
    assert "journeys/other.yaml:2:9" in published.stderr


def test_an_altered_version_is_refused_with_its_place(firm: Path) -> None:
    clew(firm, "publish")
    (version,) = (firm / ".clew/versions/onboarding").glob("*.yaml")
    edit(version, "14 days", "99 days")

    refused = clew(firm, "diff")

    assert refused.returncode == 1
    assert f"{version.relative_to(firm)}:1:1: this published version was altered" in refused.stderr


def test_a_name_in_a_receiving_source_that_reads_like_a_column_is_noted(firm: Path) -> None:
    (firm / "sources" / "app.yaml").write_text("receives: segment\naccount: {account: acount}\n")

    checked = clew(firm, "check")

    assert checked.returncode == 0
    assert [line for line in checked.stdout.splitlines() if line.startswith("Note:")] == [
        "Note: source app names 'acount', which is a property of that name; did you mean 'account'? "
        "Write 'properties.acount' if you do mean the property"
    ]
