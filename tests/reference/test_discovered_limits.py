"""Drafted limits against lifelines (Davidson-Pilon): Kaplan-Meier's P90 on public logs and an invented firm."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from lifelines import KaplanMeierFitter  # type: ignore[import-untyped]
from typer.testing import CliRunner

from clew.cli.app import app
from clew.clock import DAY_US, NEVER
from clew.conditions.model import Silent
from clew.discovery.drafting.draft import Wish
from clew.discovery.drafting.for_workspace import draft_of
from clew.discovery.drafting.model import Draft
from clew.engine.fold import fold
from clew.engine.model import Folded, ended
from clew.journeys.parse import parse_journey
from clew.questions.library import OpenWorkspace, open_workspace

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]  # the oracle warns of itself

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("firm") / "tarnfield"
    assert CliRunner().invoke(app, ["sample", str(folder)]).exit_code == 0
    loaded(folder)
    return folder


def loaded(folder: Path) -> OpenWorkspace:
    workspace = open_workspace(folder)
    workspace.load(now=1_900_000_000_000_000)
    return workspace


def example(name: str, folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> OpenWorkspace:
    monkeypatch.setenv("CLEW_EXAMPLES", str(data))
    shutil.copytree(EXAMPLES / name, folder / name, ignore=shutil.ignore_patterns(".clew"))
    return loaded(folder / name)


def lifelines_p90(folded: Folded, stage: int) -> float:
    """Microseconds at which lifelines' curve of the stage's visits falls to a tenth; inf where it does not."""
    by_time = [ended(number) for number, end in enumerate(folded.journey.ends) if isinstance(end.when, Silent)]
    durations, observed = [], []
    for part in folded.buckets:
        visits = part.visits
        own = visits.stage == stage
        left = visits.leave[own] != NEVER
        durations.append(np.where(left, visits.leave[own], folded.view.as_of) - visits.enter[own])
        observed.append(left & ~np.isin(visits.next[own], by_time))
    fitted = KaplanMeierFitter().fit(np.concatenate(durations), np.concatenate(observed))
    return float(fitted.percentile(0.1 + 1e-9))  # a share of 0.1 may come out of its products as 0.1 + 1e-16


def agrees(workspace: OpenWorkspace, draft: Draft) -> int:
    """Compare every limit of a draft with lifelines; returns how many there were."""
    journey = parse_journey(draft.text, Path("drafted.yaml"))
    folded = fold(workspace.view(), journey, workspace.firm)
    compared = 0
    for number, stage in enumerate(journey.stages):
        oracle, found = lifelines_p90(folded, number), draft.limits.get(stage.name)
        if found is None:
            assert stage.limit is None
            continue
        assert found.span_us == pytest.approx(oracle, abs=1)
        assert stage.limit is not None
        assert found.span_us <= stage.limit.micros <= 1.1 * found.span_us + DAY_US / 1440
        compared += 1
    return compared


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "subject", "limits"),
    [("volvo", "incident", 8), ("olist", "order", 3), ("olist", "account", 2), ("crm", "deal", 0)],
)
def test_limits_of_public_logs_equal_lifelines_quantiles(
    tmp_path: Path, examples: Path, monkeypatch: pytest.MonkeyPatch, name: str, subject: str, limits: int
) -> None:
    workspace = example(name, tmp_path, examples, monkeypatch)

    draft = draft_of(workspace, Wish(journey="drafted", subject=subject))

    assert agrees(workspace, draft) == limits
    (workspace.dir / "journeys" / "drafted.yaml").write_text(draft.text, "utf-8")
    assert open_workspace(workspace.dir).problems == []


@pytest.mark.parametrize(
    "wish",
    [
        Wish(subject="ticket"),
        Wish(subject="account"),
        Wish(subject="account", starts=("deal won",), ends=("first plan in use",)),
    ],
)
def test_limits_of_the_invented_firm_equal_lifelines_quantiles(firm: Path, wish: Wish) -> None:
    workspace = open_workspace(firm)

    assert agrees(workspace, draft_of(workspace, wish)) >= 3
