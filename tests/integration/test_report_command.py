"""clew report as a person runs it: a workspace, an export, one page."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

FIRM = """firm: Hanse Pumps
currency: EUR
time_zone: Europe/Berlin
teams:
  sales: {title: Sales}
  care: {title: Customer care}
"""
SOURCE = """file: exports/steps.csv
id: row
account: {account: firm}
events:
  - {event: "{step}", at: at, team: team}
"""
ANSWERS = """leader: Kaja Lindqvist
role: managing director
answers:
  customers: 30
  teams: 2
"""
JOURNEY = """journey: onboarding
title: From contract to first use
subject: account
ends:
  adopted: {event: adopted, good: true}
stages:
  - stage: signed
    title: <b>Signed</b>
    enter: {event: signed}
    team: sales
  - stage: set-up
    title: Set-up
    enter: {event: kick-off}
    team: care
    limit: 10 days
    waiting_on: customer
"""


@pytest.fixture
def workspace(loaded: Path, tmp_path: Path) -> Path:
    """A fresh copy of the loaded workspace."""
    return Path(shutil.copytree(loaded, tmp_path / "hanse"))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty firms sign, twenty kick off, five of them adopt; one row cannot be used."""
    folder = tmp_path_factory.mktemp("hanse")
    for name, text in {"clew.yaml": FIRM, "sources/steps.yaml": SOURCE, "journeys/onboarding.yaml": JOURNEY}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    first = datetime(2026, 1, 5, 9)  # noqa: DTZ001
    rows = []
    for number in range(30):
        firm = f"firm-{number:02d}"
        steps = [("signed", 0, "sales"), ("kick-off", 3, "care")][: 2 if number < 20 else 1]
        steps += [("adopted", 8, "care")] if number < 5 else []
        rows += [(firm, step, (first + timedelta(days=number + day)).isoformat(), team) for step, day, team in steps]
    rows.append(("firm-99", "signed", "not a date", "sales"))
    export = folder / "exports" / "steps.csv"
    export.parent.mkdir()
    with export.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "firm", "step", "at", "team"])
        writer.writerows((place, *row) for place, row in enumerate(rows))
    clew(folder, "load")
    return folder


def clew(folder: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from clew.cli.app import main; main()", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_report_prints_a_summary_writes_one_page_and_says_where(workspace: Path) -> None:
    done = clew(workspace, "report")
    page = (workspace / "clew-report.html").read_text(encoding="utf-8")

    assert "Cannot say yet: " in done.stdout
    assert "What it rests on: clew diagnose" in done.stdout
    assert "Wrote clew-report.html" in done.stdout
    assert page.startswith("<!doctype html>")
    assert "Hanse Pumps" in page
    assert "&lt;b&gt;Signed&lt;/b&gt;" in page
    assert "<b>Signed" not in page


def test_rejected_rows_stand_in_the_report_with_their_reason(workspace: Path) -> None:
    told = json.loads(clew(workspace, "report", "--json").stdout)
    source = told["coverage"]["sources"][0]

    assert (source["read"], source["rejected"]) == (56, 1)
    assert sum(rows for _, rows in source["reasons"]) == 1


def test_json_is_printed_and_no_page_written(workspace: Path) -> None:
    told = json.loads(clew(workspace, "report", "--json").stdout)

    assert told["schema"] == "clew-report/1"
    assert told["journeys"][0]["picture"]["started"] == 30
    assert not (workspace / "clew-report.html").exists()


def test_report_as_of_a_day_counts_what_had_happened_by_then(workspace: Path) -> None:
    told = json.loads(clew(workspace, "report", "--as-of", "2026-01-10", "--json").stdout)

    assert told["journeys"][0]["picture"]["started"] == 5
    assert told["as_of_words"] == "as asked"


def test_without_meanings_and_answers_the_first_page_says_what_is_unknown_and_what_to_do(workspace: Path) -> None:
    clew(workspace, "report")
    page = (workspace / "clew-report.html").read_text(encoding="utf-8")

    assert "Answer the interview (clew diagnose --ask)" in page
    assert "Not measured: meanings.yaml does not say" in page
    assert "nobody was asked" in page


def test_the_first_page_says_what_clew_diagnose_says_of_the_same_moment(workspace: Path) -> None:
    (workspace / "answers.yaml").write_text(ANSWERS, encoding="utf-8")
    for moment in ((), ("--as-of", "2026-01-20")):
        shown = json.loads(clew(workspace, "report", "--json", *moment).stdout)
        told = json.loads(clew(workspace, "diagnose", "--json", *moment).stdout)

        assert shown["diagnosis"] == told
        assert told["leaders"] == ["the managing director"]


def test_no_leader_is_named_in_the_report_or_in_what_is_stored(workspace: Path) -> None:
    (workspace / "answers.yaml").write_text(ANSWERS, encoding="utf-8")

    letter = clew(workspace, "diagnose").stdout
    clew(workspace, "report")

    page = (workspace / "clew-report.html").read_bytes()
    stored = [path.read_bytes() for path in (workspace / ".clew").rglob("*") if path.is_file()]
    assert "Kaja Lindqvist" in letter  # on one's own terminal
    assert b"the answers of the managing director" in page
    assert [b"managing director" in text for text in stored].count(True) == 1
    assert not [text for text in [page, *stored] if b"kaja" in text.lower() or b"lindqvist" in text.lower()]


def test_erasing_a_person_takes_the_names_out_of_diagnoses_of_a_former_format(workspace: Path) -> None:
    clew(workspace, "diagnose")
    (path,) = (workspace / ".clew" / "diagnoses").glob("*.json")
    told = {**json.loads(path.read_text("utf-8")), "format": 1, "leaders": ["Kaja Lindqvist"]}
    path.write_text(json.dumps(told), encoding="utf-8")

    clew(workspace, "erase", "--yes", "--person", "kaja@example.com", code=1)  # the log knows nobody, and yet

    assert "Kaja" not in path.read_text("utf-8")


def test_answers_that_were_given_elsewhere_are_said_by_what_the_last_diagnosis_was(workspace: Path) -> None:
    elsewhere = workspace.parent / "kaja.yaml"
    elsewhere.write_text(ANSWERS, encoding="utf-8")
    clew(workspace, "diagnose", "--answers", str(elsewhere))
    clew(workspace, "report")

    assert "With the answers of the managing director, on " in (workspace / "clew-report.html").read_text(
        encoding="utf-8"
    )


def test_no_diagnosis_leaves_the_first_page_out(workspace: Path) -> None:
    done = clew(workspace, "report", "--no-diagnosis")
    page = (workspace / "clew-report.html").read_text(encoding="utf-8")

    assert "What to do first" in done.stdout
    assert "What to do first" in page
    assert "Do this next" not in page
    assert "clew report --no-diagnosis" in page
    assert json.loads(clew(workspace, "report", "--no-diagnosis", "--json").stdout)["diagnosis"] is None


def test_a_journey_shows_how_well_it_fits_its_map_and_how_stale_it_is(workspace: Path) -> None:
    shown = json.loads(clew(workspace, "report", "--json").stdout)["journeys"][0]["fitness"]
    [told] = json.loads(clew(workspace, "conform", "--json").stdout)["fitness"]["rows"]

    assert shown["fits"]["value"] == told["allowed"]
    assert shown["command"] == "clew conform --journey onboarding"
    assert [part["words"].split(":")[0] for part in shown["parts"]][-1] == "elements still marked assumption"


def test_a_mistake_in_the_answers_is_named(workspace: Path) -> None:
    (workspace / "answers.yaml").write_text("leader: Kaja\nanswers:\n  custmers: 30\n", encoding="utf-8")

    assert "did you mean 'customers'?" in clew(workspace, "report", code=1).stderr


def test_output_names_the_file(workspace: Path) -> None:
    clew(workspace, "report", "--journey", "onboarding", "--output", "board.html")

    assert (workspace / "board.html").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--journey", "onbording"), 2, "did you mean 'onboarding'?"),
        (("--compare", "segment"), 2, "--compare segment=small,mid-market"),
        (("--as-of", "yesterday"), 2, "write it as 2018-01-31"),
        (("--output", "nowhere/page.html"), 2, "name another file with --output"),
    ],
)
def test_wrong_words_are_answered_with_what_is_allowed(
    workspace: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    assert says in clew(workspace, "report", *arguments, code=code).stderr


def test_without_data_the_report_says_what_to_do(workspace: Path) -> None:
    for path in sorted((workspace / ".clew").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()

    assert "run 'clew load' first" in clew(workspace, "report", code=2).stderr
