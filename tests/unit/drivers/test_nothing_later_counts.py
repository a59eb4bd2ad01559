"""What is measured before an outcome would have been measured the same had the log ended there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.drivers.measures import measures_of
from clew.drivers.model import Moments
from clew.testing import MemoryView, micros
from tests.unit.drivers.driver_sights import BEGIN, day, log, sight_of

NAMES = ["signed", "left", "renewed", "call made", "mail sent", "question asked", "answer given", "told", "promised"]
NAMES += [
    "signed",
    "live",
    "live",
    "live",
    "call made",
    "kept",
    "opened",
    "answered",
    "reopened",
    "full",
    "offered",
    "complaint made",
    "live",
    "done",
    "rated",
]
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 400).map(lambda quarter: day(quarter / 4)),
        st.sampled_from(NAMES),
        st.fixed_dictionaries(
            {"team": st.sampled_from(["x", "y", "z"]), "contact": st.integers(1, 2)},
            optional={
                "ticket": st.sampled_from(["t1", "t2"]),
                "topic": st.sampled_from(["price", "date"]),
                "says": st.sampled_from(["yes", "no"]),
                "promise": st.sampled_from(["p1", "p2"]),
                "nps": st.sampled_from(["3", "8", "10", "none"]),
                "channel": st.sampled_from(["phone", "email"]),
            },
        ),
    ),
    min_size=10,
    max_size=60,
)
SIZES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.just("size"),
        st.sampled_from(["10", "150", "7.5"]),
        st.integers(0, 100).map(lambda number: {"at": day(number)}),
    ),
    min_size=1,
    max_size=6,
)


def measured(view: MemoryView, accounts: list[str], end: int) -> dict[tuple[str, str], float]:
    """Every measure of every account in the window of 60 days before an instant."""
    sight = sight_of(view)
    found = {}
    for number, bucket in enumerate(view.buckets()):
        here = set(np.unique(bucket.thread).tolist())
        codes = {view.names["entity"].code(f"account:{account}"): account for account in accounts}
        threads = np.array(sorted(here & codes.keys()), np.int32)
        moments = Moments(threads, np.full(len(threads), end - 60 * 86_400_000_000), np.full(len(threads), end))
        for measure in measures_of(sight):
            for code, value in zip(threads.tolist(), measure.values(sight, number, moments).tolist(), strict=True):
                found[codes[code], measure.name] = value
    return found


@settings(max_examples=50, deadline=None)
@given(EVENTS, SIZES, st.integers(80, 380), st.integers(1, 2))
def test_a_log_that_ends_at_the_moment_gives_the_same_figures(
    events: list[Any], sizes: list[Any], quarter: int, buckets: int
) -> None:
    view = log(events, sizes, buckets=buckets, as_of=day(120))
    end = micros(BEGIN) + quarter * 6 * 3_600_000_000
    before = [event for event in events if micros(event[1]) < end]
    accounts = sorted({event[0] for event in before})

    now = measured(view, accounts, end)
    then = measured(view.cut(as_of=end - 1), accounts, end)

    differing = {
        key: (now[key], value)
        for key, value in then.items()
        if not (now[key] == value or (math.isnan(now[key]) and math.isnan(value)))
    }
    assert differing == {}
    assert len(then) >= 18 * len(accounts)
