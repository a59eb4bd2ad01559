"""An erasure that was killed is taken up again; a load after one lists no row of the person again."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.ingest import erasure
from clew.ingest.erasure import erase_person
from clew.ingest.load import load
from clew.workspace import open_workspace

NOON = 1_700_000_000_000_000
SOURCE = """\
file: exports/calls.csv
id: call
time_zone: UTC
account: {account: account}
contact: {id: contact, name: name}
events:
  - {event: called, at: at}
properties: []
"""
GOOD = "1,acme,2023-01-02,P-7,Ana Ager"


def load_calls(folder: Path, *rows: str) -> str:
    """Load these calls and return what is listed of the rejected ones."""
    (folder / "exports" / "calls.csv").write_text("\n".join(["call,account,at,contact,name", *rows]) + "\n")
    load(folder, open_workspace(folder).sources, now=NOON)
    return (folder / ".clew" / "rejected" / "calls.csv").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources").mkdir()
    (tmp_path / "exports").mkdir()
    (tmp_path / "clew.yaml").write_text("firm: Desk\ncurrency: EUR\ntime_zone: UTC\n")
    (tmp_path / "sources" / "calls.yaml").write_text(SOURCE)
    return tmp_path


@pytest.mark.parametrize(
    "row",
    ["2,acme,nonsense,P-7,Ana Ager", '2,acme,2023-01-03,"P-7",Ana Ager,too many', "1,acme,2023-01-09,P-7,Ana Ager"],
)
def test_a_rejected_row_of_an_erased_person_is_listed_by_its_place_alone(folder: Path, row: str) -> None:
    assert "Ana" in load_calls(folder, GOOD, row)
    erase_person(folder, "P-7")

    listed = load_calls(folder, GOOD, row, "3,acme,nonsense,P-70,Bo Berg")

    assert "P-7," not in listed.replace('"', "")
    assert "Ana" not in listed
    assert "calls.csv,3," in listed
    assert "P-70,Bo Berg" in listed


def test_an_erasure_killed_before_the_texts_were_rewritten_is_taken_up_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = SOURCE.replace("name: name", "name: name, email: mail").replace("properties: []", "properties: [note]")
    (folder / "sources" / "calls.yaml").write_text(source)
    row = "1,acme,2023-01-02,P-7,Ana Ager,ana@acme.com,ask ana@acme.com"
    (folder / "exports" / "calls.csv").write_text(f"call,account,at,contact,name,mail,note\n{row}\n")
    load(folder, open_workspace(folder).sources, now=NOON)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(erasure, "rewrite_texts", killed)
        with pytest.raises(KeyboardInterrupt):
            erase_person(folder, "P-7")

    assert erase_person(folder, "P-7").texts
    files = [path for path in (folder / ".clew").rglob("*") if path.is_file()]
    assert not [path for path in files if b"ana@acme.com" in path.read_bytes()]
