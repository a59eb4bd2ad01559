"""Publishing a version while runs are in flight: they are counted, somebody chooses, and it can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clew.cli.app import app
from clew.errors import ClewError
from clew.questions.in_flight import in_flight
from clew.questions.library import open_workspace

JOURNEY = """journey: onboarding
title: From signature to first use
subject: account
starts: {event: signed}
ends: {achieved: {event: used, good: true}}
stages:
  - {stage: kick-off, enter: {event: signed}, limit: 30 days}
  - {stage: set-up, enter: {event: set up}, limit: 300000 days}
"""
RENAMED = JOURNEY.replace("stage: set-up", "stage: building").replace("300000 days", "1 day")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three open runs, two in set-up and one in kick-off; a fourth is over."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "journeys").mkdir()
    (tmp_path / "clew.yaml").write_text("firm: Two firms\ncurrency: EUR\ntime_zone: UTC\n")
    (tmp_path / "sources/crm.yaml").write_text(
        "file: crm.csv\naccount: {account: account}\nevents: [{event: '{what}', at: at}]\n"
    )
    (tmp_path / "crm.csv").write_text(
        "account,what,at\n"
        "a,signed,2026-01-01\na,set up,2026-01-05\nb,signed,2026-01-02\nb,set up,2026-01-06\n"
        "c,signed,2026-01-03\nd,signed,2026-01-03\nd,used,2026-01-09\n"
    )
    (tmp_path / "journeys/onboarding.yaml").write_text(JOURNEY)
    monkeypatch.chdir(tmp_path)
    assert clew("load").exit_code == 0
    assert clew("publish", "--by", "anna").exit_code == 0
    return tmp_path


def clew(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def standing() -> dict[str | None, int]:
    from clew.clock import now

    workspace = open_workspace()
    return {each.stage: each.runs for each in in_flight(workspace.course("onboarding", workspace.view(now())))}


def test_runs_stay_under_their_version_unless_somebody_says_otherwise(folder: Path) -> None:
    (folder / "journeys/onboarding.yaml").write_text(RENAMED)

    told = clew("publish")

    assert "3 runs in flight: kick-off 1, set-up 2" in told.stdout
    assert "stay: they go on under their version" in told.stdout
    assert standing() == {"kick-off": 1, "set-up": 2}


def test_runs_do_not_move_to_nowhere(folder: Path) -> None:
    (folder / "journeys/onboarding.yaml").write_text(RENAMED)

    refused = clew("publish", "--in-flight", "move")

    assert isinstance(refused.exception, ClewError)
    assert "set-up (2 runs); add --map set-up=NEW" in str(refused.exception)
    assert standing() == {"kick-off": 1, "set-up": 2}


def test_moved_runs_stand_where_the_mapping_says_and_are_measured_by_the_new_limits(folder: Path) -> None:
    (folder / "journeys/onboarding.yaml").write_text(RENAMED)

    told = clew("publish", "--in-flight", "move", "--map", "set-up=building")

    assert "past a limit where they stand: 1 now, 3 then" in told.stdout
    assert standing() == {"kick-off": 1, "building": 2}


def test_runs_can_be_ended_and_the_publication_taken_back(folder: Path) -> None:
    (folder / "journeys/onboarding.yaml").write_text(RENAMED)
    assert clew("publish", "--in-flight", "end").exit_code == 0
    assert standing() == {}

    told = clew("publish", "--withdraw", "onboarding", "--by", "anna")

    assert "withdrew version" in told.stdout
    assert standing() == {"kick-off": 1, "set-up": 2}


def test_the_past_knows_nothing_of_later_publications(folder: Path) -> None:
    before = open_workspace()
    then = before.archive().loads[-1].at
    (folder / "journeys/onboarding.yaml").write_text(RENAMED)
    assert clew("publish", "--in-flight", "end").exit_code == 0

    workspace = open_workspace()

    assert {each.stage: each.runs for each in in_flight(workspace.course("onboarding", workspace.view(then)))} == {
        "kick-off": 1,
        "set-up": 2,
    }


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--in-flight", "mvoe"), "allowed: stay, move, end"),
        (("--in-flight", "move", "--map", "set-up"), "write it as --map old-stage=new-stage"),
        (("--map", "set-up=building"), "add --in-flight move"),
        (("--withdraw", "renewal"), "renewal"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_with_what_is_allowed(
    folder: Path, words: tuple[str, ...], says: str
) -> None:
    refused = clew("publish", *words)

    assert isinstance(refused.exception, ClewError)
    assert says in str(refused.exception)
