"""What each measure says of an account in a window: worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from clew.drivers.measures import measures_of
from clew.drivers.model import Moments
from clew.journeys.model import WaitingOn
from clew.testing import micros
from tests.unit.drivers.driver_sights import day, log, sight_of

EVENTS: list[Any] = [
    ("a", day(0), "signed"),
    ("a", day(4), "live"),
    ("a", day(5), "call made", {"channel": "phone", "contact": 1}),
    ("a", day(10), "call made", {"channel": "phone", "contact": 1, "team": "x"}),
    ("a", day(11), "mail sent", {"channel": "email", "contact": 1, "team": "y"}),
    ("a", day(30), "rated", {"nps": 4}),
    ("a", day(40), "call made", {"channel": "phone", "contact": 2}),
    ("a", day(60), "rated", {"nps": 8, "contact": 3}),
    ("a", day(80), "call made", {"channel": "fax", "contact": 4}),
    ("b", day(99), "signed"),
]
ATTRIBUTES: list[Any] = [
    ("a", "size", "50", {"at": day(1)}),
    ("a", "size", "120", {"at": day(70)}),
    ("a", "industry", "pumps"),
]
# window of account a -> what its measures say
EXPECTED: list[tuple[tuple[int, int], dict[str, float]]] = [
    (
        (10, 55),
        {
            "touches": 3 * 2,  # 3 in 45 days
            "channels": 2,
            "contacts": 2,
            "signal:duplicate-contact": 1 * 2,
            "score:nps": 4,
            "attribute:size": 50,
            "segment:big": 0,
            "segment:talkative": 1,
            "stage:setup/waiting": 4,
            "stage:setup/live": 20,  # silent from day 4, so it ended on day 24
        },
    ),
    (
        (0, 10),
        {
            "touches": 9,
            "channels": 1,
            "contacts": 1,
            "signal:duplicate-contact": 0,
            "score:nps": math.nan,
            "segment:talkative": 0,
            "stage:setup/waiting": 4,
            "stage:setup/live": math.nan,  # still there
        },
    ),
    ((60, 90), {"touches": 3, "channels": 1, "contacts": 2, "score:nps": 8, "attribute:size": 120, "segment:big": 1}),
    ((60, 80), {"touches": 0, "channels": 0, "contacts": 1, "segment:big": 1}),  # the end itself does not count
]


@pytest.mark.parametrize(("window", "expected"), EXPECTED, ids=lambda each: str(each)[:12])
@pytest.mark.parametrize("buckets", [1, 2])
def test_each_measure_in_a_window(window: tuple[int, int], expected: dict[str, float], buckets: int) -> None:
    sight = sight_of(log(EVENTS, ATTRIBUTES, buckets=buckets))
    code = sight.view.names["entity"].code("account:a")
    number = next(place for place, bucket in enumerate(sight.buckets) if code in bucket.thread)
    begin, end = (np.array([micros(day(each))]) for each in window)
    moments = Moments(np.array([code], np.int32), begin, end)

    found = {one.name: float(one.values(sight, number, moments)[0]) for one in measures_of(sight)}

    assert {name: found[name] for name in expected} == pytest.approx(expected, nan_ok=True)


def test_a_stage_that_waits_for_a_timer_is_not_measured() -> None:
    sight = sight_of(log(EVENTS, ATTRIBUTES))
    ground = sight.journeys["setup"]
    stages = tuple(replace(stage, waiting_on=WaitingOn.TIMER) for stage in ground.journey.stages)
    timed = replace(ground, folded=replace(ground.folded, journey=replace(ground.journey, stages=stages)))

    names = {one.name for one in measures_of(replace(sight, journeys={"setup": timed}))}

    assert "stage:setup/live" in {one.name for one in measures_of(sight)}
    assert not {name for name in names if name.startswith("stage:")}


def test_only_attributes_that_are_numbers_are_measured_and_undated_ones_are_marked() -> None:
    attributes = [*ATTRIBUTES, ("a", "staff", "7")]

    measures = {one.name: one.dated for one in measures_of(sight_of(log(EVENTS, attributes)))}

    assert {name for name in measures if name.startswith("attribute:")} == {"attribute:size", "attribute:staff"}
    assert (measures["attribute:size"], measures["attribute:staff"]) == (True, False)
