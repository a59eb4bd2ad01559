"""clew signals as a person runs it: a workspace, an export, meanings; the page, one detector, one account, programs."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

FILES = {
    "clew.yaml": """firm: Desk
currency: EUR
time_zone: Europe/Berlin
teams: {first-line: First line}
segments:
  big: {attribute: size, is: big}
""",
    "sources/tickets.yaml": """file: tickets.csv
account: {firm: account}
subjects: {ticket: ticket}
events:
  - {event: "{event}", at: at, team: team}
time_zone: Europe/Berlin
""",
    "sources/accounts.yaml": """file: accounts.csv
kind: snapshot
id: account
account: {firm: account}
attributes: {size: size, revenue: revenue}
""",
    "journeys/desk.yaml": """journey: desk
title: From opening to closing
subject: {ticket: ticket}
stages:
  - {stage: waiting, enter: {event: opened}, team: first-line, limit: 1 day}
  - {stage: answered, enter: {event: answered}, limit: 5 days}
ends:
  closed: {event: closed, good: true}
""",
    "meanings.yaml": """revenue: {attribute: revenue}
requests: {subject: ticket, opened: {event: opened}, answered: {event: answered}, answer_within: 1 day}
frictions: {at_least: 6, within: 90 days}
""",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty firms open a ticket every thirty days of 2025; every third firm waits two days for its answer."""
    folder = tmp_path_factory.mktemp("desk")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    rows = [["account", "ticket", "at", "event", "team"], ["f00", "", "2025-01-01 08:00", "desk began", ""]]
    for n in range(30):
        for month in range(12):
            opened = date(2025, 1, 1) + timedelta(days=30 * month + n % 20)
            ticket, answered = f"t{n:02d}-{month:02d}", opened + timedelta(days=2 if n % 3 == 0 else 0)
            for day, hour, event in ((opened, 9, "opened"), (answered, 11, "answered"), (answered, 15, "closed")):
                rows.append([f"f{n:02d}", ticket, f"{day} {hour:02d}:00", event, "first-line"])
    rows.append(["f01", "", "2025-12-31 18:00", "desk closed for the year", ""])
    write(folder / "tickets.csv", rows)
    sizes = [[f"f{n:02d}", "big" if n % 2 else "small", 1000 * (n + 1)] for n in range(30)]
    write(folder / "accounts.csv", [["account", "size", "revenue"], *sizes])
    assert clew(folder, "load").returncode == 0
    return folder


def write(path: Path, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def clew(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clew", "-C", str(folder), *arguments], capture_output=True, text=True, check=False
    )


def told(folder: Path, *arguments: str) -> str:
    done = clew(folder, "signals", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_has_a_section_for_each_failure_and_ends_with_one_next_step(desk: Path) -> None:
    page = told(desk)

    heads = ("Inconsistent messages and duplicated effort", "Invisible friction", "Missed expansion", "Lost accounts")
    places = [page.index(head) for head in heads]
    assert places == sorted(places)
    assert page.startswith(
        "What detectors noticed\n30 accounts with an occasion, as of 2025-12-31 18:00 Europe/Berlin\n"
    )
    assert re.search(
        r"\nslow-answer +1\d\d +\d{3} requests +33\.\d % +\d+\.\d to +\d+\.\d +10 of 30 +33\.3 % +19\.2 to 51\.2 +"
        r"unclear +145 k EUR\n",
        page,
    )
    assert page.rstrip().splitlines()[-1].startswith("→ See the evidence: clew signals ")
    assert page.count("→") == 1


def test_what_cannot_be_seen_is_named_with_what_would_let_it(desk: Path) -> None:
    page = " ".join(told(desk).split())

    assert "broken-promise cannot be seen: meanings.yaml does not say 'promises'" in page
    assert "Quiet losses cannot be told: meanings.yaml does not say 'lost'" in page


def test_one_detector_shows_sentences_of_the_most_valuable_accounts(desk: Path) -> None:
    page = told(desk, "slow-answer", "--top", "2")

    assert page.startswith("Answered late (slow-answer)\ninvisible friction, as of ")
    assert re.search(r"\n2025-Q4 +\d+ +30 +", page)
    assert "firm:f27, 28,000 EUR a year, 12 signals\n" in page
    assert "firm:f24, 25,000 EUR a year" in page
    assert "firm:f21" not in page
    assert "had no answer by" in page
    assert "· and 9 earlier" in page
    assert page.rstrip().endswith("→ See everything about the first: clew signals --account f27")


def test_stalls_say_where_they_gather_and_agree_with_the_question(desk: Path) -> None:
    page = told(desk, "stall", "--top", "1")
    at_noon = ("--as-of", "2025-06-02T12:00")

    shown = json.loads(clew(desk, "show", "stalled", *at_noon, "--top", "0", "--json").stdout)["rows"]
    told_now = json.loads(told(desk, "stall", "--top", "0", *at_noon, "--json"))["examples"]
    standing = {row["subject"] for row in shown}
    signalled = {each["subject"] for example in told_now for each in example["told"]}

    assert "· desk, waiting, big: " in page
    assert standing
    assert {f"ticket:{subject}" for subject in standing} <= signalled


def test_one_account_is_told_newest_first_by_every_detector(desk: Path) -> None:
    page = told(desk, "--account", "f03", "--top", "0")
    short = told(desk, "--account", "f03", "--top", "3")
    only = told(desk, "stall", "--account", "firm:f03", "--since", "2025-11-01")

    moments = re.findall(r"^· (\d{4}-\d\d-\d\d \d\d:\d\d)", page, re.MULTILINE)
    assert page.startswith("Signals of firm:f03\n24 signals, the newest first, ")
    assert len(moments) == 24
    assert moments == sorted(moments, reverse=True)
    assert page.count("firm:f03") == 1  # in the heading, not on each line
    assert len(re.findall(r"^· \d{4}-\d\d-\d\d", short, re.MULTILINE)) == 3
    assert "and 21 earlier; --top 0 shows all" in short
    next_step = page.rstrip().splitlines()[-1].partition(": ")[2]
    assert clew(desk, *shlex.split(next_step)[1:]).returncode == 0
    assert only.startswith("Signals of firm:f03\n2 signals, ")
    assert "Nothing was noticed." in told(desk, "--account", "f01")


def test_csv_holds_a_row_for_each_detector_or_each_signal(desk: Path) -> None:
    every = list(csv.DictReader(io.StringIO(told(desk, "--csv"))))
    one = list(csv.DictReader(io.StringIO(told(desk, "slow-answer", "--csv", "--top", "0"))))

    by_name = {row["signal"]: row for row in every}
    assert len(every) == 12
    assert int(by_name["slow-answer"]["signals"]) == len(one)
    assert by_name["broken-promise"]["rate"] == ""
    assert {row["signal"] for row in one} == {"slow-answer"}
    assert one[0]["at"].endswith("Z")


def test_json_holds_rows_definitions_examples_and_losses(desk: Path) -> None:
    found = json.loads(told(desk, "--json"))

    rows = {row["signal"]: row for row in found["rows"]}
    more = {each["signal"]: each for each in found["detectors"]}
    assert rows["slow-answer"]["touched"] == 10
    assert rows["broken-promise"]["share"] == {"too_few": True, "n": 0, "needed": 5}
    assert more["slow-answer"]["unit"] == "hours"
    assert more["slow-answer"]["examples"][0]["account"] == "firm:f27"
    assert found["losses"]["quiet"] is None


def test_the_past_is_told_as_it_was(desk: Path) -> None:
    then = json.loads(told(desk, "slow-answer", "--as-of", "2025-03-01", "--top", "0", "--json"))
    now = json.loads(told(desk, "slow-answer", "--top", "0", "--json"))

    def instants(page: dict[str, list[dict[str, list[dict[str, str]]]]]) -> set[tuple[str, str]]:
        return {(each["subject"], each["at"]) for example in page["examples"] for each in example["told"]}

    assert instants(then) == {each for each in instants(now) if each[1] <= "2025-02-28T23:00:00Z"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["slow-anser"], "there is no signal 'slow-anser'; known: .*did you mean 'slow-answer'"),
        (["--account", "nobody"], "there is no account 'nobody'; write its id as the source does, as ID or firm:ID"),
        (["--since", "soon"], "--since 'soon' is no date; write it as 2018-01-31"),
        (["--as-of", "1066-10-14"], "--as-of '1066-10-14' is no time to look from"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_is_allowed(desk: Path, arguments: list[str], words: str) -> None:
    done = clew(desk, "signals", *arguments)

    assert done.returncode == 2
    assert re.search(words, done.stderr)
    assert "Traceback" not in done.stderr


def test_mistakes_in_meanings_are_told_with_their_place(desk: Path, tmp_path: Path) -> None:
    for name in ("clew.yaml", "journeys/desk.yaml", "sources/tickets.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    (tmp_path / "meanings.yaml").write_text("lost: {evnt: closed}\n", encoding="utf-8")

    done = clew(tmp_path, "signals")

    assert done.returncode == 1
    assert re.search(r"meanings\.yaml:1:\d+: .*'evnt'", done.stderr)


def test_without_any_meanings_the_next_step_says_how_to_begin(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "clew.yaml").write_text("firm: Desk\ncurrency: EUR\ntime_zone: UTC\n", encoding="utf-8")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/tickets.yaml").write_text(FILES["sources/tickets.yaml"], encoding="utf-8")
    write(
        tmp_path / "tickets.csv",
        [["account", "ticket", "at", "event", "team"], ["f", "t", "2025-01-01", "opened", "x"]],
    )
    assert clew(tmp_path, "load").returncode == 0

    page = told(tmp_path)

    assert "stall cannot be seen: There is no journey" in page
    assert page.rstrip().endswith("→ Say in meanings.yaml what events mean, then ask again: clew signals")


def test_a_moment_before_the_log_begins_is_refused_with_the_day_on_which_it_does(desk: Path) -> None:
    done = clew(desk, "signals", "--as-of", "2001-01-01")

    assert done.returncode == 2
    assert re.search(r"nothing had happened yet on 2001-01-01: the log begins \d{4}-\d\d-\d\d", done.stderr)
