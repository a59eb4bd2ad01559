"""clew discover as a person meets it: a draft beside the other files, and what it finds again of drawn maps."""

from __future__ import annotations

import shutil
from itertools import combinations
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clew.cli.app import app
from clew.conditions.happening import event_names
from clew.errors import BadRequest, UnknownName
from clew.journeys.model import Journey
from clew.questions.library import open_workspace


def clew(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def tarnfield(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented firm with its log, its own journeys taken away into drawn/."""
    folder = tmp_path_factory.mktemp("discover") / "tarnfield"
    assert clew("sample", str(folder)).exit_code == 0
    open_workspace(folder).load(now=1_900_000_000_000_000)
    (folder / "journeys").rename(folder / "drawn")
    (folder / "journeys").mkdir()
    return folder


@pytest.fixture
def folder(tarnfield: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(shutil.copytree(tarnfield, tmp_path / "tarnfield"))
    return tmp_path / "tarnfield"


def drawn(folder: Path, name: str) -> Journey:
    """A journey as a person drew it."""
    from clew.journeys.parse import parse_journey

    path = folder / "drawn" / f"{name}.yaml"
    return parse_journey(path.read_text("utf-8"), path)


def discovered(name: str, *arguments: str) -> Journey:
    assert clew("discover", "--journey", name, *arguments).exit_code == 0
    workspace = open_workspace()
    assert workspace.problems == []
    return workspace.journey(name)


ONBOARDING = ("--subject", "account", "--starts", "deal won", "--ends", "first plan in use")


def entries(journey: Journey) -> list[str]:
    """Events that enter stages, in the order of the stages."""
    return [event for stage in journey.stages for event in event_names(stage.enter)]


def spoken_of(journey: Journey) -> set[str]:
    """Every event that a journey names."""
    conditions = [end.when for end in journey.ends] + [h.sent for h in journey.handoffs]
    conditions += [handoff.accepted for handoff in journey.handoffs if handoff.accepted]
    conditions += [journey.starts] if journey.starts else []
    touched = {touchpoint.event for stage in journey.stages for touchpoint in stage.touchpoints if touchpoint.event}
    return {*entries(journey), *touched, *(event for each in conditions for event in event_names(each))}


def ways(journey: Journey) -> set[tuple[str, ...]]:
    """Handoffs with what shows them."""
    return {
        (one.source, one.target, *event_names(one.sent), *event_names(one.accepted or one.sent))
        for one in journey.handoffs
    }


def in_one_order(first: list[str], second: list[str]) -> float:
    """Share of the pairs of events of both lists that stand in the same order in both."""
    common = [event for event in first if event in second]
    pairs = list(combinations(common, 2))
    return sum(second.index(a) < second.index(b) for a, b in pairs) / len(pairs)


def test_onboarding_is_found_again_stage_by_stage_in_order(folder: Path) -> None:
    map_drawn, found = drawn(folder, "onboarding"), discovered("onboarding", *ONBOARDING)

    recalled = [stage for stage in map_drawn.stages if set(event_names(stage.enter)) & set(entries(found))]
    first_events = [event_names(stage.enter)[0] for stage in map_drawn.stages]
    precise = [event for event in entries(found) if event in spoken_of(map_drawn)]
    assert len(recalled) == len(map_drawn.stages)  # recall of stages 100 %
    assert len(precise) / len(entries(found)) >= 0.65  # precision (9 of 13): the map does not speak of the others
    assert in_one_order(first_events, entries(found)) == 1
    assert "first plan in use" in {event for end in found.ends for event in event_names(end.when)}


def test_handoffs_of_the_onboarding_are_found_again(folder: Path) -> None:
    map_drawn, found = drawn(folder, "onboarding"), discovered("onboarding", *ONBOARDING)

    assert ways(map_drawn) <= ways(found)
    assert all(handoff.accept_within for handoff in found.handoffs if handoff.source != "engineering")


def test_teams_of_the_onboarding_are_mostly_those_of_the_map(folder: Path) -> None:
    map_drawn, found = drawn(folder, "onboarding"), discovered("onboarding", *ONBOARDING)

    teams = {event: stage.team for stage in map_drawn.stages for event in event_names(stage.enter)}
    said = [
        (stage.team, teams[event_names(stage.enter)[0]])
        for stage in found.stages
        if stage.team and event_names(stage.enter)[0] in teams
    ]
    assert len(said) >= 3
    assert sum(mine == theirs for mine, theirs in said) / len(said) >= 0.75


def test_escalation_is_found_again_stage_by_stage(folder: Path) -> None:
    map_drawn, found = drawn(folder, "escalation"), discovered("escalation", "--subject", "ticket")

    missed = set(entries(map_drawn)) - set(entries(found))
    precise = [event for event in entries(found) if event in spoken_of(map_drawn)]
    assert missed == set()  # recall of entry events 100 %
    assert len(precise) / len(entries(found)) >= 0.85
    assert entries(found)[0] == "ticket opened"
    assert in_one_order(["ticket opened", "ticket escalated", "ticket resolved"], entries(found)) == 1
    assert [event_names(end.when) for end in found.ends] == [("ticket closed",)]
    assert {stage.name: str(stage.waiting_on) for stage in found.stages}["waiting-for-customer"] == "customer"
    assert {stage.name: str(stage.waiting_on) for stage in found.stages}["resolved"] == "timer"
    assert [(one.source, one.target) for one in found.handoffs] == [("first-line", "second-line")]


def test_the_draft_says_what_it_found_and_folds(folder: Path) -> None:
    result = clew("discover", "--subject", "ticket")

    assert "Wrote journeys/ticket.yaml, drafted from" in result.stdout
    assert "handoffs: first-line to second-line" in result.stdout
    assert "Next: correct what it means, then 'clew check' and 'clew report --journey ticket'" in result.stdout
    assert "runs" in clew("show", "runs", "--journey", "ticket").stdout


def test_the_same_log_gives_the_same_file(folder: Path) -> None:
    first = clew("discover", "--subject", "ticket", "--print").stdout

    assert clew("discover", "--subject", "ticket", "--print").stdout == first
    assert not list((folder / "journeys").iterdir())


def test_nothing_is_overwritten(folder: Path) -> None:
    clew("discover", "--subject", "ticket")
    before = (folder / "journeys" / "ticket.yaml").read_bytes()

    with pytest.raises(BadRequest, match=r"'journeys/ticket.yaml' is there already; name another journey"):
        clew("discover", "--subject", "ticket")

    assert (folder / "journeys" / "ticket.yaml").read_bytes() == before


def test_a_journey_of_that_name_in_another_file_is_no_reason_to_write_a_second(folder: Path) -> None:
    clew("discover", "--subject", "ticket", "--output", "journeys/tickets-drafted.yaml")

    with pytest.raises(BadRequest, match=r"journey 'ticket' is written in 'journeys/tickets-drafted.yaml' already"):
        clew("discover", "--subject", "ticket")


def test_a_draft_of_an_earlier_moment_knows_nothing_later(folder: Path) -> None:
    early = clew("discover", "--subject", "ticket", "--as-of", "2025-08-01", "--print").stdout

    assert "up to 2025-08-0" in early or "up to 2025-07-31" in early
    assert "..2026" not in early


def test_only_a_segment_is_looked_at_where_asked(folder: Path) -> None:
    everyone = clew("discover", "--subject", "ticket", "--print").stdout
    enterprise = clew("discover", "--subject", "ticket", "--segment", "enterprise", "--print").stdout

    assert "in the segment enterprise only" in " ".join(enterprise.split())
    assert enterprise != everyone
    assert "variants:" not in enterprise


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--subject", "tikcet"), "there is no subject 'tikcet'.*did you mean 'ticket'"),
        (("--segment", "huge"), "there is no segment 'huge'"),
        (("--starts", "deal wonn"), "there is no event 'deal wonn'.*did you mean 'deal won'"),
    ],
)
def test_unknown_names_are_told_with_the_nearest(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(UnknownName, match=said):
        clew("discover", *arguments)


def test_a_name_that_is_no_id_is_refused(folder: Path) -> None:
    with pytest.raises(BadRequest, match="'My Journey' names no journey; allowed: lower-case words with hyphens"):
        clew("discover", "--journey", "My Journey")


def test_without_a_log_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clew("init", str(tmp_path / "new"))
    monkeypatch.chdir(tmp_path / "new")

    with pytest.raises(BadRequest, match="the log is empty; run 'clew load' first"):
        clew("discover")


def test_meanings_are_drafted_beside_clew_yaml_once(folder: Path) -> None:
    (folder / "meanings.yaml").unlink()

    result = clew("discover", "--meanings")

    assert "Wrote meanings.yaml" in result.stdout
    assert open_workspace().problems == []
    assert clew("discover", "--meanings", "--print").stdout == (folder / "meanings.yaml").read_text("utf-8")
    with pytest.raises(BadRequest, match=r"'meanings.yaml' is there already"):
        clew("discover", "--meanings")


def test_meanings_and_a_journey_are_two_drafts(folder: Path) -> None:
    with pytest.raises(BadRequest, match=r"--meanings drafts meanings.yaml and no journey; leave out --subject"):
        clew("discover", "--meanings", "--subject", "ticket")
