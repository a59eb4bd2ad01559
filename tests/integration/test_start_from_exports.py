"""clew start as a stranger meets it: one command from a CSV to a workspace and a first report."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clew.cli.app import app
from clew.errors import BadInput, BadRequest
from clew.workspace.workspace import open_workspace

START = datetime(2023, 1, 2, 9)  # noqa: DTZ001 - as a file shows it


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    workspace = tmp_path / "pipeline"
    workspace.mkdir()
    monkeypatch.chdir(workspace)
    return workspace


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["start", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def written(folder: Path, name: str, rows: Sequence[Sequence[object]]) -> str:
    with (folder / name).open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return name


def deals(folder: Path) -> str:
    rows: list[list[object]] = [
        ["deal_id", "company", "rep", "created_at", "proposal_at", "closed_at", "stage", "amount"]
    ]
    for number in range(120):
        at = START + timedelta(hours=7 * number)
        is_open = number % 4 == 0
        stage = "Proposal" if is_open else ("Won", "Lost")[number % 2]
        closed = "" if is_open else at + timedelta(days=9)
        rows.append(
            [
                f"D{number}",
                f"Firm {number % 15}",
                ("Ann", "Bob")[number % 2],
                at,
                at + timedelta(days=2),
                closed,
                stage,
                100 + number,
            ]
        )
    return written(folder, "deals.csv", rows)


def companies(folder: Path) -> str:
    rows = [["company", "sector"], *([f"Firm {number}", f"S{number % 3}"] for number in range(15))]
    return written(folder, "companies.csv", rows)


def test_one_command_leads_from_a_csv_to_a_report(folder: Path) -> None:
    result = run(deals(folder))

    assert result.exit_code == 0
    told = result.stdout
    assert "deals.csv: 120 rows" in told
    assert "taken for" in told
    assert "Drafted journeys/deal.yaml from 330 events of 120 deals." in told
    assert "stages: created → proposal; ends: lost, won" in told
    assert "deals    120       120          0            0         0" in told
    assert "120 runs" in told
    assert (folder / "clew-report.html").is_file()


def test_what_is_written_passes_every_check(folder: Path) -> None:
    run(deals(folder), companies(folder))

    workspace = open_workspace()

    assert workspace.problems == []
    assert sorted(workspace.sources) == ["companies", "deals"]
    (journey,) = workspace.journeys.values()
    assert journey.stage_names == ("created", "proposal")
    assert [(end.name, end.good) for end in journey.ends] == [("lost", False), ("won", True)]
    assert journey.value == "amount"


def test_every_element_of_the_draft_says_what_it_was_seen_in(folder: Path) -> None:
    run(deals(folder))

    (journey,) = open_workspace().journeys.values()

    assert {name for name, mark in journey.marks.items() if mark.kind == "evidence"} >= {
        "created",
        "created.enter",
        "proposal",
        "proposal.enter",
        "ends.won",
        "ends.lost",
    }
    assert journey.marks["ends.won"].source.startswith("30 of 120 deals have it")


def test_a_table_of_accounts_is_a_source_and_a_table_of_others_a_suggestion(folder: Path) -> None:
    reps = written(folder, "reps.csv", [["rep", "office"], ["Ann", "North"], ["Bob", "South"]])

    result = run(deals(folder), companies(folder), reps, "--no-report")

    assert "account: {company: company}" in (folder / "sources" / "companies.yaml").read_text()
    assert not (folder / "sources" / "reps.yaml").exists()
    assert "reps.csv: no source is written" in result.stdout
    source = (folder / "sources" / "deals.yaml").read_text()
    assert "#   - {file: reps.csv, on: rep, columns: [office]}" in source


def test_lines_of_an_order_are_suggested_as_a_join_that_splits_and_adds_up(folder: Path) -> None:
    orders = written(
        folder,
        "orders.csv",
        [["order_id", "placed_at"], *([f"o{n}", START + timedelta(hours=n)] for n in range(50))],
    )
    items = written(
        folder,
        "items.csv",
        [["order_id", "seller_id", "price"], *([f"o{n // 2}", f"s{n % 7}", f"{n}.5"] for n in range(100))],
    )

    run(orders, items, "--no-report")

    source = (folder / "sources" / "orders.yaml").read_text()
    assert "#   - {file: items.csv, on: order_id, per: [seller_id], sum: [price]}" in source


def test_suggestions_are_ready_to_be_used(folder: Path) -> None:
    reps = written(folder, "reps.csv", [["rep", "office"], ["Ann", "North"], ["Bob", "South"]])
    run(deals(folder), reps, "--no-report")
    source = folder / "sources" / "deals.yaml"

    lines = [
        line.removeprefix("# ") if "join:" in line or "- {file" in line else line
        for line in source.read_text().splitlines()
    ]
    source.write_text("\n".join(lines) + "\n")

    assert open_workspace().problems == []
    assert open_workspace().sources["deals"].joins[0].columns == ("office",)


def test_files_with_the_same_header_are_one_source(folder: Path) -> None:
    first = deals(folder)
    second = written(folder, "deals-2.csv", [line.split(",") for line in (folder / first).read_text().splitlines()])

    run(first, second, "--no-report")

    assert "file: [deals.csv, deals-2.csv]" in (folder / "sources" / "deals.yaml").read_text()


def test_two_exports_share_the_thread_of_an_id(folder: Path) -> None:
    reviews = written(
        folder,
        "reviews.csv",
        [["review_id", "deal_id", "reviewed_at"], *([f"r{n}", f"D{n}", START + timedelta(days=n)] for n in range(100))],
    )

    run(deals(folder), reviews, "--no-report")

    told = (folder / "sources" / "reviews.yaml").read_text()
    assert told.index("deal: deal_id") < told.index("review: review_id")


def test_nothing_is_overwritten(folder: Path) -> None:
    run(deals(folder), "--no-report")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    with pytest.raises(BadRequest, match="there is a workspace in this folder already"):
        run("deals.csv")

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_personal_values_are_neither_shown_nor_written(folder: Path) -> None:
    rows: list[list[object]] = [["ticket_id", "opened_at", "email", "message"]]
    rows += [
        [n, START + timedelta(hours=n), f"mia{n}@example.org", f"my secret number {n} is not for the log, please"]
        for n in range(60)
    ]

    result = run(written(folder, "tickets.csv", rows))

    texts = [path.read_text() for path in folder.glob("*/*.yaml")]
    assert all("mia1" not in text and "secret" not in text for text in [result.stdout, *texts])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,name\n1,a\n2,b\n", "no column holds times"),
        ("when\n2023-01-01\n2023-01-02\n", "no column says whom a row is about"),
        ("", "is empty"),
        ("1,2023-01-01\n2,2023-01-02\n", "looks like data"),
    ],
)
def test_a_file_without_a_journey_is_refused_in_words_and_nothing_is_written(
    folder: Path, content: str, said: str
) -> None:
    (folder / "odd.csv").write_text(content)

    with pytest.raises(BadInput, match=said):
        run("odd.csv")

    assert [path.name for path in folder.iterdir()] == ["odd.csv"]


def test_a_missing_file_is_named(folder: Path) -> None:
    with pytest.raises(BadInput, match=r"there is no file 'gone.csv'"):
        run("gone.csv")


@pytest.mark.parametrize(
    ("export", "journey", "stages"),
    [
        ("bpic2013_incidents/bpic2013_incidents.csv.gz", "case", 5),
        ("crm_maven/sales_pipeline.csv", "opportunity", 1),
        ("support_tickets/customer_support_tickets.csv.gz", "ticket", 2),
        ("olist/olist_orders_sample.csv.gz", "order", 3),
        ("nps_verbatims/nps_verbatims.csv", "nps-verbatim", 1),
    ],
)
def test_public_exports_give_a_sensible_start(
    folder: Path, examples: Path, export: str, journey: str, stages: int
) -> None:
    result = run(str(examples / export), "--no-report")

    workspace = open_workspace()
    assert result.exit_code == 0
    assert workspace.problems == []
    assert list(workspace.journeys) == [journey]
    assert len(workspace.journeys[journey].stages) >= stages
