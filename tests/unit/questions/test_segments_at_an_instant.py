"""Who is in a segment at an instant: runs, drafts of a segment and drivers all ask the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.clock import DAY_US
from clew.discovery.drafting.parts_of_log import of_segment
from clew.drivers.measures import measures_of
from clew.drivers.model import Moments
from clew.engine.fold import fold
from clew.firm.model import Firm
from clew.firm.parse import parse_firm
from clew.journeys.parse import parse_journey
from clew.meanings.model import Meanings
from clew.questions.segments import in_segment
from clew.signals.sight import OF_ACCOUNT, Sight
from clew.testing import memory_log

SEGMENTS = {
    "quiet": "{count: {event: complained}, at_most: 0}",
    "loud": "{count: {event: complained}, at_least: 2}",
    "lately": "{count: {event: complained}, within: 3 days, at_least: 1}",
    "calm-lately": "{count: {event: complained}, within: 3 days, at_most: 0}",
    "big": "{attribute: size, is: large}",
    "ever": "{event: complained}",
    "never": "{not: {event: complained}}",
    "either": "{any: [{segment: big}, {segment: quiet}]}",
    "both": "{all: [{attribute: size, is: large}, {not: {segment: loud}}]}",
}
FIRM: Firm = parse_firm(
    "firm: A\ncurrency: EUR\ntime_zone: UTC\nsegments:\n" + "".join(f"  {n}: {c}\n" for n, c in SEGMENTS.items()),
    Path("clew.yaml"),
)
JOURNEY = parse_journey(
    "journey: asked\nstarts: {event: asked}\nstages: [{stage: here, enter: {event: asked}}]\n"
    "ends: {over: {event: left}}\n",
    Path("asked.yaml"),
)
ASKED = 10  # the day on which all is asked, and the last of the log
HISTORIES = st.lists(
    st.tuples(st.lists(st.integers(0, ASKED - 1), max_size=4, unique=True), st.sampled_from(["large", "small", ""])),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(HISTORIES)
def test_a_run_a_draft_and_a_driver_agree_on_who_is_in_a_segment(
    histories: list[tuple[list[int], str]],
) -> None:
    events = [(str(a), day * DAY_US, "complained") for a, (days, _) in enumerate(histories) for day in days]
    events += [(str(a), ASKED * DAY_US, "asked") for a in range(len(histories))]
    attributes = [(str(a), "size", size, {"at": 0}) for a, (_, size) in enumerate(histories) if size]
    view = memory_log(events, attributes, as_of=ASKED * DAY_US)
    sight = Sight(view, FIRM, Meanings(), {})
    bucket, folded = view.buckets()[0], fold(view, JOURNEY, FIRM).buckets[0]
    threads = folded.runs.thread
    instants = np.full(len(threads), ASKED * DAY_US, np.int64)
    for name in SEGMENTS:
        of_runs = in_segment(folded, name, sight.terms, subject=OF_ACCOUNT)
        kept = np.isin(threads, of_segment(view, FIRM, name).buckets()[0].thread)
        measure = next(one for one in measures_of(sight) if one.name == f"segment:{name}")
        of_drivers = measure.values(sight, 0, Moments(threads, np.zeros_like(instants), instants + 1)) == 1
        worked_out = [_belongs(name, *histories[int(view.names["entity"].text(int(t)).split(":")[1])]) for t in threads]
        assert of_runs.tolist() == kept.tolist() == of_drivers.tolist() == worked_out
    assert len(bucket.thread) == len(events)


def _belongs(name: str, complaints: list[int], size: str) -> bool:
    n, large = len(complaints), size == "large"
    lately = any(day > ASKED - 3 for day in complaints)
    return {
        "quiet": n == 0, "loud": n >= 2, "lately": lately, "calm-lately": not lately, "big": large, "ever": n > 0,
        "never": n == 0, "either": large or n == 0, "both": large and n < 2,
    }[name]  # fmt: skip
