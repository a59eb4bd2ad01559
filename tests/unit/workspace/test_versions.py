"""Published versions never change, and what they took from clew.yaml stays with them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clew.durations import Duration
from clew.errors import FileProblems, UnknownName
from clew.workspace import Workspace, open_workspace
from clew.workspace.editions import changes_between, draft_edition, published_edition
from clew.workspace.publications import latest_version, published_versions
from clew.workspace.versions import publish, read_version

DESIGN = Path(__file__).parent / "design_example"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAME = "seller-onboarding"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DESIGN, tmp_path / "firm"))


def edit(folder: Path, file: str, before: str, after: str) -> Workspace:
    path = folder / file
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    return open_workspace(folder)


def put_out(workspace: Workspace, name: str = NAME) -> str:
    return publish(workspace, workspace.journeys[name], at=NOON, by="anna").version


@pytest.mark.parametrize("name", ["seller-onboarding", "seller-lifecycle", "renewal"])
def test_a_published_version_reads_back_as_the_draft_was(folder: Path, name: str) -> None:
    workspace = open_workspace(folder)

    version = put_out(workspace, name)

    journey, parts = read_version(workspace, name, version)
    draft = draft_edition(workspace, name)
    assert (journey, parts) == (draft.journey, draft.parts)
    assert version == workspace.journeys[name].version


def test_a_line_of_the_index_that_a_crash_tore_is_no_publication(folder: Path) -> None:
    workspace = open_workspace(folder)
    version = put_out(workspace)
    index = folder / ".clew" / "versions" / "index.jsonl"
    index.write_bytes(index.read_bytes()[:-20])

    assert put_out(workspace) == version

    assert [one.version for one in published_versions(workspace, NAME)] == [version]


def test_a_publication_that_was_killed_before_its_line_in_the_index_is_made_up_for(folder: Path) -> None:
    workspace = open_workspace(folder)
    version = put_out(workspace)
    (folder / ".clew" / "versions" / "index.jsonl").write_text("")

    assert put_out(workspace) == version

    assert read_version(workspace, NAME, version)[0].name == NAME
    assert [one.version for one in published_versions(workspace, NAME)] == [version]


def test_a_version_stays_when_the_draft_and_the_firm_change(folder: Path) -> None:
    version = put_out(open_workspace(folder))
    edit(folder, f"journeys/{NAME}.yaml", "limit: 14 days", "limit: 21 days")
    workspace = edit(folder, "clew.yaml", "at_least: 100000", "at_least: 500")

    journey, parts = read_version(workspace, NAME, version)

    assert journey.stages[1].limit == Duration(14, "day")
    old_firm = parts.put_into(workspace.firm)
    assert old_firm.segments["enterprise"] != workspace.firm.segments["enterprise"]
    assert workspace.journeys[NAME].version != version


def test_a_changed_working_calendar_is_another_version_where_working_time_counts(folder: Path) -> None:
    before = {name: journey.version for name, journey in open_workspace(folder).journeys.items()}

    workspace = edit(folder, "clew.yaml", "monday-friday: 07:00-15:00", "monday-friday: 07:00-14:00")

    changed = {name for name, journey in workspace.journeys.items() if journey.version != before[name]}
    assert changed == {"seller-onboarding", "seller-lifecycle"}  # the renewal has no span of working time


def test_publishing_again_without_a_change_changes_nothing(folder: Path) -> None:
    workspace = open_workspace(folder)
    put_out(workspace)

    again = publish(workspace, workspace.journeys[NAME], at=datetime(2027, 1, 1, tzinfo=UTC), by="bo")

    assert (again.at, again.by) == (NOON, "anna")
    assert len(published_versions(workspace)) == 1


def test_going_back_to_an_older_version_is_a_publication_of_the_same_file(folder: Path) -> None:
    first = put_out(open_workspace(folder))
    second = put_out(edit(folder, f"journeys/{NAME}.yaml", "limit: 14 days", "limit: 21 days"))
    workspace = edit(folder, f"journeys/{NAME}.yaml", "limit: 21 days", "limit: 14 days")

    assert put_out(workspace) == first
    assert [one.version for one in published_versions(workspace, NAME)] == [first, second, first]
    latest = latest_version(workspace, NAME)
    assert latest is not None
    assert latest.version == first


@pytest.mark.parametrize("harm", ["altered", "a comment", "gone"])
def test_a_version_that_was_altered_is_refused(folder: Path, harm: str) -> None:
    workspace = open_workspace(folder)
    version = put_out(workspace)
    path = workspace.store / "versions" / NAME / f"{version}.yaml"
    if harm == "gone":
        path.unlink()
    else:
        text = path.read_text("utf-8")
        path.write_text(text.replace("14 days", "15 days") if harm == "altered" else text + "# x\n", "utf-8")

    with pytest.raises(FileProblems, match="altered or is gone"):
        read_version(workspace, NAME, version)
    if harm != "gone":
        with pytest.raises(FileProblems, match="altered or is gone"):
            put_out(workspace)


def test_the_beginning_of_a_hash_is_enough_and_an_unknown_one_is_told(folder: Path) -> None:
    workspace = open_workspace(folder)
    version = put_out(workspace)

    assert read_version(workspace, NAME, version[:4])[0].version == version
    with pytest.raises(UnknownName, match="published version"):
        read_version(workspace, NAME, "zzz")


def test_a_broken_line_of_the_index_is_told_with_its_place(folder: Path) -> None:
    workspace = open_workspace(folder)
    put_out(workspace)
    (workspace.store / "versions/index.jsonl").write_text("{}\n", "utf-8")

    with pytest.raises(FileProblems, match=r"index\.jsonl:1:1"):
        published_versions(workspace)


def test_changes_of_the_firm_are_told_where_a_journey_uses_them(folder: Path) -> None:
    put_out(open_workspace(folder))
    edit(folder, "clew.yaml", "at_least: 100000", "at_least: 500")
    workspace = edit(folder, "clew.yaml", "monday-friday: 07:00-15:00", "monday-friday: 07:00-14:00")

    before = published_edition(workspace, NAME)
    assert before is not None
    told = [change.text for change in changes_between(before, draft_edition(workspace, NAME))]

    assert told == [
        "segment enterprise: annual_revenue at least 100000 → annual_revenue at least 500",
        "calendar early changed: working limits fall due at other times",
    ]


def test_a_journey_that_was_never_published_has_no_edition(folder: Path) -> None:
    assert published_edition(open_workspace(folder), NAME) is None


def test_only_journeys_with_sound_files_can_be_published(folder: Path) -> None:
    workspace = edit(folder, "journeys/renewal.yaml", "120 days", "120 dayz")

    assert workspace.sound_journeys() == ["seller-lifecycle", "seller-onboarding"]
    assert edit(folder, "clew.yaml", "BRL", "brl").sound_journeys() == []
