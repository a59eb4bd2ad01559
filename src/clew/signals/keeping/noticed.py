"""From what detectors see to the signals that are kept: pure, of one sight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from clew.questions.collect import each
from clew.signals.keeping.model import KEPT_US, Key, Noticed, Trace
from clew.signals.model import NO_ROW, Detector, Found
from clew.signals.parts import wording
from clew.signals.registry import DETECTORS
from clew.signals.sight import Sight

TOLD = 3  # sentences of signals that fall together
NAMED = 10  # things that they are about


def noticed(sight: Sight, detectors: Iterable[Detector] = DETECTORS) -> Mapping[Key, Noticed]:
    """Return every signal of an account in the year before the view's end, by what makes it one row."""
    work = [(detector, number) for detector in detectors for number in range(len(sight.buckets))]
    parts = each(work, lambda one: list(_of_bucket(sight, *one)))
    return {found.key: found for part in parts for found in part}


def _of_bucket(sight: Sight, detector: Detector, number: int) -> Iterator[Noticed]:
    found = detector.detect(sight, number).found
    recent = np.flatnonzero(found.at > sight.as_of - KEPT_US)
    for rows in _together(found, recent.tolist()):
        thread = wording.account(sight, int(found.thread[rows[0]]))
        if thread != wording.NO_ACCOUNT:
            yield _noticed(sight, detector, number, thread=thread, rows=rows)


def _together(found: Found, rows: Sequence[int]) -> Iterator[list[int]]:
    """Signals of one account at one instant; they stand beside each other."""
    group: list[int] = []
    for row in rows:
        if group and (found.thread[row], found.at[row]) != (found.thread[group[0]], found.at[group[0]]):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _noticed(sight: Sight, detector: Detector, number: int, *, thread: str, rows: Sequence[int]) -> Noticed:
    found = detector.detect(sight, number).found
    things = dict.fromkeys(wording.thing(sight, found, row) for row in rows)
    measures = found.measure[rows]
    return Noticed(
        kind=detector.name,
        subject=thread,
        at=int(found.at[rows[0]]),
        says=_says(sight, detector, number, rows),
        count=len(rows),
        about=[one for one in things if one not in (thread, wording.NO_ACCOUNT)][:NAMED],
        measure=None if np.isnan(measures).all() else round(float(np.nanmax(measures)), 3),
        unit=detector.unit,
        traces=list(dict.fromkeys(_traces(sight, number, found, rows)))[:NAMED],
    )


def _says(sight: Sight, detector: Detector, number: int, rows: Sequence[int]) -> str:
    found = detector.detect(sight, number).found
    tell = detector.plain or detector.sentence
    told = [tell(sight, number, found, row) for row in rows[:TOLD]]
    more = [f"And {len(rows) - TOLD} more at the same moment."] if len(rows) > TOLD else []
    return " ".join(dict.fromkeys([*told, *more]))


def _traces(sight: Sight, number: int, found: Found, rows: Sequence[int]) -> Iterator[Trace]:
    bucket, names = sight.buckets[number], sight.view.names["event"]
    for place in (int(column[row]) for row in rows for column in (found.first, found.last)):
        if place != NO_ROW:
            source = sight.view.sources[int(bucket.source[place])]
            yield Trace(names.text(int(bucket.event[place])), int(bucket.at[place]), source)
