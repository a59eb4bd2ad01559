"""clew conform as a person runs it: planned against actual, a deviation's runs, one run, staleness, mistakes."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

FILES = {
    "clew.yaml": """firm: Shop
currency: EUR
time_zone: Europe/Berlin
teams: {marketing: Marketing, sales: Sales, delivery: Delivery}
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
  - {event: offered, at: offered, team: {always: sales}}
  - {event: signed, at: signed, team: {always: sales}}
  - {event: sneezed, at: sneezed, team: {always: sales}}
  - {event: paid, at: paid}
attributes: {size: size, revenue: revenue}
""",
    "journeys/sale.yaml": """journey: sale
title: From contact to signature
subject: account
value: {attribute: revenue}
review: {every: 4 weeks, last: 2025-02-01}
ends:
  paid: {event: paid, good: true}
stages:
  - stage: lead
    enter: {event: contacted}
    team: marketing
  - stage: offer
    enter: {event: offered}
    team: sales
    limit: 3 days
  - stage: won
    enter: {event: signed}
    team: sales
""",
    "journeys/aftercare.yaml": """journey: aftercare
subject: account
stages:
  - stage: cold
    enter: {event: sneezed}
""",
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty firms, one a day: every fourth gets no offer, every tenth one that takes too long; f3 sneezes."""
    folder = tmp_path_factory.mktemp("shop")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    with (folder / "deals.csv").open("w", newline="") as export:
        lines = csv.writer(export)
        lines.writerow(["deal", "firm", "contacted", "offered", "signed", "sneezed", "paid", "size", "revenue"])
        for n in range(40):
            day = date(2025, 1, 1) + timedelta(days=n)
            offered = "" if n % 4 == 3 else day + timedelta(days=1)
            signed = day + timedelta(days=9 if n % 10 == 0 else 2)
            size = "big" if n % 2 else "small"
            lines.writerow([n, f"f{n}", day, offered, signed, day if n == 3 else "", "", size, n])
    assert shell(folder, "load").returncode == 0
    return folder


def shell(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clew", "-C", str(folder), *arguments], capture_output=True, text=True, check=False
    )


def conform(folder: Path, *arguments: str) -> str:
    done = shell(folder, "conform", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def told(folder: Path, *arguments: str) -> Any:
    return json.loads(conform(folder, *arguments, "--json"))


def test_the_page_shows_fitness_the_band_deviations_staleness_and_what_to_do_next(loaded: Path) -> None:
    page = conform(loaded, "--journey", "sale")

    assert page.startswith(
        "Planned against actual: how well runs fit the map\n"
        "journey sale, 40 runs, as of 2025-02-11 00:00 Europe/Berlin, the last event\n"
    )
    assert re.search(r"\n75\.0 % +59\.8 to 85\.8 +75\.0 % .* 40 +2 +40\n", page)  # straight, allowed, n, paths, open
    assert re.search(r"\n2 offer +█{15}░{5} +40 +25\.0% +0\.0% +0\.0% +13\.3% +0\.0%\n", page)
    assert re.search(r"\noffer skipped +10 +25\.0 % +14\.2 to 40\.2 +40 +10 +210 EUR +10 +skipped:offer\n", page)
    assert page.index("offer skipped") < page.index("offer beyond its limit")  # 210 EUR against 60
    assert "Staleness of sale: " in page
    assert page.rstrip().endswith("→ See the runs of one: clew conform --journey sale --show skipped:offer")


def test_every_command_that_the_page_names_runs_and_repeats_how_the_runs_were_chosen(loaded: Path) -> None:
    options = ("--journey", "sale", "--segment", "big", "--from", "2025-01-05", "--drop-out", "none")

    [deviation] = told(loaded, *options)["deviations"]["rows"]
    runs = json.loads(shell(loaded, *deviation["command"].split()[1:], "--json").stdout)
    one = json.loads(shell(loaded, *runs["rows"][0]["command"].split()[1:], "--json").stdout)

    assert deviation["command"] == (
        "clew conform --journey sale --drop-out none --segment big --from 2025-01-05 --show skipped:offer"
    )
    assert runs["n"] == deviation["runs"] == 9
    assert runs["rows"][0]["subject"] == "f39"  # worth most
    assert [row["verdict"] for row in one["rows"]] == ["as planned", "skipped", "as planned"]


def test_one_run_is_shown_step_by_step(loaded: Path) -> None:
    page = conform(loaded, "--journey", "sale", "--run", "f10")

    assert re.search(r"\noffer +offer +late +2025-01-12 00:00 +8\.0 days +3\.0 days +(?:– +)?sales +sales\n", page)
    assert "The run stands in won. Alignment fitness 1.000: 0 moves, 4 at worst." in page


def test_an_event_that_another_journey_mentions_is_not_unplanned(loaded: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(loaded, tmp_path / "shop"))
    beside = told(folder, "--journey", "sale")["unplanned"]["rows"]
    (folder / "journeys/aftercare.yaml").unlink()

    alone = told(folder)["unplanned"]["rows"]

    assert beside == []
    assert [(row["key"], row["runs"], row["n"]) for row in alone] == [("unplanned:sneezed", 1, 40)]


def test_csv_holds_the_rows_that_json_holds(loaded: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(conform(loaded, "--journey", "sale", "--by", "segment", "--csv"))))
    found = told(loaded, "--journey", "sale", "--by", "segment")

    assert [(row["segment"], row["key"], int(row["runs"])) for row in rows] == [
        (row["segment"], row["key"], row["runs"]) for row in found["deviations"]["rows"]
    ]
    assert {row["segment"] for row in found["fitness"]["rows"]} == {"big", "small"}
    assert rows[0]["command"] == "clew conform --journey sale --where segment=big --show skipped:offer"


def test_ordered_only_looks_at_the_order_of_stages_alone(loaded: Path) -> None:
    found = told(loaded, "--journey", "sale", "--ordered-only")

    assert [row["kind"] for row in found["deviations"]["rows"]] == ["skipped"]


def test_the_log_can_be_seen_as_it_was(loaded: Path) -> None:
    found = told(loaded, "--journey", "sale", "--as-of", "2025-01-04T12:00")

    assert found["fitness"]["rows"][0]["n"] == 4
    assert found["deviations"]["rows"] == []  # f3 has not signed yet
    review = next(part for part in found["staleness"]["parts"] if part["name"] == "review")
    assert review["words"] == "it was looked at after the moment that is asked about"


def test_staleness_of_all_journeys_comes_stalest_first(loaded: Path) -> None:
    asked = ("--staleness", "--as-of", "2025-03-01")
    page, found = " ".join(conform(loaded, *asked).split()), told(loaded, *asked)

    figures = [each["figure"] for each in found]
    assert {each["journey"] for each in found} == {"sale", "aftercare"}
    assert figures == sorted(figures, reverse=True)
    assert "reviewed 28 days ago, every 4 weeks" in page
    assert "no review is dated (review: {last: …}), and this version is not published" in page
    rows = list(csv.DictReader(io.StringIO(conform(loaded, *asked, "--csv"))))
    assert {row["part"] for row in rows} == {"all", "events", "paths", "review", "assumptions"}


def test_publishing_dates_a_review_until_the_file_does(loaded: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(loaded, tmp_path / "shop"))
    assert shell(folder, "publish").returncode == 0
    journey = folder / "journeys/sale.yaml"
    journey.write_text(journey.read_text().replace("last: 2025-02-01", "last: 2025-02-08"))

    again, changed = shell(folder, "publish").stdout, shell(folder, "diff", "sale").stdout

    assert "sale: unchanged" in again  # a review is no new version
    assert "last review 2025-02-01 → 2025-02-08" in changed
    assert "Touches no run: only words of the map changed" in changed
    page = " ".join(conform(folder, "--journey", "aftercare", "--staleness").split())
    assert "published 0 days ago, every 13 weeks, none is promised" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--journey", "sle"], "did you mean 'sale'"),
        (["--journey", "sale", "--show", "skiped:offer"], "did you mean 'skipped:offer'"),
        (["--journey", "sale", "--run", "f77"], "there is no run of 'sale' for 'f77'; known: f0"),
        (["--journey", "sale", "--drop-out", "non"], "did you mean 'none'"),
        (["--journey", "sale", "--by", "segmnt"], "did you mean 'segment'"),
        (["--journey", "sale", "--by", "segment", "--by", "segment"], "stands twice"),
        (["--journey", "sale", "--by", "segment", "--run", "f1"], "neither with --by"),
        (["--journey", "sale", "--recent", "3 working days"], "counts working time"),
        (["--journey", "sale", "--top", "many"], "is no whole number"),
        ([], "which journey?"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence_and_exit_code_2(loaded: Path, arguments: list[str], said: str) -> None:
    done = shell(loaded, "conform", *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_workspace_without_data_says_what_to_do(loaded: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(loaded, tmp_path / "shop", ignore=shutil.ignore_patterns(".clew")))

    done = shell(folder, "conform", "--staleness")

    assert (done.returncode, done.stderr) == (2, "the log is empty; run 'clew load' first\n")
