"""Promise missed: a promise whose due day ended without what was promised."""

from __future__ import annotations

import numpy as np

from clew.clock import NEVER
from clew.meanings.model import Promises
from clew.signals.model import Detector, Exposed, Failure, Found, Seen, nothing
from clew.signals.parts import wording
from clew.signals.parts.blind_spots import absent, kept, kept_as, lacking, part_of, unsaid
from clew.signals.parts.promises_due import NO_END, ends_of, promises_due
from clew.signals.parts.signal_order import arranged, by_time_alone
from clew.signals.sight import Sight


def find(sight: Sight, number: int) -> Seen:
    """Find promises that were not kept by the end of their day."""
    promises = sight.meanings.promises
    if promises is None:
        return nothing()
    bucket, due = sight.buckets[number], promises_due(sight, number, promises)
    over = due.end <= sight.as_of
    broken = np.flatnonzero(over & (due.kept >= due.end))
    found = by_time_alone(bucket.thread[due.row[broken]], due.end[broken], due.row[broken])
    return arranged(found, Exposed(bucket.thread[due.row[over]].astype(np.int32), due.end[over]))


def blind(sight: Sight) -> list[str]:
    """Say what keeps broken promises from being seen."""
    promises = sight.meanings.promises
    if promises is None:
        return [unsaid("promises", "nobody knows which events make and keep a promise")]
    if never := absent(sight, "promises: made", promises.made):
        return never
    for key, name in (("id", promises.id), ("due", promises.due)):
        if name is not None and not kept(sight, name):
            return [f"No source keeps the property '{name}' that 'promises: {key}' names, so no promise is followed."]
    columns = {"have no id: they are left out": kept_as(promises.id)}
    fulfilled = {"have no id: what they keep is not known": kept_as(promises.id)}
    return [
        *lacking(sight, promises.made, columns, of="promises"),
        *_undated(sight, promises),
        *absent(sight, "promises: kept", promises.kept),
        *lacking(sight, promises.kept, fulfilled, of="records of kept promises"),
    ]


def _undated(sight: Sight, promises: Promises) -> list[str]:
    if promises.due is None:
        return []
    total, missing = 0, 0
    for number in range(len(sight.buckets)):
        rows = np.flatnonzero(sight.happens(number, promises.made))
        ends = ends_of(sight, number, rows, promises=promises)
        total, missing = total + len(rows), missing + int((ends == NO_END).sum())
    end = f"have no readable date in '{promises.due}', or one before they were made: they are left out"
    return [part_of(missing, total, "promises", end)] if missing else []


def sentence(sight: Sight, number: int, found: Found, place: int) -> str:
    """Say who promised what by when, and whether it was kept later."""
    promises = sight.meanings.promises
    assert promises is not None
    row, end = int(found.first[place]), int(found.at[place])
    name = wording.property_at(sight, number, row, name=promises.id)
    who, made = wording.account(sight, int(found.thread[place])), wording.day(sight, int(sight.buckets[number].at[row]))
    promise = f"promise{wording.about(sight, number, row) or f' {name}'} of {wording.team_at(sight, number, row)}"
    return f"{who}: {promise}, made {made}, was due {wording.day(sight, end - 1)} and {_kept(sight, number, row, end)}."


def _kept(sight: Sight, number: int, row: int, end: int) -> str:
    promises = sight.meanings.promises
    assert promises is not None
    due = promises_due(sight, number, promises)
    at = int(due.kept[np.flatnonzero(due.row == row)[0]])
    if at == NEVER:
        return f"is not kept as of {wording.day(sight, sight.as_of)}"
    return f"was kept {wording.day(sight, at)}, {wording.length(at - end)} late"


DETECTOR = Detector(
    name="broken-promise",
    title="Promise missed",
    failure=Failure.MESSAGES,
    definition="The day on which a promise is due ended, in the firm's time zone, and nothing had kept it; found at "
    "that end, also where it is kept later. A promise made again before its day ended is due on the new day.",
    of="promises due",
    blind=blind,
    find=find,
    sentence=sentence,
)
