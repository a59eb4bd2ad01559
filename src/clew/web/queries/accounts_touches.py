"""Every touch of one account, from the log to the second: chosen by team, kind, channel, person, topic, words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, NO_VALUE, Bucket, Codes, LogView
from clew.context.model import Touch, TouchKind
from clew.firm.model import Firm
from clew.live.model import FreshLog
from clew.meanings.model import Meanings
from clew.signals.sight import Sight

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]
NOBODY = ""  # chosen: touches that name none
_KINDS = tuple(TouchKind)
_CODED = ("event", "team", "channel", "user")
_SAYS = ("says", "note")  # kept properties that hold what was said, beside the one that meanings.yaml names


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


class Touches:
    """The touches of one account, oldest first, and what they mean to the firm."""

    def __init__(self, view: LogView, meanings: Meanings, firm: Firm) -> None:
        self._sight = Sight(view, firm, meanings)
        self._view, self._meanings = view, meanings
        self.bucket: Bucket = view.buckets()[0]

    def __len__(self) -> int:
        return len(self.bucket)

    @cached_property
    def kinds(self) -> NDArray[np.int8]:
        """(n,) place of each touch's kind in TouchKind; the first that fits holds."""
        meanings, happens = self._meanings, self._sight.happens
        did = getattr(meanings, "did", None) or meanings.silence.when
        sent = meanings.sent.when if meanings.sent else None
        masks = [happens(0, one) for one in (getattr(meanings, "engaged", None), sent, did)]
        return np.select(masks, [0, 1, 2], _KINDS.index(TouchKind.OTHER)).astype(np.int8)

    def chosen(self, wanted: TouchesWanted) -> Rows:
        """Return the rows that are wanted, latest first."""
        bucket, mask = self.bucket, np.ones(len(self), np.bool_)
        if wanted.kind is not None:
            mask &= self.kinds == _KINDS.index(wanted.kind)
        for name in ("team", "channel"):
            if (text := getattr(wanted, name)) is not None:
                mask &= getattr(bucket, name) == self._code(name, text)
        if wanted.topic is not None:
            mask &= self._topics == self._code(f"property:{self._meanings.about}", wanted.topic)
        if wanted.source is not None:
            sources = list(self._view.sources)
            mask &= bucket.source == (sources.index(wanted.source) if wanted.source in sources else -1)
        if wanted.person is not None:
            mask &= bucket.contact == wanted.person
        for word in wanted.text.casefold().split():
            mask &= self._holds(word, says=wanted.says)
        return np.flatnonzero(mask)[::-1]

    def told(self, rows: Rows) -> list[Touch]:
        """Put rows into words."""
        bucket, sources = self.bucket, self._view.sources
        columns = [self._texts(name, getattr(bucket, name)[rows]) for name in _CODED]
        about = self._texts(f"property:{self._meanings.about}", self._topics[rows])
        says = self._said(rows)
        numbers = (bucket.at, bucket.day, bucket.source, bucket.contact, bucket.value, self.kinds)
        values = zip(*(column[rows].tolist() for column in numbers), strict=True)
        return [
            Touch(
                at=at,
                event=event or "",
                kind=_KINDS[kind],
                source=sources[source],
                day=day,
                team=team,
                channel=channel,
                user=user,
                contact=None if contact == NO_CODE else contact,
                about=topic,
                says=said,
                value=None if value == NO_VALUE else value,
            )
            for (at, day, source, contact, value, kind), event, team, channel, user, topic, said in zip(
                values, *columns, about, says, strict=True
            )
        ]

    def choices(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """What one can choose by, with how many touches each: teams, channels, sources, topics, persons, kinds."""
        sources = self._view.sources
        found = {name: self._count(name, getattr(self.bucket, name)) for name in ("team", "channel")}
        found["topic"] = self._count(f"property:{self._meanings.about}", self._topics) if self._has_topics else []
        found["source"] = _most({sources[code]: count for code, count in _counts(self.bucket.source)})
        found["person"] = _most({str(code): count for code, count in _counts(self.bucket.contact) if code != NO_CODE})
        found["kind"] = [(kind, int((self.kinds == place).sum())) for place, kind in enumerate(_KINDS)]
        return found

    def strips(self, rows: Rows, since: int, until: int, *, spans: int) -> list[Strip]:
        """Count touches by team and span of time, teams with the most first; since < until."""
        at, team = self.bucket.at[rows], self.bucket.team[rows]
        place = np.clip((at - since) * spans // max(until - since, 1), 0, spans - 1)
        found = []
        for code in np.unique(team).tolist():
            mine = team == code
            name = NOBODY if code == NO_CODE else self._view.names["team"].text(code)
            counts = np.bincount(place[mine], minlength=spans).tolist()
            found.append(Strip(name, counts, int(mine.sum()), int(at[mine].max())))
        return sorted(found, key=lambda one: (-one.total, one.team))

    def statements(self) -> list[Touch]:
        """What teams told the customer about topics, latest first."""
        stated = self._meanings.stated
        if stated is None:
            return []
        return self.told(np.flatnonzero(self._sight.happens(0, stated.when))[::-1])

    @property
    def _has_topics(self) -> bool:
        return self._meanings.about is not None

    @cached_property
    def _topics(self) -> Codes:
        return self._sight.codes(0, self._meanings.about)

    def _said(self, rows: Rows) -> list[str | None]:
        named = [self._meanings.stated.says] if self._meanings.stated else []
        found: list[str | None] = [None] * len(rows)
        for name in dict.fromkeys([*named, *_SAYS]):
            texts = self._texts(f"property:{name}", self.bucket.property(name)[rows])
            found = [known or text for known, text in zip(found, texts, strict=True)]
        return found

    def _holds(self, word: str, *, says: bool) -> Mask:
        """Say which touches have a text that holds a word."""
        columns = {name: getattr(self.bucket, name) for name in _CODED}
        if self._has_topics:
            columns[f"property:{self._meanings.about}"] = self._topics
        if says:
            named = [self._meanings.stated.says] if self._meanings.stated else []
            columns |= {f"property:{name}": self.bucket.property(name) for name in (*named, *_SAYS)}
        mask = np.zeros(len(self), np.bool_)
        for name, codes in columns.items():
            known = np.unique(codes)
            texts = self._texts(name, known)
            fitting = [
                code for code, text in zip(known.tolist(), texts, strict=True) if word in (text or "").casefold()
            ]
            mask |= np.isin(codes, fitting)
        return mask

    def _code(self, name: str, text: str) -> int:
        """The code of a text; one that nothing has where it is unknown."""
        if text == NOBODY:
            return NO_CODE
        code = self._view.names[name].code(text)
        return code if code != NO_CODE else NO_CODE - 1

    def _texts(self, name: str, codes: Codes) -> list[str | None]:
        dictionary = self._view.names[name]
        known = {code: dictionary.text(code) for code in np.unique(codes).tolist() if code != NO_CODE}
        return [known.get(code) for code in codes.tolist()]

    def _count(self, name: str, codes: Codes) -> list[tuple[str, int]]:
        dictionary = self._view.names[name]
        return _most({NOBODY if code == NO_CODE else dictionary.text(code): n for code, n in _counts(codes)})


def read_touches(fresh: FreshLog, thread: str, now: int, *, meanings: Meanings, firm: Firm) -> Touches:
    """Read the touches of an account up to now; costs what its rows cost."""
    return Touches(fresh.view_of([thread], now), meanings, firm)


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


def _counts(codes: Codes) -> list[tuple[int, int]]:
    known, counts = np.unique(codes, return_counts=True)
    return list(zip(known.tolist(), counts.tolist(), strict=True))


def _most(counts: Mapping[str, int], most: int = 60) -> list[tuple[str, int]]:
    return Counter(counts).most_common(most)
