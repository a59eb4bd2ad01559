"""Ping-pong and re-routing of Volvo IT's incidents, against counts of the published log by other means.

BPI Challenge 2013, incidents, DOI 10.4121/uuid:500573e6-accc-4b0c-9576-aa5468b10cee
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pytest

from clew.clock import now
from clew.conditions.model import Event
from clew.meanings.model import Meanings, Requests
from clew.questions.ask import ask
from clew.questions.library import open_workspace
from clew.questions.model import Query
from clew.signals.detectors import ping_pong, re_routing
from clew.signals.model import Detector
from clew.signals.opening import open_sight
from clew.signals.sight import Sight

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TEAMS = 3
pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def volvo(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Sight:
    """The incidents of the folder that the sources read through CLEW_EXAMPLES; a request is an incident."""
    folder = tmp_path_factory.mktemp("volvo") / "volvo"
    shutil.copytree(EXAMPLES / "volvo", folder, ignore=shutil.ignore_patterns(".clew"))
    workspace = open_workspace(folder)
    workspace.load(now=now())
    found = open_sight(workspace)
    requests = Requests("incident", Event(("Queued / Awaiting Assignment",)), teams=TEAMS)
    return Sight(found.view, found.firm, Meanings(requests=requests), found.journeys)


def counts(sight: Sight, detector: Detector) -> tuple[int, int, int]:
    """(signals, incidents with one, incidents)."""
    seen = [detector.detect(sight, number) for number in range(len(sight.buckets))]
    with_one = np.unique(np.concatenate([part.found.subject for part in seen]))
    return sum(len(part.found) for part in seen), len(with_one), sum(len(part.exposed) for part in seen)


def test_ping_pong_is_what_the_published_log_holds(volvo: Sight) -> None:
    fact = json.loads((EXAMPLES / "facts.json").read_text(encoding="utf-8"))["B7"]

    [(_, with_one, incidents, *_rest)] = fact["rows"]
    assert counts(volvo, ping_pong.DETECTOR) == (with_one, with_one, incidents)


def test_ping_pong_and_the_question_of_that_name_tell_the_same(volvo: Sight) -> None:
    query = Query("pingpong", "incident", options={"over": "team", "whole": "yes"})
    first = ask(volvo.journeys["incident"], query).rows[0]

    assert counts(volvo, ping_pong.DETECTOR) == (first["runs"], first["runs"], first["n"])


def test_re_routed_are_the_incidents_that_more_teams_held(volvo: Sight, examples: Path) -> None:
    log = examples / "bpic2013_incidents" / "bpic2013_incidents.csv.gz"

    held = f"""select count(*) from (select case_id from read_csv('{log}', all_varchar = true)
               group by 1 having count(distinct "org:group") > {TEAMS})"""
    told = duckdb.connect().execute(held).fetchone()
    assert told is not None
    assert counts(volvo, re_routing.DETECTOR)[:2] == (told[0], told[0])
