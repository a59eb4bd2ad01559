"""The built-in source beside the files of a workspace."""

from __future__ import annotations

from pathlib import Path

from clew.workspace.workspace import open_workspace

FIRM = "firm: Hafen\ncurrency: EUR\ntime_zone: UTC\nteams: {sales: {}, care: {}}\n"
JOURNEY = """
journey: care
title: Care
subject: account
handoffs:
  - {from: sales, to: care, sent: {event: handoff sent}, accepted: {event: handoff accepted}, returned: {event: GIVEN}}
stages:
  - {stage: begun, enter: {event: handoff accepted}}
"""


def made(folder: Path, **files: str) -> Path:
    (folder / "clew.yaml").write_text(FIRM)
    for path, text in files.items():
        file = folder / path.replace("__", "/")
        file = file.with_suffix(".yaml")
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return folder


def test_a_file_may_not_bear_the_name_of_the_built_in_source(tmp_path: Path) -> None:
    workspace = open_workspace(made(tmp_path, sources__clew="receives: clew\n"))

    [problem] = workspace.problems
    assert problem.path.name == "clew.yaml"
    assert problem.path.parent.name == "sources"
    assert "'clew' is the built-in source of what people do in Clew; allowed: any other name" in str(problem)
    assert workspace.sources == {}


def test_events_of_what_people_do_may_be_named_though_no_source_tells_of_them(tmp_path: Path) -> None:
    made(tmp_path, sources__crm="file: crm.csv\nid: id\naccount: {firm: a}\nevents: [{event: won, at: at}]\n")
    sound = open_workspace(made(tmp_path, journeys__care=JOURNEY.replace("GIVEN", "handoff returned")))
    assert not sound.problems

    faulty = open_workspace(made(tmp_path, journeys__care=JOURNEY.replace("GIVEN", "handoff retourned")))
    assert [problem.wrong for problem in faulty.problems] == ["unknown event 'handoff retourned'"]


def test_a_journey_whose_handoffs_are_never_returned_keeps_its_version(tmp_path: Path) -> None:
    plain = JOURNEY.replace(", returned: {event: GIVEN}", "")
    before = open_workspace(made(tmp_path, journeys__care=plain)).journeys["care"]
    after = open_workspace(made(tmp_path, journeys__care=JOURNEY.replace("GIVEN", "handoff returned")))

    assert before.version == "7cf30203830c"  # of a journey file of before
    assert after.journeys["care"].version != before.version
