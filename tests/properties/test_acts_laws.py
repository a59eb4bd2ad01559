"""Acts and crashes: whatever dies in between, every act that was written down is one event of the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.acts.model import Act
from clew.db.engine import Database
from clew.live import failpoints
from tests.acting_desk import ActingDesk
from tests.properties.test_intake_laws import POINTS as EVERYWHERE
from tests.properties.test_intake_laws import Firm

POINTS = EVERYWHERE[: EVERYWHERE.index("keeping.read")]


class ActingFirm(Firm, ActingDesk):
    """A firm whose people act while its processes die."""

    said: int = 0

    def begin(self) -> None:
        super().begin()
        self.said = 0

    def do(self, step: tuple[Any, str | None]) -> None:
        if step[0] != "act":
            super().do(step)
            return
        self.act(Act("met", "desk:f1", contact="ada@x.org", properties={"n": str(self.said)}))
        self.said += 1

    def told(self) -> Counter[str]:
        """How often the log has each act, and how often rows of acts say that it is there."""
        self.keep()
        events = self.log()["threads"].get("desk:f1", [])
        return Counter(event["property:n"] for event in events if event["source"] == "clew")


@pytest.fixture
def firm(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[ActingFirm]:
    made = ActingFirm(tmp_path, database)
    monkeypatch.setattr(failpoints, "reach", made.reach)
    yield made
    made.let_go()


@pytest.mark.parametrize("point", POINTS)
def test_a_crash_at_each_place_loses_no_act_and_takes_none_twice(firm: ActingFirm, point: str) -> None:
    firm.begin()
    for step in [("act", None), ([1, 2], None), ("act", None), ("take in", point), ("act", None), ("take in", None)]:
        firm.do(step)
    firm.finish()

    assert firm.deaths == 1
    assert firm.told() == Counter({"0": 1, "1": 1, "2": 1})
    rows = firm.acts()
    assert [row.body for row in rows] == [b""] * 3
    assert len({row.position for row in rows} - {None}) == 3


steps = st.one_of(
    st.tuples(st.just("act"), st.none()),
    st.tuples(st.lists(st.integers(0, 4), min_size=1, max_size=3), st.none()),
    st.tuples(st.just("take in"), st.none() | st.sampled_from(POINTS)),
    st.tuples(st.just("keep"), st.none() | st.sampled_from(EVERYWHERE[len(POINTS) :])),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=12))
def test_any_interleaving_of_acts_arrivals_and_crashes_takes_every_act_in_once(
    firm: ActingFirm, steps: list[Any]
) -> None:
    firm.begin()
    for step in steps:
        firm.do(step)
    firm.finish()

    assert firm.told() == Counter(map(str, range(firm.said)))
    assert firm.counts("clew").get("accepted", 0) == firm.said
