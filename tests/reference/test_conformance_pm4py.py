"""Fitness beside PM4Py's token replay and alignments, whose figures are recorded in conformance_pm4py.json.

bench/conformance.py records them and makes the comparison live; docs/reference/conformance.md says where the two
answer the same question. The recorded logs: small ones invented from seeds, whose paths stand in the file, and the
incidents of the BPI Challenge 2013 (Volvo IT), of which only figures and hashes do.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clew.conditions.model import Event
from clew.discovery.conformance.conform import conform
from clew.discovery.conformance.order import DropOut
from clew.discovery.conformance.tally import Measure
from clew.engine.fold import fold
from clew.firm.model import Firm
from clew.journeys.model import End, Journey, Stage, Subject
from clew.questions.ground import Ground
from clew.questions.library import open_workspace
from clew.questions.model import Query
from clew.testing import memory_log

pytestmark = pytest.mark.oracle

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
RECORDED = json.loads((Path(__file__).parent / "conformance_pm4py.json").read_text())
INVENTED = [case for case in RECORDED if "paths" in case]
INCIDENTS = next(case for case in RECORDED if case["name"] == "incident")
QUERY = Query("conform", options={"top": "0"})
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDING = 1e-9


def paths_of(case: dict[str, Any]) -> list[list[str]]:
    """Every run's path, as stage names."""
    stages = case["map"]["stages"]
    return [[stages[int(at)] for at in path.split()] for path, runs in case["paths"].items() for _ in range(runs)]


def hash_of(paths: list[list[str]]) -> str:
    return hashlib.sha256(json.dumps(sorted(paths)).encode()).hexdigest()


def ground_of(case: dict[str, Any]) -> Ground:
    """The log of a case, folded by its map; every run ends."""
    optional = case["map"]["optional"]
    stages = tuple(Stage(name, Event((name,)), optional=name in optional) for name in case["map"]["stages"])
    journey = Journey("invented", "Invented", "v", Subject(), stages, ends=(End("done", Event(("done",)), good=True),))
    events = [
        (f"a{number}", BEGIN + timedelta(hours=hour), name)
        for number, path in enumerate(paths_of(case))
        for hour, name in enumerate([*path, "done"])
    ]
    return Ground(fold(memory_log(events), journey, FIRM), FIRM)


FIRM = Firm("A firm", "EUR", "UTC")


def fitness(ground: Ground, *, whole: bool = False) -> dict[str, Any]:
    drop_out = DropOut.NONE if whole else DropOut.ANY
    return dict(conform(ground, QUERY, Measure(drop_out=drop_out, ordered_only=True)).fitness.rows[0])


def assert_agrees(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert (ours["n"], ours["paths"]) == (theirs["cases"], theirs["variants"])
    assert ours["straight"] == pytest.approx(theirs["token_replay_fit_share"], abs=ROUNDING)
    assert ours["straight"] == pytest.approx(theirs["alignment_fit_share"], abs=ROUNDING)
    assert ours["alignment"] == pytest.approx(theirs["alignment_average_fitness"], abs=ROUNDING)


@pytest.mark.parametrize("case", INVENTED, ids=lambda case: case["name"])
def test_fitness_of_invented_logs_is_pm4pys(case: dict[str, Any]) -> None:
    assert hash_of(paths_of(case)) == case["pm4py"]["paths_sha256"]  # PM4Py saw these very paths

    assert_agrees(fitness(ground_of(case), whole=case["map"]["whole"]), case["pm4py"])


def test_the_invented_maps_have_optional_stages_and_ways_that_must_be_gone_to_the_end() -> None:
    maps = [case["map"] for case in INVENTED]

    assert {(bool(each["optional"]), each["whole"]) for each in maps} == {
        (False, False),
        (True, False),
        (True, True),
        (False, True),
    }
    assert all(0.2 < case["pm4py"]["token_replay_fit_share"] < 0.8 for case in INVENTED)  # neither trivial


@pytest.mark.data
def test_fitness_of_volvos_incidents_is_pm4pys(examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EXAMPLES / "volvo", tmp_path / "volvo", ignore=shutil.ignore_patterns(".clew"))
    monkeypatch.setenv("CLEW_EXAMPLES", str(examples))
    workspace = open_workspace(tmp_path / "volvo")
    workspace.load(now=1_780_000_000_000_000)

    ground = workspace.ground(QUERY)

    stages = list(ground.journey.stage_names)
    assert stages == INCIDENTS["map"]["stages"]
    assert hash_of(list(visited(ground))) == INCIDENTS["pm4py"]["paths_sha256"]
    assert_agrees(fitness(ground), INCIDENTS["pm4py"])


def visited(ground: Ground) -> Any:
    """The path of every run, as stage names."""
    for folded in ground.buckets:
        paths: dict[int, list[str]] = {}
        for run, stage in zip(folded.visits.run.tolist(), folded.visits.stage.tolist(), strict=True):
            if stage >= 0:
                paths.setdefault(run, []).append(ground.journey.stages[stage].name)
        yield from paths.values()
