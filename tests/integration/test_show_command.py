"""clew show as a person runs it: a workspace, an export, questions; files, pipes and exit codes."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import clew
from clew.clock import to_micros

FILES = {
    "clew.yaml": """firm: Shop
currency: EUR
time_zone: Europe/Berlin
teams: {marketing: Marketing, sales: Sales}
segments:
  big: {attribute: size, is: big}
  small: {attribute: size, is: small}
""",
    "sources/deals.yaml": """file: deals.csv
id: deal
time_zone: Europe/Berlin
account: {firm: firm}
events:
  - {event: contacted, at: contacted, team: {always: marketing}}
  - {event: signed, at: signed, team: {always: sales}}
attributes: {size: size, revenue: revenue}
""",
    "journeys/sale.yaml": """journey: sale
title: From contact to signature
subject: account
value: {attribute: revenue}
stages:
  - stage: lead
    enter: {event: contacted}
    team: marketing
  - stage: won
    enter: {event: signed}
    team: sales
""",
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty firms are contacted day by day; every big one signs after five days, every second small one after ten."""
    folder = tmp_path_factory.mktemp("shop")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    with (folder / "deals.csv").open("w", newline="") as export:
        lines = csv.writer(export)
        lines.writerow(["deal", "firm", "contacted", "signed", "size", "revenue"])
        for n in range(40):
            contacted, big = date(2025, 1, 1) + timedelta(days=n), n % 2 == 0
            signed = contacted + timedelta(days=5 if big else 10) if big or n % 4 == 1 else ""
            lines.writerow([n, f"f{n}", contacted, signed, "big" if big else "small", 100 * n])
    assert shell(folder, "load").returncode == 0
    return folder


def shell(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clew", "-C", str(folder), *arguments], capture_output=True, text=True, check=False
    )


def show(folder: Path, *arguments: str) -> str:
    done = shell(folder, "show", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(folder: Path, *arguments: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(show(folder, *arguments, "--csv"))))


def test_a_question_prints_a_table_with_what_it_rests_on_and_what_to_do_next(loaded: Path) -> None:
    page = show(loaded, "funnel")

    assert page.startswith(
        "How far runs come\njourney sale, 40 runs, as of 2025-02-17 00:00 Europe/Berlin, the last event\n"
    )
    assert re.search(r"\nwon +30 +75\.0 % +59\.8 to +85\.8 +40 ", page)
    assert page.rstrip().endswith("→ See how long each stage takes: clew show time")


def test_csv_and_json_hold_the_same_rows(loaded: Path) -> None:
    table = rows(loaded, "funnel", "--by", "segment")
    told = json.loads(show(loaded, "funnel", "--by", "segment", "--json"))

    assert [(row["segment"], row["stage"], int(row["reached"])) for row in table] == [
        (row["segment"], row["stage"], row["reached"]) for row in told["rows"]
    ]
    assert told["query"]["by"] == ["segment"]


def test_filters_and_dates_narrow_the_answer(loaded: Path) -> None:
    one = rows(loaded, "runs", "--segment", "small", "--from", "2025-01-01", "--to", "2025-01-11")

    assert {row["n"] for row in one if row["n"]} == {"5"}


def test_the_log_can_be_seen_as_it_was(loaded: Path) -> None:
    [lead, won] = rows(loaded, "funnel", "--as-of", "2025-01-04T12:00")

    assert (lead["reached"], won["reached"]) == ("4", "0")


def test_the_window_leaves_recent_runs_out(loaded: Path) -> None:
    [row] = rows(loaded, "conversion", "contacted", "signed", "--within", "10 days")

    assert (row["n"], row["converted"], row["left_out"]) == ("38", "29", "2")


def test_two_segments_are_compared(loaded: Path) -> None:
    [_, won] = rows(loaded, "funnel", "--compare", "segment=big,small")

    assert (won["a"], won["b"]) == ("1.0", "0.5")
    assert float(won["difference_low"]) > 0
    assert "the first is higher by 50.0 points" in won["meaning"]


def test_two_published_versions_are_compared_over_the_same_log(loaded: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(loaded, tmp_path / "shop"))
    first = clew.open_workspace(folder).journey("sale").version
    assert shell(folder, "publish").returncode == 0
    journey = folder / "journeys/sale.yaml"
    journey.write_text(journey.read_text().replace("enter: {event: signed}", "enter: {event: [signed, contacted]}"))
    assert shell(folder, "publish").returncode == 0
    second = clew.open_workspace(folder).journey("sale").version

    [_, won] = rows(folder, "funnel", "--compare", f"version={first},{second}")

    assert (won["a"], won["b"]) == ("0.75", "1.0")


def test_norms_taken_once_hold_until_they_are_taken_again(loaded: Path, tmp_path: Path) -> None:
    workspace = clew.open_workspace(shutil.copytree(loaded, tmp_path / "shop"))
    taken = workspace.take_norms(dated=to_micros(datetime(2999, 11, 14, tzinfo=UTC)))  # after those that the load took

    answer = workspace.ask(clew.Query("stalled"))

    assert {norm.stage for norm in taken} >= {"lead"}
    assert any("as stored on 2999-11-14" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["runs", "--by", "segmnt"], 2, "did you mean 'segment'"),
        (["runs", "--segment", "bigg"], 2, "did you mean 'big'"),
        (["runs", "--journey", "sales"], 2, "did you mean 'sale'"),
        (["time", "--between", "contacted", "sined"], 2, "did you mean 'signed'"),
        (["time", "--top", "many"], 2, "is no whole number"),
        (["rnus"], 2, "No such command"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence_and_exit_code_2(
    loaded: Path, arguments: list[str], code: int, said: str
) -> None:
    done = shell(loaded, "show", *arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_workspace_without_data_says_what_to_do(loaded: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(loaded, tmp_path / "shop", ignore=shutil.ignore_patterns(".clew")))

    done = shell(folder, "show", "runs")

    assert (done.returncode, done.stderr) == (2, "the log is empty; run 'clew load' first\n")


def test_a_journey_with_a_mistake_says_where(loaded: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(loaded, tmp_path / "shop"))
    journey = folder / "journeys/sale.yaml"
    journey.write_text(journey.read_text().replace("stages:", "stagez:"))

    done = shell(folder, "show", "runs")

    assert done.returncode == 1
    assert "journeys/sale.yaml:5:1" in done.stderr


def test_a_closed_pipe_is_quiet(loaded: Path) -> None:
    command = f"{sys.executable} -m clew -C {loaded} show runs --json | head -n 1"

    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("{\n", "")
