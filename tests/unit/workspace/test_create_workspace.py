"""A new workspace: commented, checked, never over what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.errors import BadRequest, UnknownName
from clew.workspace import open_workspace
from clew.workspace.create import create_workspace, template_names

PACKET_PARTS = 6


@pytest.mark.parametrize("template", [None, *template_names()])
def test_what_is_written_passes_the_check(tmp_path: Path, template: str | None) -> None:
    create_workspace(tmp_path, template)

    assert open_workspace(tmp_path).problems == []


def test_the_templates_are_onboarding_escalation_and_renewal() -> None:
    assert template_names() == ("escalation", "onboarding", "renewal")


@pytest.mark.parametrize("template", template_names())
def test_a_template_is_a_whole_journey(tmp_path: Path, template: str) -> None:
    create_workspace(tmp_path, template)

    (journey,) = open_workspace(tmp_path).journeys.values()
    assert journey.name == template
    assert all(stage.customer.does and stage.customer.pains and stage.limit for stage in journey.stages)
    assert any(stage.touchpoints for stage in journey.stages)
    assert any(stage.milestone for stage in journey.stages)
    assert all(len(handoff.packet) == PACKET_PARTS for handoff in journey.handoffs)
    assert journey.handoffs
    assert journey.kpis
    assert journey.variants
    assert any(end.good for end in journey.ends)
    assert {mark.kind for mark in journey.marks.values()} == {"assumption"}


@pytest.mark.parametrize("template", template_names())
def test_every_file_names_its_schema_in_the_first_line(tmp_path: Path, template: str) -> None:
    written = create_workspace(tmp_path, template)

    for path in written:
        if path.suffix == ".yaml":
            hint = path.read_text("utf-8").splitlines()[0].removeprefix("# yaml-language-server: $schema=")
            assert (path.parent / hint).resolve().is_file(), path


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "clew.yaml").write_text("mine\n")

    with pytest.raises(BadRequest, match=r"clew\.yaml in .* would be overwritten"):
        create_workspace(tmp_path, "renewal")

    assert (tmp_path / "clew.yaml").read_text() == "mine\n"
    assert [path.name for path in tmp_path.iterdir()] == ["clew.yaml"]


def test_a_gitignore_keeps_its_lines_and_leaves_out_the_data(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.csv")

    create_workspace(tmp_path)

    assert (tmp_path / ".gitignore").read_text() == "*.csv\n.clew/\n"


def test_an_unknown_template_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'renewal'"):
        create_workspace(tmp_path, "renewl")
