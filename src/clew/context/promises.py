"""Promises of an account: made, kept, released, and until when they were to be kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from clew.clock import DAY_US, days_of
from clew.conditions.model import AnyOf
from clew.context import vocabulary
from clew.context.model import Promise
from clew.context.seen import Seen
from clew.engine.ordered import Positions
from clew.meanings.model import Promises
from clew.zones import zone_table

_USUAL = Promises(made=AnyOf(()), kept=AnyOf(()), id=vocabulary.PROMISE_ID)  # for its windows


def promises_of(seen: Seen) -> list[list[Promise]]:
    """Return the promises of each account, in the order in which they were made.

    One that bears no id cannot be followed and is left out. One made again with another day is one promise, due on the
    day that was said last.
    """
    ours = seen.words.meanings.promises
    made = seen.happens(ours.made if ours else None) | seen.acted([vocabulary.PROMISE_MADE])
    kept = seen.happens(ours.kept if ours else None) | seen.acted([vocabulary.PROMISE_KEPT])
    released = seen.acted([vocabulary.PROMISE_RELEASED])
    rows = np.flatnonzero(made | kept | released)
    found: list[dict[str, Promise]] = [{} for _ in seen.threads]
    if len(rows):
        _tell(seen, rows[made[rows]], found)
        _end(seen, rows[kept[rows]], found, "kept")
        _end(seen, rows[released[rows]], found, "released")
    return [list(promises.values()) for promises in found]


def _tell(seen: Seen, rows: Positions, found: list[dict[str, Promise]]) -> None:
    columns = (
        seen.place[rows].tolist(),
        seen.said(_ids(seen), rows),
        seen.at(rows),
        _due(seen, rows),
        seen.said(seen.words.topics, rows),
        seen.said(_says(seen), rows),
        seen.column("team", rows),
        seen.column("user", rows),
        seen.contacts(rows),
    )
    for place, id, at, due, topic, says, team, user, contact in zip(*columns, strict=True):
        if id is None or due is None:
            continue
        known = found[place].get(id)
        if known is None:
            found[place][id] = Promise(id, at, due, topic, says, team, user, contact, owner=team)
        else:
            found[place][id] = replace(known, due_at=due, topic=topic or known.topic, says=says or known.says)


def _end(seen: Seen, rows: Positions, found: list[dict[str, Promise]], how: str) -> None:
    """Note the first event that ended each promise."""
    ended: dict[int, set[str]] = defaultdict(set)
    columns = (seen.place[rows].tolist(), seen.said(_ids(seen), rows), seen.at(rows), seen.column("event", rows))
    for place, id, at, event in zip(*columns, strict=True):
        if id is not None and id in found[place] and id not in ended[place]:
            ended[place].add(id)
            told: dict[str, Any] = {"kept_at": at, "kept_by": event} if how == "kept" else {"released_at": at}
            found[place][id] = replace(found[place][id], **told)


def _ids(seen: Seen) -> Sequence[str]:
    ours = seen.words.meanings.promises
    return tuple(dict.fromkeys([*([ours.id] if ours else []), vocabulary.PROMISE_ID]))


def _says(seen: Seen) -> Sequence[str]:
    return tuple(dict.fromkeys([vocabulary.SAYS, *seen.words.texts]))


def _due(seen: Seen, rows: Positions) -> list[int | None]:
    """Return the last microsecond of the day on which each is due, in the firm's zone.

    None where that day cannot be read, or was over when the promise was made: such a promise cannot be followed, here
    as in the detector of broken promises
    """
    ours = seen.words.meanings.promises or _USUAL
    name = seen.words.firm.time_zone
    zone = zone_table(name)
    at = np.asarray(seen.bucket.at)[rows]
    names = tuple(dict.fromkeys([*([ours.due] if ours.due else []), vocabulary.DUE_ON]))
    told = seen.said(names, rows)
    usual = zone.to_local(at + ours.within.micros) // DAY_US
    must = np.full(len(rows), ours.due is not None) & ~seen.is_act[rows]  # no day said, where a day is to be said
    days = [_day(text, name, None if strict else int(day)) for text, day, strict in zip(told, usual, must, strict=True)]
    ends = zone.day_start(np.array([0 if day is None else day + 1 for day in days], np.int64))
    return [
        None if day is None or end <= made else int(end) - 1
        for day, end, made in zip(days, ends.tolist(), at.tolist(), strict=True)
    ]


def _day(text: str | None, zone: str, usual: int | None) -> int | None:
    """Days since 1970 that a text names in a zone; what is usual where nothing is said."""
    if text is None:
        return usual
    try:
        moment = datetime.fromisoformat(text.strip())
        return days_of(moment.astimezone(ZoneInfo(zone)) if moment.tzinfo is not None else moment)
    except (ValueError, OverflowError):  # no day, or none that the zone can write
        return None
