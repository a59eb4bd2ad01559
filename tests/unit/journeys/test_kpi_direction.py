"""Which side of a target is good: below for a time, above for a share, unless the metric says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.errors import FileProblems
from clew.journeys.model import Kpi
from clew.journeys.parse import parse_journey

JOURNEY = """journey: support
stages: [{stage: open, enter: {event: ticket opened}}]
kpis: [{kpi: one, metric: {%s}, target: %s}]
"""


def kpi(metric: str, target: str) -> Kpi:
    return parse_journey(JOURNEY % (metric, target), Path("support.yaml")).kpis[0]


@pytest.mark.parametrize(
    ("metric", "target", "lower"),
    [
        ("time: [open, ticket closed]", "2 days", True),
        ("time: [open, ticket closed], better: higher", "2 days", False),
        ("share: [open, ticket closed]", "80 %", False),
        ("share: [open, ticket escalated], better: lower", "15 %", True),
    ],
)
def test_a_metric_may_turn_the_direction_of_its_target(metric: str, target: str, *, lower: bool) -> None:
    assert kpi(metric, target).lower_is_better is lower


def test_another_direction_is_a_mistake_with_what_is_allowed() -> None:
    with pytest.raises(FileProblems, match=r"lower \| higher"):
        kpi("share: [open, ticket closed], better: sideways", "80 %")


def test_the_usual_direction_written_out_leaves_the_version_as_it_was() -> None:
    plain, written = (
        parse_journey(JOURNEY % (metric, "80 %"), Path("support.yaml"))
        for metric in ("share: [open, ticket closed]", "share: [open, ticket closed], better: higher")
    )

    assert plain.version == written.version
