"""Persons apart from events: numbers in the log, names beside it; erasing takes the names and leaves every total."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from clew.accounts.dossier import dossier
from clew.accounts.persons import Record, open_persons
from clew.archive.manifest import read_manifest
from clew.archive.reader import View, open_archive
from clew.archive.spelling import spell
from clew.clock import DAY_US
from clew.ingest.erasure import UnknownPerson, erase_person
from clew.ingest.load import load
from clew.ingest.report import LoadReport
from clew.workspace.workspace import open_workspace

NOW = 1_700_000_000_000_000
TICKETS = """
file: exports/tickets.csv
id: ticket
kind: snapshot
time_zone: UTC
account: {firm: firm}
subjects: {ticket: ticket}
contact: {id: mail, email: mail, name: person, role: role}
events:
  - {event: ticket opened, at: opened}
properties: [topic]
personal: [phone]
"""
HEADER = "ticket,firm,opened,mail,person,role,phone,topic"
ROWS = [
    "1,acme,2023-01-02,ana@acme.com,Ana Ager,buyer,555-1,call ana@acme.com back",
    "2,acme,2023-01-03,Ana@Acme.com,Ana Ager,,555-2,invoice",
    "3,acme,2023-01-04,bo@acme.com,Bo Berg,user,555-3,invoice",
    "4,acme,nonsense,ana@acme.com,Ana Ager,buyer,555-4,invoice",
    "5,acme,nonsense,bo@acme.com,Bo Berg,user,555-5,invoice",
]


class Desk:
    """A workspace with tickets of two persons."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, folder / ".clew"
        (folder / "sources").mkdir()
        (folder / "exports").mkdir()
        (folder / "clew.yaml").write_text("firm: Desk\ncurrency: EUR\ntime_zone: UTC\n")
        self.source("tickets", TICKETS)
        self.export(ROWS)

    def source(self, name: str, text: str) -> None:
        (self.folder / "sources" / f"{name}.yaml").write_text(text)

    def export(self, rows: Sequence[str], name: str = "tickets.csv", header: str = HEADER) -> None:
        (self.folder / "exports" / name).write_text("\n".join([header, *rows]) + "\n")

    def load(self, days: int = 0) -> LoadReport:
        workspace = open_workspace(self.folder)
        assert not workspace.problems
        return load(self.folder, workspace.sources, now=NOW + days * DAY_US)

    def view(self) -> View:
        return open_archive(self.store).view()

    def per_person(self) -> dict[int, int]:
        counts: dict[int, int] = {}
        for bucket in self.view().buckets():
            for number in bucket.contact.tolist():
                counts[number] = counts.get(number, 0) + 1
        return counts

    def files_holding(self, text: str) -> list[str]:
        found = [
            path for path in self.store.rglob("*") if path.is_file() and text.encode() in path.read_bytes().lower()
        ]
        return [path.relative_to(self.store).as_posix() for path in found]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.load()
    return desk


def test_log_holds_numbers_where_persons_were_named(desk: Desk) -> None:
    assert desk.per_person() == {0: 2, 1: 1}
    with open_persons(desk.store) as persons:
        assert persons.find("ANA@acme.com") == [Record(0, "ana@acme.com", "ana@acme.com", "Ana Ager", "buyer")]
    held = set(desk.files_holding("555-1")) | set(desk.files_holding("ana ager"))
    assert {name.split("-")[0] for name in held} == {"persons.sqlite", "rejected/tickets.csv"}


def test_person_store_is_for_the_owner_alone(desk: Desk) -> None:
    erase_person(desk.folder, "bo@acme.com")

    for name in ("persons.sqlite", "persons.salt"):
        assert stat.S_IMODE(os.stat(desk.store / name).st_mode) == 0o600


def test_everything_known_of_a_person_can_be_handed_out(desk: Desk) -> None:
    told = dossier(desk.store, "ana@acme.com")

    assert told["persons"] == [
        {"number": 0, "identifier": "ana@acme.com", "email": "ana@acme.com", "name": "Ana Ager", "role": "buyer"}
    ]
    assert sorted(item["value"] for item in told["properties"]) == ["555-1", "555-2"]
    assert [(event["at"], event["event"], event["account"], event["subject:ticket"]) for event in told["events"]] == [
        ("2023-01-02T00:00:00Z", "ticket opened", "firm:acme", "ticket:1"),
        ("2023-01-03T00:00:00Z", "ticket opened", "firm:acme", "ticket:2"),
    ]
    assert told["events"][1]["property:topic"] == "invoice"


def test_erased_person_is_in_no_file_any_more(desk: Desk) -> None:
    report = erase_person(desk.folder, "ana@acme.com")

    assert (report.records, report.properties, report.rejected) == (1, 2, 1)
    assert report.texts == {"property:topic": 1}
    for text in ("ana@acme.com", "ana ager", "555-1", "555-2", "555-4"):
        assert desk.files_holding(text) == [], text
    assert desk.files_holding("bo@acme.com") != []


def test_erasing_changes_no_total(desk: Desk) -> None:
    before, persons = spell(desk.view()), desk.per_person()

    erase_person(desk.folder, "ana@acme.com")

    after = spell(desk.view())
    topics = [event.pop("property:topic") for log in (before, after) for event in log["threads"]["firm:acme"]]
    assert topics == ["call ana@acme.com back", "invoice", "invoice", "call erased-0 back", "invoice", "invoice"]
    assert after == before
    assert desk.per_person() == persons


def test_later_load_of_the_same_export_brings_nobody_back(desk: Desk) -> None:
    erase_person(desk.folder, "ana@acme.com")
    desk.export([*ROWS[:4], "6,acme,2023-01-06,ana@acme.com,Ana Ager,buyer,555-6,ana@acme.com again"])

    (report,) = desk.load(days=1).sources

    assert (report.accepted, report.duplicate, report.superseding) == (1, 3, 0)
    assert desk.per_person() == {0: 3, 1: 1}
    assert dossier(desk.store, "ana@acme.com")["persons"] == []
    for text in ("ana@acme.com", "ana ager", "555-4", "555-6"):
        assert desk.files_holding(text) == [], text


def test_log_made_anew_after_its_manifest_was_lost_brings_nobody_back(desk: Desk) -> None:
    erase_person(desk.folder, "ana@acme.com")
    totals = desk.per_person()
    (desk.store / "manifest.json").unlink()

    desk.load(days=1)

    assert desk.per_person() == totals
    assert desk.files_holding("ana@acme.com") == desk.files_holding("ana ager") == []


def test_another_record_with_the_erased_address_stays_nameless(desk: Desk) -> None:
    erase_person(desk.folder, "ana@acme.com")
    with open_persons(desk.store) as persons, persons.transaction():
        (number,) = persons.surrogates(["crm-17"])
        persons.describe([Record(number, "crm-17", "ANA@acme.com", "Ana Ager")])

        assert persons.find("crm-17") == [Record(number, "crm-17")]


def test_staged_blocks_of_an_interrupted_load_are_dropped(desk: Desk) -> None:
    staged = desk.store / "inbox" / "somebody" / "000000.block"
    staged.parent.mkdir(parents=True)
    staged.write_bytes(b"ana@acme.com")

    assert erase_person(desk.folder, "ana@acme.com").inbox == 1
    assert desk.files_holding("ana@acme.com") == []


def test_somebody_unknown_is_said_to_be_so(desk: Desk) -> None:
    before = read_manifest(desk.store).generation

    with pytest.raises(UnknownPerson, match=r"nobody is known as 'zoe@acme\.com'"):
        erase_person(desk.folder, "zoe@acme.com")

    assert read_manifest(desk.store).generation == before


@pytest.mark.parametrize("nobody", ["", "  "])
def test_an_empty_text_names_nobody_and_removes_nothing(desk: Desk, nobody: str) -> None:
    listed = (desk.store / "rejected" / "tickets.csv").read_bytes()

    with pytest.raises(UnknownPerson, match="an empty text names nobody"):
        erase_person(desk.folder, nobody)

    assert (desk.store / "rejected" / "tickets.csv").read_bytes() == listed


def test_a_common_word_that_nobody_bears_takes_no_listed_row_along(desk: Desk) -> None:
    listed = (desk.store / "rejected" / "tickets.csv").read_bytes()
    word = listed.decode().splitlines()[1].split(",")[1]

    with pytest.raises(UnknownPerson, match="nobody is known"):
        erase_person(desk.folder, word)

    assert (desk.store / "rejected" / "tickets.csv").read_bytes() == listed


def test_person_whom_only_a_text_names_can_be_erased(desk: Desk) -> None:
    desk.export([*ROWS, "7,acme,2023-01-07,bo@acme.com,Bo Berg,user,555-3,ask cy@acme.com"])
    desk.load(days=1)

    report = erase_person(desk.folder, "Cy@acme.com")

    assert report.texts == {"property:topic": 1}
    assert desk.files_holding("cy@acme.com") == []


def test_free_mail_contact_is_a_thread_of_their_own_by_number(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.source("tickets", TICKETS.replace("account: {firm: firm}", "account: {domain: mail}"))
    desk.export(["1,,2023-01-02,eve@gmail.com,Eve,,,x", "2,,2023-01-03,ana@acme.com,Ana,,,x"])

    desk.load()

    assert set(spell(desk.view())["threads"]) == {"contact:0", "domain:acme.com"}
    assert [event["account"] for event in dossier(desk.store, "eve@gmail.com")["events"]] == ["contact:0"]
    assert not [name for name in desk.files_holding("eve@gmail.com") if not name.startswith("persons.sqlite")]


def test_account_whose_id_is_personal_stands_in_the_log_by_number(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    text = TICKETS.replace("account: {firm: firm}", "account: {buyer: mail}").replace("[phone]", "[phone, mail]")
    desk.source("tickets", text)
    desk.export(ROWS[1:3])
    desk.load()
    before = spell(desk.view())

    erase_person(desk.folder, "ana@acme.com")
    desk.export([*ROWS[1:3], "9,acme,2023-02-02,ana@acme.com,Ana Ager,,555-9,x"])
    desk.load(days=1)

    assert set(before["threads"]) == {"buyer:person-0", "buyer:person-1"}
    assert {thread: len(told) for thread, told in spell(desk.view())["threads"].items()} == {
        "buyer:person-0": 2,
        "buyer:person-1": 1,
    }


def test_nobody_else_is_touched(desk: Desk) -> None:
    before: Any = dossier(desk.store, "bo@acme.com")

    erase_person(desk.folder, "ana@acme.com")

    assert dossier(desk.store, "bo@acme.com") == before
