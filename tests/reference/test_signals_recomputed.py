"""Every signal of every detector on small seeded firms, against plain Python straight on their exports."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from clew.clock import now
from clew.demo.plan import Plan
from clew.demo.write import write_firm
from clew.ingest.load import load
from clew.questions.library import open_workspace
from clew.signals.opening import open_sight
from clew.signals.registry import DETECTORS
from clew.signals.sight import Sight
from tests.reference.plain_exports import day_start, events_of, local
from tests.reference.plain_journeys import Seen, enterprises
from tests.reference.plain_signals import recomputed

pytestmark = pytest.mark.oracle
BUCKETS_OF = 400  # events, so that there are several


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A firm whose journeys are those that plain Python walks: what a date starts is held elsewhere."""
    folder = tmp_path_factory.mktemp("firm")
    write_firm(folder, Plan(accounts=120, seed=20))
    (folder / "journeys" / "renewal.yaml").unlink()
    load(folder, open_workspace(folder).sources, now=now(), events_per_bucket=BUCKETS_OF)
    return folder


@pytest.fixture(scope="module", params=[None, "2026-01-15"], ids=["at the end", "half a year before"])
def both(request: pytest.FixtureRequest, folder: Path) -> tuple[Sight, dict[str, Seen]]:
    """The firm as detectors see it, and what plain Python finds in its exports, as of the same moment."""
    as_of = None if request.param is None else day_start(local(0).date().fromisoformat(request.param))
    sight = open_sight(open_workspace(folder), as_of)
    assert len(sight.buckets) > 8
    return sight, recomputed(events_of(folder), enterprises(folder), sight.as_of)


def moments(sight: Sight, part: str, name: str) -> Counter[tuple[str, int]]:
    """Account and instant of what a detector saw; accounts of whom only a free-mail address is known are one."""
    detector = next(one for one in DETECTORS if one.name == name)
    found: Counter[tuple[str, int]] = Counter()
    for number in range(len(sight.buckets)):
        seen = getattr(detector.detect(sight, number), part)
        for thread, at in zip(seen.thread.tolist(), seen.at.tolist(), strict=True):
            found[_account(sight.view.names["entity"].text(thread)), at] += 1
    return found


def _account(text: str) -> str:
    return "contact" if text.startswith("contact:") else text


def test_all_detectors_are_recomputed_and_each_finds_something(both: tuple[Sight, dict[str, Seen]]) -> None:
    assert set(both[1]) == {detector.name for detector in DETECTORS}
    assert [name for name, (found, _) in both[1].items() if not found] == []


@pytest.mark.parametrize("name", [detector.name for detector in DETECTORS])
def test_a_detector_finds_what_plain_python_finds(both: tuple[Sight, dict[str, Seen]], name: str) -> None:
    sight, expected = both
    found, seen = (Counter((_account(account), at) for account, at in part) for part in expected[name])

    assert moments(sight, "found", name) == found
    assert moments(sight, "exposed", name) == seen
