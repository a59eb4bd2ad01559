"""What events mean, among the other files: names are checked across files, and its mistakes keep nothing else back."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from clew.cli.app import app
from clew.errors import FileProblems
from clew.meanings.model import Meanings
from clew.questions.library import OpenWorkspace, open_workspace

FILES = {
    "clew.yaml": "firm: A\ncurrency: EUR\ntime_zone: UTC\n",
    "export.csv": "id,firm,asked,answered,size,topic\n1,f1,2024-01-02,2024-01-03,5,price\n",
    "sources/desk.yaml": "file: export.csv\nid: id\nkind: snapshot\naccount: {crm: firm}\nsubjects: {ticket: id}\n"
    "events: [{event: question asked, at: asked}, {event: answer given, at: answered}]\n"
    "attributes: {size: size}\nproperties: [topic]\n",
    "journeys/j.yaml": "journey: j\nstages:\n  - {stage: open, enter: {event: question asked}}\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def opened(folder: Path, meanings: str) -> OpenWorkspace:
    (folder / "meanings.yaml").write_text(meanings, "utf-8")
    return open_workspace(folder)


def test_without_a_file_nothing_is_said(folder: Path) -> None:
    assert open_workspace(folder).meanings == Meanings()
    assert not open_workspace(folder).says_meanings


def test_a_sound_file_is_read_and_listed_by_the_check(folder: Path) -> None:
    workspace = opened(folder, "about: topic\nrevenue: {attribute: size}\n")

    assert workspace.meanings.about == "topic"
    checked = CliRunner().invoke(app, ["check"])
    assert "4 files are fine: 1 source, 1 journey, meanings." in checked.output
    assert checked.exit_code == 0


# what is written -> what is told of it: names that other files declare
UNKNOWN = [
    ("loud: {event: question aksed}", "unknown event 'question aksed'", "did you mean 'question asked'?"),
    ("revenue: {attribute: sise}", "unknown attribute 'sise'", "did you mean 'size'?"),
    ("about: topics", "unknown property 'topics'", "did you mean 'topic'?"),
    ("stated: {when: {event: answer given}, says: said}", "unknown property 'said'", "(properties of 'answer given')"),
    ("scores: {nps: {property: nps, good: 9, poor: 6}}", "unknown property 'nps'", "allowed: topic"),
    (
        "promises: {made: {event: question asked}, kept: {event: answer given}, id: topic, due: day}",
        "unknown property 'day'",
        "(properties of 'question asked')",
    ),
    ("requests: {subject: tiket, opened: {event: question asked}}", "unknown subject 'tiket'", "'ticket'?"),
    ("lost: {all: [{event: answer given}, {segment: big}]}", "unknown segment 'big'", "segments of clew.yaml"),
]


@pytest.mark.parametrize(("text", "wrong", "hint"), UNKNOWN, ids=[text for text, _, _ in UNKNOWN])
def test_a_name_that_no_file_declares_is_told(folder: Path, text: str, wrong: str, hint: str) -> None:
    workspace = opened(folder, text)

    (problem,) = workspace.problems
    assert str(problem).startswith("meanings.yaml:1:")
    assert wrong in str(problem)
    assert hint in str(problem)


def test_a_mistake_keeps_meanings_back_and_no_load_and_no_journey(folder: Path) -> None:
    workspace = opened(folder, "loud: {event: question aksed}\n")

    with pytest.raises(FileProblems, match="question aksed"):
        _ = workspace.meanings
    assert workspace.sound_journeys() == ["j"]
    assert workspace.problems_of_exports == []
    loaded = CliRunner().invoke(app, ["load"])
    assert loaded.exit_code == 0, loaded.output
    assert CliRunner().invoke(app, ["check"]).exit_code == 1


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "about: topic\n\tlost: x\n", "about: [topic\n"])
def test_a_file_that_cannot_be_read_is_told_and_keeps_nothing_else_back(folder: Path, text: str) -> None:
    workspace = opened(folder, text)

    (problem,) = workspace.problems
    assert problem.path.name == "meanings.yaml"
    with pytest.raises(FileProblems):
        _ = workspace.meanings
    assert workspace.sound_journeys() == ["j"]
    assert workspace.problems_of_exports == []


def test_a_mistake_of_another_file_does_not_keep_meanings_back(folder: Path) -> None:
    (folder / "journeys/j.yaml").write_text("journey: [j\n", "utf-8")

    workspace = opened(folder, "about: topic\n")

    assert workspace.meanings.about == "topic"
    assert workspace.problems_of_exports == []


def test_mistakes_of_sources_still_keep_a_load_back(folder: Path) -> None:
    (folder / "sources/desk.yaml").write_text(FILES["sources/desk.yaml"].replace("account:", "acount:"), "utf-8")

    assert open_workspace(folder).problems_of_exports
    assert CliRunner().invoke(app, ["load"]).exit_code == 1


def test_the_check_notes_an_event_that_no_loaded_row_tells_of(folder: Path) -> None:
    source = FILES["sources/desk.yaml"].replace("event: question asked", 'event: "{topic} asked"')
    (folder / "sources/desk.yaml").write_text(source, "utf-8")
    (folder / "journeys/j.yaml").unlink()
    opened(
        folder,
        "lost: {event: answer given}\nready: {r: {when: {event: prise asked}, outreach: {event: price asked}}}\n",
    )
    CliRunner().invoke(app, ["load"])

    checked = CliRunner().invoke(app, ["check"]).output

    assert [line for line in checked.splitlines() if line.startswith("Note")] == [
        "Note: meanings.yaml listens to 'prise asked', which no loaded event is called; did you mean 'price asked'?"
    ]
