"""By when each promise was to be kept, and when it was: ids and due days of a bucket's promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Times
from clew.clock import DAY_US, NEVER, days_of
from clew.engine.ordered import Mask, Positions
from clew.meanings.model import Promises
from clew.signals.model import Rows
from clew.signals.parts.earlier_events import groups, known
from clew.signals.sight import Sight
from clew.zones import zone_table

NO_DAY = -(2**31)
NO_END = NEVER


@dataclass(frozen=True)
class PromisesDue:
    """Promises with an id and a due day, of one bucket; one made again before its day ended is the later one alone.

    row    (n,) row of the event that made it      end  (n,) end of its due day
    kept   (n,) instant at which it was first kept, clock.NEVER where not
    """

    row: Rows
    end: Times
    kept: Times


def promises_due(sight: Sight, number: int, promises: Promises) -> PromisesDue:
    """List the promises of a bucket that can be followed, in the order of events."""
    bucket, code = sight.buckets[number], sight.codes(number, promises.id)
    made = sight.happens(number, promises.made) & known(code)
    fulfilled = sight.happens(number, promises.kept) & known(code)
    rows = np.flatnonzero(made | fulfilled)
    promise = groups(bucket.thread[rows], code[rows])
    place = np.flatnonzero(made[rows])
    end = ends_of(sight, number, rows[place], promises=promises)
    place, end = place[end != NO_END], end[end != NO_END]
    standing = ~_made_again(promise[place], bucket.at[rows[place]], end)
    first = _first_kept(promise, bucket.at[rows], fulfilled[rows])
    return PromisesDue(rows[place[standing]], end[standing], first[place[standing]])


def _made_again(promise: Positions, at: Times, end: Times) -> Mask:
    """Say which promises were made anew, with another day, before their day ended."""
    order = np.argsort(promise, kind="stable")
    one, made = promise[order], at[order]
    again = np.zeros(len(one), np.bool_)
    again[:-1] = (one[1:] == one[:-1]) & (made[1:] < end[order][:-1])
    placed = np.empty(len(one), np.bool_)
    placed[order] = again
    return placed


def _first_kept(promise: Positions, at: Times, fulfilled: Mask) -> Times:
    """(n,) when the promise of each event was first kept."""
    number = np.unique(promise, return_inverse=True)[1]
    first = np.full(int(number.max(initial=-1)) + 1, NEVER, np.int64)
    np.minimum.at(first, number[fulfilled], at[fulfilled])
    return first[number]


def ends_of(sight: Sight, number: int, rows: Rows, *, promises: Promises) -> Times:
    """Return the end of the day on which each promise is due, in the firm's zone.

    NO_END where no day is known, or one that was over when the promise was made
    """
    bucket, zone = sight.buckets[number], zone_table(sight.firm.time_zone)
    if promises.due is None:
        day = zone.to_local(bucket.at[rows] + promises.within.micros) // DAY_US
    else:
        day = _days(sight, promises.due)[sight.codes(number, promises.due)[rows]]
    end = zone.day_start(day + 1)
    return np.where((day == NO_DAY) | (end <= bucket.at[rows]), NO_END, end)


def _days(sight: Sight, name: str) -> NDArray[np.int64]:
    """Days since 1970 that the texts of a property name, in the firm's zone; NO_DAY for others, and at the end."""
    texts, zone = sight.view.names[f"property:{name}"].texts, sight.firm.time_zone
    return sight.made(("due days", name), lambda: np.array([*(_day(text, zone) for text in texts()), NO_DAY], np.int64))


def _day(text: str, zone: str) -> int:
    try:
        moment = datetime.fromisoformat(text.strip())
        return days_of(moment.astimezone(ZoneInfo(zone)) if moment.tzinfo is not None else moment)
    except (ValueError, OverflowError):  # no day, or none that the zone can write
        return NO_DAY
