"""Every touch of one account, from the log to the second: chosen by team, kind, channel, person, topic, words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, NO_VALUE, LogView
from clew.context.model import Touch, TouchKind
from clew.context.seen import Seen
from clew.context.touches import KINDS, NO_TOUCH, kinds_of
from clew.context.words import Words
from clew.engine.terms import Terms
from clew.live.model import FreshLog

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]
NOBODY = ""  # chosen: touches that name none
_CODED = ("event", "team", "channel", "user")
_MOST = 60  # of what one can choose by


@dataclass(frozen=True)
class TouchesWanted:
    """Which touches; None leaves open, "" in team, channel and topic means: those that name none.

    text  words, each of which some text of the touch holds      says  whether what was said is among these texts
    """

    kind: TouchKind | None = None
    team: str | None = None
    channel: str | None = None
    source: str | None = None
    topic: str | None = None
    person: int | None = None
    text: str = ""
    says: bool = False


@dataclass(frozen=True)
class Strip:
    """Touches of one team over time: how many fall into each of equal spans.

    team  "" for those that name none      last  instant of the latest
    """

    team: str
    counts: Sequence[int]
    total: int
    last: int


@dataclass(frozen=True)
class _Texts:
    """A text of each touch: codes (n,), NO_CODE for none, and what each code that occurs says."""

    codes: NDArray[np.int64]
    known: Mapping[int, str]

    def of(self, rows: Rows) -> list[str | None]:
        return [self.known.get(code) for code in self.codes[rows].tolist()]

    def code(self, text: str) -> int:
        """The code of a text, one that no touch has where nothing says it."""
        if text == NOBODY:
            return NO_CODE
        return next((code for code, known in self.known.items() if known == text), NO_CODE - 1)

    def holding(self, word: str) -> Mask:
        return np.isin(self.codes, [code for code, text in self.known.items() if word in text.casefold()])

    def counts(self, rows: Rows) -> list[tuple[str, int]]:
        """Texts with how many of these rows say them, those of the most first."""
        codes, counts = np.unique(self.codes[rows], return_counts=True)
        found = [(self.known.get(code, NOBODY), n) for code, n in zip(codes.tolist(), counts.tolist(), strict=True)]
        return sorted(found, key=lambda one: -one[1])[:_MOST]


class Touches:
    """The touches of one account, oldest first, and what they mean to the firm."""

    def __init__(self, view: LogView, thread: int, words: Words, now: int) -> None:
        self.bucket, self._words, self._view = view.buckets()[0], words, view
        terms = Terms(view, words.firm)
        self._seen = Seen(view, self.bucket, words, terms=terms, threads=np.array([thread], np.int32), now=now)

    @cached_property
    def kinds(self) -> NDArray[np.int64]:
        """(n,) place of each row's kind in `clew.context.touches.KINDS`; NO_TOUCH for acts among ourselves."""
        return kinds_of(self._seen)

    @cached_property
    def every(self) -> Rows:
        """All touches, latest first."""
        return np.flatnonzero(self.kinds != NO_TOUCH)[::-1]

    @cached_property
    def at(self) -> Rows:
        return np.asarray(self.bucket.at)

    def chosen(self, wanted: TouchesWanted) -> Rows:
        """Return the rows that are wanted, latest first."""
        mask: Mask = self.kinds != NO_TOUCH if wanted.kind is None else self.kinds == KINDS.index(wanted.kind)
        for name in ("team", "channel", "source", "topic"):
            if (text := getattr(wanted, name)) is not None:
                mask &= self._texts[name].codes == self._texts[name].code(text)
        if wanted.person is not None:
            mask &= np.asarray(self.bucket.contact) == wanted.person
        for word in wanted.text.casefold().split():
            mask &= self._holds(word, says=wanted.says)
        return np.flatnonzero(mask)[::-1]

    def told(self, rows: Rows) -> list[Touch]:
        """Put rows into words."""
        bucket, texts = self.bucket, self._texts
        values = (None if value == NO_VALUE else value for value in np.asarray(bucket.value)[rows].tolist())
        columns = (
            self.at[rows].tolist(),
            (text or "" for text in texts["event"].of(rows)),
            (KINDS[kind] for kind in self.kinds[rows].tolist()),
            (text or "" for text in texts["source"].of(rows)),
            np.asarray(bucket.day)[rows].tolist(),
            *(texts[name].of(rows) for name in ("team", "channel", "user")),
            self._seen.contacts(rows),
            texts["topic"].of(rows),
            self._seen.said(self._words.texts, rows),
            values,
        )
        return [Touch(*each) for each in zip(*columns, strict=True)]

    def choices(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """What one can choose by, with how many touches each: teams, channels, sources, topics, persons, kinds."""
        found = {name: self._texts[name].counts(self.every) for name in ("team", "channel", "source", "topic")}
        persons, counts = np.unique(np.asarray(self.bucket.contact)[self.every], return_counts=True)
        told = [(str(one), n) for one, n in zip(persons.tolist(), counts.tolist(), strict=True) if one != NO_CODE]
        found["person"] = sorted(told, key=lambda one: -one[1])[:_MOST]
        found["kind"] = [(kind.value, int((self.kinds == place).sum())) for place, kind in enumerate(KINDS)]
        return found

    def strips(self, rows: Rows, since: int, until: int, *, spans: int) -> list[Strip]:
        """Count touches by team and span of time, teams with the most first; since < until."""
        team, known = self._texts["team"].codes[rows], self._texts["team"].known
        place = np.clip((self.at[rows] - since) * spans // max(until - since, 1), 0, spans - 1)
        found = []
        for code in np.unique(team).tolist():
            mine = team == code
            counts = np.bincount(place[mine], minlength=spans).tolist()
            found.append(Strip(known.get(code, NOBODY), counts, int(mine.sum()), int(self.at[rows][mine].max())))
        return sorted(found, key=lambda one: (-one.total, one.team))

    def statements(self) -> list[Touch]:
        """What teams told the customer about topics, latest first."""
        stated = self._words.meanings.stated
        if stated is None:
            return []
        return self.told(np.flatnonzero(self._seen.happens(stated.when) & (self.kinds != NO_TOUCH))[::-1])

    def _holds(self, word: str, *, says: bool) -> Mask:
        """Say which touches have a text that holds a word."""
        mask = np.zeros(len(self.bucket), np.bool_)
        for texts in (*(self._texts[name] for name in (*_CODED, "topic")), *([self._says] if says else [])):
            mask |= texts.holding(word)
        return mask

    @cached_property
    def _texts(self) -> Mapping[str, _Texts]:
        found = {name: self._of(name, np.asarray(getattr(self.bucket, name))) for name in _CODED}
        ranks = np.asarray(self.bucket.source).astype(np.int64)
        found["source"] = _Texts(ranks, dict(enumerate(self._view.sources)))
        found["topic"] = self._kept(self._words.topics)
        return found

    @cached_property
    def _says(self) -> _Texts:
        """What was said: often another text for each touch, so it is read only where it is searched."""
        return self._kept(self._words.texts)

    def _of(self, dictionary: str, codes: NDArray[np.integer]) -> _Texts:
        text = self._view.names[dictionary].text
        return _Texts(codes.astype(np.int64), {one: text(one) for one in np.unique(codes).tolist() if one != NO_CODE})

    def _kept(self, names: Sequence[str]) -> _Texts:
        """The first of these properties that each touch carries."""
        codes, numbers = np.full(len(self.bucket), NO_CODE, np.int64), dict[str, int]()
        for name in names:
            column = np.asarray(self.bucket.property(name))
            rows = np.flatnonzero((column != NO_CODE) & (codes == NO_CODE))
            distinct, place = np.unique(column[rows], return_inverse=True)
            texts = map(self._view.names[f"property:{name}"].text, distinct.tolist())
            codes[rows] = np.array([numbers.setdefault(text, len(numbers)) for text in texts], np.int64)[place]
        return _Texts(codes, {number: text for text, number in numbers.items()})


def read_touches(fresh: FreshLog, thread: str, now: int, *, words: Words) -> Touches:
    """Read the touches of an account up to now, none where the log does not know it; costs what its rows cost."""
    view = fresh.view_of([thread], now)
    return Touches(view, view.names["entity"].code(thread), words, now)


def together(touches: Collection[Touch], most: int) -> list[tuple[Touch, int]]:
    """Put touches alike that follow each other into one line with their number, until there are so many lines."""
    found: list[tuple[Touch, int]] = []
    for one in touches:
        if found and _alike(found[-1][0], one):
            found[-1] = found[-1][0], found[-1][1] + 1
        elif len(found) == most:
            break
        else:
            found.append((one, 1))
    return found


def _alike(one: Touch, other: Touch) -> bool:
    return not other.says and not one.says and _what(one) == _what(other)


def _what(one: Touch) -> tuple[object, ...]:
    return one.event, one.team, one.channel, one.contact, one.about
