"""How often events happen to subjects, and in which order: counts that add up over buckets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, LogView
from clew.discovery.drafting.tracks import ACCOUNT, Track

MOST_EVENTS = 80  # names looked at; tables of pairs hold a row and a column for each
_MOST_TIMES = 64  # a median is counted exactly up to here

Row = NDArray[np.int32]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """Where the events of interest stand among each subject's events, in one bucket.

    column  (n,) which event of interest each event of the track is, -1 for none
    sorted  (n,) places of the track by column, rising in each      starts  (k + 1,) where each column begins there
    One row for each event, not one cell for each name and subject: of 80 names most subjects have few.
    """

    track: Track
    column: NDArray[np.int16]
    sorted: Row
    starts: Counts

    def of(self, column: int) -> Row:
        """Places of an event in the track, rising."""
        return self.sorted[self.starts[column] : self.starts[column + 1]]

    def first(self, *columns: int) -> Row:
        """(units,) place of the first of these events in the track, len(track) where the subject has none."""
        first = np.full(self.track.units, len(self.track), np.int32)
        for column in columns:
            places = self.of(column)[::-1]
            earliest = np.full(self.track.units, len(self.track), np.int32)
            earliest[self.track.unit[places]] = places  # of several the last one assigned stays
            np.minimum(first, earliest, out=first)
        return first

    def last(self, *columns: int) -> Row:
        """(units,) place of the last of these events, -1 where the subject has none."""
        last = np.full(self.track.units, -1, np.int32)
        for column in columns:
            places = self.of(column)
            latest = np.full(self.track.units, -1, np.int32)
            latest[self.track.unit[places]] = places
            np.maximum(last, latest, out=last)
        return last

    def times(self, column: int) -> Counts:
        """(units,) how many of an event each subject has."""
        return np.bincount(self.track.unit[self.of(column)], minlength=self.track.units)


@dataclass(frozen=True)
class EventFigures:
    """What is known of one event among the subjects.

    occurrences  how many there are        subjects  how many have it      once  how many have it exactly once
    median       times in a subject that has it (the lower one)
    alone        occurrences with neither user, contact, team nor channel
    met          occurrences with a channel: firm and customer met
    by_others    of those with a team, the occurrences that are not of the team which has most
    thing        kind of thing that most occurrences are about, though a subject has several of them; "" for none
    """

    name: str
    occurrences: int
    subjects: int
    once: int
    median: int
    alone: int
    met: int = 0
    by_others: int = 0
    thing: str = ""


@dataclass(frozen=True)
class Figures:
    """All events of interest, sorted by name, and where they stand.

    units   subjects with any event         events  all events of theirs
    beyond  names that are too seldom among the events to be looked at, with their occurrences together
    """

    places: Sequence[Places]
    each: tuple[EventFigures, ...]
    units: int
    events: int
    beyond: tuple[int, int]

    @cached_property
    def index(self) -> dict[str, int]:
        """Column of each name."""
        return {one.name: column for column, one in enumerate(self.each)}


def figures_of(tracks: Sequence[Track], view: LogView, kind: str) -> Figures:
    """Count the events of each subject; of very many names only the most frequent are looked at."""
    texts = view.names["event"].texts()
    occurred = np.zeros(len(texts), np.int64)
    for track in tracks:
        occurred += np.bincount(track.event, minlength=len(texts))
    names = sorted(
        (texts[code] for code in np.flatnonzero(occurred).tolist()), key=lambda name: (-_of(view, occurred, name), name)
    )
    chosen = sorted(names[:MOST_EVENTS])
    lookup = np.full(len(texts), -1, np.int16)
    lookup[[view.names["event"].code(name) for name in chosen]] = np.arange(len(chosen))
    places = [_places(track, lookup, len(chosen)) for track in tracks]
    return Figures(
        places,
        tuple(
            _each(
                chosen, places, _by_others(view, places, len(chosen)), things=_things(view, kind, places, len(chosen))
            )
        ),
        sum(track.units for track in tracks),
        int(occurred.sum()),
        (len(names) - len(chosen), sum(_of(view, occurred, name) for name in names[MOST_EVENTS:])),
    )


def _of(view: LogView, occurred: Counts, name: str) -> int:
    return int(occurred[view.names["event"].code(name)])


def _places(track: Track, lookup: NDArray[np.int16], columns: int) -> Places:
    column = lookup[track.event]
    sizes = np.bincount(column.astype(np.int64) + 1, minlength=columns + 1)  # those of no interest come first
    return Places(track, column, np.argsort(column, kind="stable").astype(np.int32), np.cumsum(sizes))


def _each(
    names: Sequence[str], places: Sequence[Places], by_others: Counts, *, things: Sequence[str]
) -> list[EventFigures]:
    spread = np.zeros((len(names), _MOST_TIMES + 1), np.int64)
    occurrences, alone, met = np.zeros((3, len(names)), np.int64)
    for part in places:
        for column in range(len(names)):
            spread[column] += np.bincount(np.minimum(part.times(column), _MOST_TIMES), minlength=_MOST_TIMES + 1)
        occurrences += np.diff(part.starts)
        alone += _alone(part, len(names))
        met += _met(part, len(names))
    spread[:, 0] = 0
    subjects = spread.sum(1)
    reached = np.cumsum(spread, 1) * 2 >= subjects[:, None]
    return [
        EventFigures(
            name,
            occurrences=int(occurrences[column]),
            subjects=int(subjects[column]),
            once=int(spread[column, 1]),
            median=int(np.argmax(reached[column])) or 1,
            alone=int(alone[column]),
            met=int(met[column]),
            by_others=int(by_others[column]),
            thing=things[column],
        )
        for column, name in enumerate(names)
    ]


def _alone(part: Places, columns: int) -> Counts:
    """Occurrences with which nobody's name, team or channel stands."""
    bucket, row = part.track.bucket, part.track.row
    nobody = part.column >= 0
    for named in (bucket.user, bucket.contact, bucket.team, bucket.channel):
        nobody &= np.asarray(named)[row] == NO_CODE
    return np.bincount(part.column[nobody], minlength=columns).astype(np.int64)


def _met(part: Places, columns: int) -> Counts:
    told = (part.column >= 0) & (np.asarray(part.track.bucket.channel)[part.track.row] != NO_CODE)
    return np.bincount(part.column[told], minlength=columns).astype(np.int64)


def _by_others(view: LogView, places: Sequence[Places], columns: int) -> Counts:
    teams = max(len(view.names["team"]), 1)
    counts = np.zeros((columns, teams), np.int64)
    for part in places:
        team = np.asarray(part.track.bucket.team)[part.track.row]
        named = (team != NO_CODE) & (part.column >= 0)
        cell = part.column[named].astype(np.int64) * teams + team[named]
        counts += np.bincount(cell, minlength=columns * teams).reshape(columns, teams)
    others: Counts = counts.sum(1) - counts.max(1, initial=0)
    return others


def _things(view: LogView, kind: str, places: Sequence[Places], columns: int) -> list[str]:
    """Name for each event the kind of thing it tells of, where an account usually has several of that kind."""
    told = [""] * columns
    for other in sorted(view.subject_kinds) if kind == ACCOUNT else ():
        about, of_all, things, owners = np.zeros(columns, np.int64), np.zeros(columns, np.int64), 0, 0
        for part in places:
            thing = part.track.bucket.subject(other)[part.track.row]
            named = (thing != NO_CODE) & (part.column >= 0)
            about += np.bincount(part.column[named], minlength=columns)
            of_all += np.bincount(part.column[part.column >= 0], minlength=columns)
            things += len(np.unique((part.track.unit[named] << 32) + thing[named]))
            owners += len(np.unique(part.track.unit[named]))
        if owners and things >= 2 * owners:
            for column in np.flatnonzero(2 * about > of_all).tolist():
                told[column] = told[column] or other
    return told
