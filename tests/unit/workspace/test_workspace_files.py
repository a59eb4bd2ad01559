"""A workspace as a whole: what one file mentions another must declare, and every file tells its mistakes at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clew.errors import FileProblems, NotAWorkspace, UnknownName
from clew.workspace import Workspace, open_workspace

FILES = {
    "clew.yaml": "firm: A\ncurrency: EUR\ntime_zone: UTC\nteams: {sales: Sales}\n"
    "segments: {big: {attribute: size, at_least: 5}}\n",
    "sources/crm.yaml": "file: ${EXPORTS}/a.csv\naccount: {crm: id}\nsubjects: {deal: deal_id}\n"
    "events: [{event: won, at: w}, {event: lost, at: l}]\nattributes: {size: size}\nproperties: [reason]\n",
    "journeys/deal.yaml": "journey: deal\nstages:\n  - stage: open\n    enter: {event: won}\n    team: sales\n",
}
Make = Callable[..., Workspace]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Write the small workspace with some files replaced, and open it from inside."""

    def write(**changed: str) -> Workspace:
        for name, text in {**FILES, **{key.replace("__", "/"): value for key, value in changed.items()}}.items():
            path = tmp_path / (name if "." in name else f"{name}.yaml")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        monkeypatch.chdir(tmp_path)
        return open_workspace()

    return write


def told(workspace: Workspace) -> list[str]:
    return [str(problem) for problem in workspace.problems]


def test_a_sound_workspace_has_no_problems_and_needs_no_environment(make: Make) -> None:
    workspace = make()

    assert told(workspace) == []
    assert workspace.firm.name == "A"
    assert list(workspace.sources) == ["crm"]
    assert list(workspace.journeys) == ["deal"]


def test_a_workspace_is_found_from_a_folder_inside(make: Make) -> None:
    workspace = make()

    assert open_workspace(workspace.dir / "journeys").dir == workspace.dir


def test_without_clew_yaml_there_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(NotAWorkspace, match="clew init"):
        open_workspace(tmp_path)


def test_an_unknown_journey_is_told_with_the_nearest(make: Make) -> None:
    with pytest.raises(UnknownName, match="did you mean 'deal'"):
        make().journey("dael")


def test_every_file_tells_its_mistakes_at_once(make: Make) -> None:
    workspace = make(clew="firm: A\n", sources__crm="file: a.csv\n", journeys__deal="journey: [deal\n")

    assert [str(path) for path in dict.fromkeys(problem.path for problem in workspace.problems)] == [
        "clew.yaml",
        "journeys/deal.yaml",
        "sources/crm.yaml",
    ]
    with pytest.raises(FileProblems):
        _ = workspace.firm
    with pytest.raises(FileProblems):
        workspace.require_sound()


JOURNEY = "journey: deal\nstages:\n  - stage: open\n    enter: {event: won}\n"
SALES = "unknown team 'slaes'; allowed: sales (teams of clew.yaml); did you mean 'sales'?"
WON = "unknown event 'wno'; allowed: won, lost (events of the sources); did you mean 'won'?"
REASON = "unknown property 'raeson'; allowed: reason (properties of 'lost'); did you mean 'reason'?"
DANGLING = [
    # added to the journey, what is told
    ("    team: slaes\n", f"journeys/deal.yaml:5:11: {SALES}"),
    ("    touchpoints: [{name: t, event: wno}]\n", f"journeys/deal.yaml:5:36: {WON}"),
    ("value: {attribute: sise}\n", "did you mean 'size'?"),
    ("subject: {dela: deal_id}\n", "did you mean 'deal'?"),
    ("subject: {deal: dealid}\n", "no source has deal in column 'dealid'; allowed: deal_id"),
    ("part_of: {journey: dael, stage: open}\n", "unknown journey 'dael'"),
    ("part_of: {journey: deal, stage: opne}\n", "unknown stage 'opne'; allowed: open (stages of deal)"),
    ("part_of: {journey: deal, stage: open}\n", "journey 'deal' is a part of itself"),
    ("kpis: [{kpi: k, metric: {time: [open, lsot]}}]\n", "did you mean 'lost'?"),
    ("ends: {x: {event: lost, where: {raeson: a}}}\n", REASON),
    ("ends: {x: {all: [{event: lost}, {segment: bgi}]}}\n", "did you mean 'big'?"),
]


@pytest.mark.parametrize(("added", "said"), DANGLING)
def test_a_name_in_a_journey_that_nothing_declares_is_told_with_the_nearest(make: Make, added: str, said: str) -> None:
    assert [line for line in told(make(journeys__deal=JOURNEY + added)) if said in line]


ELSEWHERE = [
    # file, its text, what is told
    ("clew", FILES["clew.yaml"] + "people: {p: {team: sals}}\n", "did you mean 'sales'?"),
    ("clew", FILES["clew.yaml"].replace("{attribute: size", "{attribute: sice"), "did you mean 'size'?"),
    ("clew", FILES["clew.yaml"].replace("Sales}", "{calendar: day}}"), "unknown calendar 'day'"),
    ("sources__crm", FILES["sources/crm.yaml"] + "team: {always: sals}\n", "did you mean 'sales'?"),
]


@pytest.mark.parametrize(("file", "text", "said"), ELSEWHERE)
def test_a_name_that_nothing_declares_is_told_with_the_nearest(make: Make, file: str, text: str, said: str) -> None:
    assert [line for line in told(make(**{file: text})) if said in line]


def test_owners_are_free_until_people_are_declared(make: Make) -> None:
    owned = JOURNEY + "owner: {operational: somebody}\n"

    assert told(make(journeys__deal=owned)) == []
    assert (
        "unknown person 'somebody'" in told(make(journeys__deal=owned, clew=FILES["clew.yaml"] + "people: {p: P}\n"))[0]
    )


def test_a_template_of_event_names_opens_only_the_names_it_can_make(make: Make) -> None:
    source = FILES["sources/crm.yaml"].replace("{event: lost, at: l}", "{event: 'moved / {stage}', at: l}")
    journey = JOURNEY + "ends: {x: {event: NAME}}\n"

    assert told(make(sources__crm=source, journeys__deal=journey.replace("NAME", "moved / anywhere"))) == []
    assert (
        "unknown event 'anywhere'"
        in told(make(sources__crm=source, journeys__deal=journey.replace("NAME", "anywhere")))[0]
    )


def test_properties_are_open_where_a_source_does_not_list_them(make: Make) -> None:
    source = FILES["sources/crm.yaml"].replace("properties: [reason]\n", "")

    assert (
        told(make(sources__crm=source, journeys__deal=JOURNEY + "ends: {x: {event: lost, where: {any_column: a}}}\n"))
        == []
    )


def test_a_personal_column_cannot_be_tested(make: Make) -> None:
    source = FILES["sources/crm.yaml"].replace("properties: [reason]", "personal: [note]")

    (problem,) = told(
        make(sources__crm=source, journeys__deal=JOURNEY + "ends: {x: {event: lost, where: {note: a}}}\n")
    )
    assert "journeys/deal.yaml:5:33: 'note' is personal" in problem


def test_two_journeys_of_one_name_are_told(make: Make) -> None:
    assert "journeys/other.yaml:1:10: journey 'deal' exists twice" in told(make(journeys__other=JOURNEY))[0]


def test_two_files_of_one_source_are_told(make: Make) -> None:
    workspace = make(**{"sources__crm.yml": FILES["sources/crm.yaml"]})

    assert "source 'crm' stands twice" in told(workspace)[0]


def test_an_sql_file_alone_is_told_what_it_needs(make: Make) -> None:
    (problem,) = told(make(**{"sources__x.sql": "SELECT 1"}))

    assert problem.startswith("sources/x.sql:1:1: an .sql file that no source names; allowed: a file x.yaml beside it")


def test_without_sources_no_event_is_called_unknown(make: Make) -> None:
    workspace = make()
    (workspace.dir / "sources/crm.yaml").unlink()

    assert told(open_workspace()) == []


def test_a_file_that_is_no_yaml_makes_no_names_of_others_unknown(make: Make) -> None:
    workspace = make(sources__crm="file: [\n")

    assert [problem.path.name for problem in workspace.problems] == ["crm.yaml"]


def test_sources_are_ranked_by_name(make: Make) -> None:
    workspace = make(sources__a=FILES["sources/crm.yaml"].replace("{event: won", "{event: woken"))

    assert {name: source.rank for name, source in workspace.sources.items()} == {"a": 0, "crm": 1}


def test_the_version_covers_what_a_journey_takes_from_the_firm(make: Make) -> None:
    journey = JOURNEY + "ends: {x: {all: [{event: lost}, {segment: big}]}}\n"
    before = make(journeys__deal=journey).journeys["deal"].version

    same = make(journeys__deal=journey, clew=FILES["clew.yaml"] + "people: {p: P}\n").journeys["deal"].version
    other = make(journeys__deal=journey, clew=FILES["clew.yaml"].replace("5", "6")).journeys["deal"].version

    assert same == before
    assert other != before
