"""What a draft holds in memory: something for each event, not for each subject and each of the names."""

from __future__ import annotations

import tracemalloc

from clew.discovery.drafting.figures import MOST_EVENTS, figures_of
from clew.discovery.drafting.tracks import ACCOUNT, tracks_of
from clew.testing import memory_log

SUBJECTS = 5000


def test_many_subjects_of_few_events_each_need_no_cell_for_every_name() -> None:
    events = [(f"a{n}", n + step, f"event {(n + step) % MOST_EVENTS}") for n in range(SUBJECTS) for step in (0, 1)]
    view = memory_log(events)
    tracks = tracks_of(view, ACCOUNT)

    tracemalloc.start()
    figures = figures_of(tracks, view, ACCOUNT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (len(figures.each), figures.units, figures.events) == (MOST_EVENTS, SUBJECTS, 2 * SUBJECTS)
    assert peak < 4 * SUBJECTS * MOST_EVENTS  # bytes: less than one small number for each subject and name
