"""`clew drivers` as a command: page, JSON, CSV, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clew.cli.app import app, exit_code
from clew.errors import ClewError
from tests.unit.drivers.driver_sights import many

SOURCE = """
file: events.csv
account: {crm: account}
contact: {id: contact}
channel: channel
events: [{event: "{event}", at: at}]
properties: []
"""
MEANINGS = """
customers: {event: signed}
lost: {event: left}
renewed: {event: renewed}
sent: {when: {event: [call made, mail sent]}}
"""


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("firm")
    (folder / "sources").mkdir()
    (folder / "clew.yaml").write_text("firm: A\ncurrency: EUR\ntime_zone: UTC\n", "utf-8")
    (folder / "meanings.yaml").write_text(MEANINGS, "utf-8")
    (folder / "sources/events.yaml").write_text(SOURCE, "utf-8")
    with (folder / "events.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["account", "at", "event", "contact", "channel"])
        for account, at, event, *given in many(150, decides=0.9)[0]:
            known = given[0] if given else {}
            rows.writerow([account, at, event, known.get("contact", ""), known.get("channel", "")])
    assert CliRunner().invoke(app, ["-C", str(folder), "load"]).exit_code == 0
    return folder


def typed(firm: Path, *words: str) -> str:
    done = CliRunner().invoke(app, ["-C", str(firm), "drivers", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_page_ranks_with_bars_sentences_and_a_next_step(firm: Path) -> None:
    page = typed(firm, "--outcome", "renewed")

    lines = page.splitlines()
    assert lines[0] == "What goes with 'renewed'"
    assert lines[1].startswith("150 accounts, as of ")
    first = next(line for line in lines if "█" in line)
    assert first.startswith(("Touches, per 90 days", "Contacts met"))
    assert "lower" in first
    assert max(line.count("█") for line in lines) == first.count("█") == 20
    assert "This is association, not cause" in page
    assert lines[-1].startswith("→ '")


def test_headings_are_lower_case_as_in_every_table(firm: Path) -> None:
    page = typed(firm, "--outcome", "renewed")

    (heading,) = [line for line in page.splitlines() if line.startswith("driver ")]
    assert "importance" in heading
    assert "before: renewed" in heading


def test_where_accounts_lack_the_next_step_is_to_look_again_when_there_are_more(firm: Path) -> None:
    page = typed(firm, "--outcome", "renewed", "--as-of", "2024-06-30")

    assert page.splitlines()[-1].startswith("→ Look again when ")
    assert page.splitlines()[-1].endswith(" more accounts renewed or were lost.")


def test_json_holds_figures_intervals_and_what_was_left_out(firm: Path) -> None:
    told = json.loads(typed(firm, "--outcome", "renewed", "--json"))

    touches = next(row for row in told["rows"] if row["measure"] == "touches")
    assert 0 <= touches["low"] <= touches["importance"] <= touches["high"] <= 1
    assert touches["yes"] < touches["no"]
    assert told["extra"]["with"] + told["extra"]["without"] == told["n"] == 150
    assert sum(row["importance"] for row in told["rows"]) == pytest.approx(told["extra"]["r_squared"]["value"])
    assert {"driver": "signal:stall", "reason": "without any occasion in this log", "detail": ""} in told["extra"][
        "left_out"
    ]


def test_csv_has_one_row_for_each_driver(firm: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(typed(firm, "--outcome", "lost", "--csv", "--only", "touches"))))

    assert [row["measure"] for row in rows] == ["touches"]
    assert float(rows[0]["importance"]) > 0


def test_as_of_looks_from_a_moment_when_hardly_anything_was_decided(firm: Path) -> None:
    told = json.loads(typed(firm, "--outcome", "renewed", "--as-of", "2024-06-30", "--json"))

    assert told["n"] == 0
    assert told["rows"] == []


# what is typed -> what is said; exit code 2
REFUSED = [
    (["--outcome", "renwed"], "did you mean 'renewed'?"),
    (["--outcome", "expanded"], "meanings.yaml does not say 'expanded'"),
    (["--outcome", "achieved"], "achieved is the good end of a journey: which one?"),
    (["--outcome", "lost", "--only", "touch"], "did you mean 'touches'?"),
    (["--outcome", "lost", "--window", "3 weeks"], "--window '3 weeks' is too short; allowed: 30 days or more"),
    (["--outcome", "lost", "--window", "soon"], "--window: 'soon' is no duration; allowed: a number and a unit"),
    (["--outcome", "lost", "--lead", "3 working days"], "--lead '3 working days' is working time"),
    (["--outcome", "lost", "--as-of", "yesterday"], "--as-of 'yesterday' is no date"),
]


@pytest.mark.parametrize(("words", "said"), REFUSED, ids=[" ".join(words) for words, _ in REFUSED])
def test_what_cannot_be_asked_is_refused_with_what_is_allowed(firm: Path, words: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["-C", str(firm), "drivers", *words])

    assert isinstance(done.exception, ClewError)
    assert said in str(done.exception)
    assert exit_code(done.exception) == 2
