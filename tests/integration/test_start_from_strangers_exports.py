"""clew start on exports as programs write them (help desks, sales, trackers, payments), and on what is no export."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clew.cli.app import app
from clew.errors import BadInput
from clew.workspace.workspace import open_workspace

START = datetime(2024, 1, 8, 9)  # noqa: DTZ001 - as a file shows it
Row = list[object]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    workspace = tmp_path / "pipeline"
    workspace.mkdir()
    monkeypatch.chdir(workspace)
    return workspace


def run(*arguments: str, columns: int = 120) -> Result:
    result = CliRunner().invoke(app, ["start", *arguments], env={"COLUMNS": str(columns)})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def steps(names: Sequence[str], case: int) -> Iterator[tuple[str, str, datetime]]:
    """The changes of one case: former state, new state, time; every third case stops before its end."""
    states = names if case % 3 else names[:-1]
    for place, name in enumerate(states):
        yield states[place - 1] if place else "", name, START + timedelta(hours=5 * case, minutes=300 * place + case)


def german_help_desk(folder: Path) -> None:
    rows: list[Row] = [
        ["Ticket-Nr", "Kunde", "Status", "Geändert am", "Gruppe", "Auftragswert", "Kontakt E-Mail", "Beschreibung"]
    ]
    for n in range(300):
        for _, state, at in steps(["Neu", "In Bearbeitung", "Gelöst"], n):
            mail = f"kontakt{n % 80}@{('ekström', 'firma')[n % 2]}.example"
            value = f"{100 + n},50"
            text = f"Der Drucker {n} im Büro geht nicht mehr, bitte um Rückruf"
            rows.append([f"T-{n}", f"Müller & Söhne {n % 20}", state, f"{at:%d.%m.%Y %H:%M}", "", value, mail, text])
            rows[-1][4] = ("Erste Linie", "Büro Köln")[n % 2]
    with (folder / "export.csv").open("w", newline="", encoding="cp1252") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def opportunity_history(folder: Path) -> None:
    rows: list[Row] = [
        ["Opportunity ID", "Account Name", "Owner", "From Stage", "To Stage", "Amount", "Close Date", "Last Modified"]
    ]
    for n in range(90):
        for former, stage, at in steps(["Prospecting", "Proposal/Quote", "Closed Won"], n):
            times = [f"{at + timedelta(days=30):%m/%d/%Y}", f"{at:%m/%d/%Y %I:%M %p}"]
            rows.append([f"006{n:06}", f"Firm {n % 9}", ("Ann", "Bob")[n % 2], former, stage, 1000 + 7 * n, *times])
    written(folder, rows)


def changelog(folder: Path) -> None:
    rows: list[Row] = [["Issue Key", "Summary", "Author", "Author Email", "Created", "Field", "From", "To"]]
    for n in range(90):
        for former, state, at in steps(["In Progress", "In Review", "Done"], n):
            person = [f"Repair number {n}", "Ann Smith", "kontakt@ours.example", f"{at:%Y-%m-%dT%H:%M:%S.000+0100}"]
            rows.append([f"CLEW-{n}", *person, "status", former, state])
            rows.append([f"CLEW-{n}", *person, "assignee", "Ann Smith", "Bob Jones"])
    written(folder, rows)


def wide_tickets(folder: Path) -> None:
    write_tickets(folder, once=True)


def repeated_tickets(folder: Path) -> None:
    """Each ticket twice: as it was exported at first, and when it was solved."""
    write_tickets(folder, once=False)


def write_tickets(folder: Path, *, once: bool) -> None:
    rows: list[Row] = [
        ["Id", "Requester", "Requester email", "Organization", "Group", "Status", "Created at", "Updated at"]
    ]
    rows[0].append("Solved at")
    for n in range(180):
        at = START + timedelta(hours=n)
        who = [
            n,
            f"Kontakt Berg{chr(97 + n % 26)}",
            f"kontakt{n}@firm{n % 9}.example" if n % 2 else "",
            f"Firm {n % 9}",
        ]
        if not once or n % 3 == 0:
            rows.append([*who, "Support", "Open", at, at, ""])
        if n % 3:
            solved = at + timedelta(hours=30)
            rows.append([*who, "Support", "Solved", at, solved, solved])
    written(folder, rows)


def invoices(folder: Path) -> None:
    rows: list[Row] = [
        ["id", "Customer", "Customer Email", "Customer Name", "Amount Due", "Currency", "Status", "Created (UTC)"]
    ]
    rows[0] += ["Due Date (UTC)", "Finalized At (UTC)", "Paid At (UTC)", "Subscription"]
    for n in range(180):
        at, firm = START + timedelta(hours=6 * n), n % 30
        who = [f"in_{n:04}", f"cus_{firm}", f"kontakt{firm}@kunde{firm}.example", f"Kontakt Berg{chr(97 + firm % 26)}"]
        paid = at + timedelta(days=3) if n % 4 else ""
        times = [at, at + timedelta(days=14), at + timedelta(hours=1), paid]
        rows.append([*who, f"{10 + n}.50", "chf", "paid" if paid else "open", *times, f"sub_{firm}"])
    written(folder, rows)


def written(folder: Path, rows: Sequence[Row]) -> None:
    with (folder / "export.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)


EXPORTS: dict[Callable[[Path], None], tuple[str, list[str], list[str]]] = {
    german_help_desk: ("ticket", ["neu", "in-bearbeitung"], ["geloest"]),
    opportunity_history: ("opportunity", ["prospecting", "proposal-quote"], ["closed-won"]),
    changelog: ("issue", ["in-progress", "in-review"], ["done"]),
    wide_tickets: ("export", ["created"], ["solved"]),
    repeated_tickets: ("export", ["open"], ["solved"]),
    invoices: ("export", ["created", "finalized"], ["paid"]),
}


@pytest.mark.parametrize("write", EXPORTS)
def test_an_export_leads_to_a_sound_journey_a_report_and_no_person_anywhere(
    folder: Path, write: Callable[[Path], None]
) -> None:
    name, stages, ends = EXPORTS[write]
    write(folder)

    result = run("export.csv")

    workspace = open_workspace()
    journey = workspace.journeys[name]
    texts = [result.stdout, *(path.read_text() for path in folder.glob("**/*.yaml"))]
    assert result.exit_code == 0
    assert workspace.problems == []
    assert list(journey.stage_names) == stages
    assert [end.name for end in journey.ends] == ends
    assert (folder / "clew-report.html").is_file()
    assert all("kontakt" not in text.lower().replace("kontakt e-mail", "") for text in texts)


def test_a_german_help_desk_is_understood(folder: Path) -> None:
    german_help_desk(folder)

    run("export.csv", "--no-report")

    source = (folder / "sources" / "export.yaml").read_text()
    assert "contact: {id: Kontakt E-Mail, email: Kontakt E-Mail}" in source
    assert "team: Gruppe" in source
    assert "Auftragswert: {column: Auftragswert, of: ticket}" in source
    assert "value: {attribute: Auftragswert}" in (folder / "journeys" / "ticket.yaml").read_text()


def test_the_firm_has_the_currency_of_its_rows_and_hours_as_text(folder: Path) -> None:
    invoices(folder)

    run("export.csv", "--no-report")

    firm = (folder / "clew.yaml").read_text()
    assert "currency: CHF " in firm
    assert 'hours: {monday-friday: "09:00-17:00"}' in firm


@pytest.mark.parametrize("name", ["event", "activity", "action"])
@pytest.mark.parametrize("whose", ["company", "email"])
def test_a_column_named_like_an_event_beside_an_id_of_each_row_names_the_event(
    folder: Path, name: str, whose: str
) -> None:
    kinds = ["deal won", "kickoff held", "went live", "mail sent"]
    rows: list[Row] = [["id", whose, name, "date"]]  # nobody appears twice, so no column repeats inside a case
    for n in range(300):
        who = f"Firm {n}" if whose == "company" else f"someone@firm{n}.example"
        rows.append([f"X{n:04d}", who, kinds[n % 4], f"{START + timedelta(hours=n):%Y-%m-%d %H:%M}"])
    with (folder / "acts.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)

    told = run("acts.csv", "--no-report").stdout

    source = (folder / "sources" / "acts.yaml").read_text()
    assert f'{{event: "{{{name}}}", at: date}}' in source
    assert f"column: {name}" not in source  # no attribute
    assert "delimiter comma, utf-8" in told


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("write", EXPORTS)
def test_what_is_printed_fits_the_screen(folder: Path, write: Callable[[Path], None], columns: int) -> None:
    write(folder)

    told = run("export.csv", "--no-report", columns=columns).stdout

    assert max(map(len, told.splitlines())) <= columns
    assert ("as" in told.splitlines()[2].split()) == (columns == 120)  # samples only where there is room


def test_it_ends_with_what_to_do_next(folder: Path) -> None:
    opportunity_history(folder)

    told = run("export.csv").stdout.splitlines()

    assert told[-5:] == [
        "What to do next:",
        "  1. Say what the exports really mean in sources/export.yaml and journeys/opportunity.yaml.",
        "  2. clew check    says what is wrong, and where",
        "  3. clew load     reads the exports as the files now say",
        "  4. clew report   draws the picture again; clew show --help lists questions",
    ]


def excel(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")


def picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)


def one_column(path: Path) -> None:
    path.write_text("name\n" + "".join(f"x{n}\n" for n in range(50)))


def no_time(path: Path) -> None:
    path.write_text("ticket_id,customer,mail\n" + "".join(f"{n},F{n % 9},mia{n}@ekström.example\n" for n in range(50)))


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (excel, "Excel workbook; unpack it, or save the sheet as CSV"),
        (picture, "is no text file but a binary one"),
        (lambda path: path.write_bytes(bytes(500)), "is no text file but a binary one"),
        (Path.mkdir, r"'odd.csv' is a folder; name the files in it, as odd.csv/\*.csv"),
        (one_column, r"no column holds times of what happened.*\(columns: 'name'\); add an export with a date or time"),
        (no_time, r"no column holds times of what happened.*\(columns: 'ticket_id', 'customer', 'mail'\)"),
        (lambda path: None, "there is no file 'odd.csv'"),
    ],
    ids=["excel", "picture", "zeros", "folder", "one column", "no time", "missing"],
)
def test_what_is_no_export_is_refused_in_words_and_nothing_is_written(
    folder: Path, write: Callable[[Path], None], said: str
) -> None:
    write(folder / "odd.csv")
    before = sorted(folder.rglob("*"))

    with pytest.raises(BadInput, match=said):
        run("odd.csv")

    assert sorted(folder.rglob("*")) == before
