"""What a detector finds: dated observations with evidence, beside the occasions on which it could have found one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes, Times

if TYPE_CHECKING:
    from clew.signals.sight import Sight

Rows = NDArray[np.int64]
Amounts = NDArray[np.float64]
NO_ROW = -1


class Failure(StrEnum):
    """The three failures that Clew exists to end."""

    MESSAGES = "inconsistent messages and duplicated effort"
    FRICTION = "invisible friction"
    EXPANSION = "missed expansion"


@dataclass(frozen=True)
class Found:
    """The signals of one detector in one bucket: parallel arrays in order of (thread, at).

    thread   int32 account               subject  int32 what it is about in "entity" (a ticket; else the thread)
    at       instant from which it was there to be seen, <= as_of: nothing of it rests on later events
    first    row of the bucket's event on which it rests, NO_ROW where none
    last     row of the event that completes it, NO_ROW where time alone does
    measure  how much, in the detector's unit; NaN where it has none
    occasion instant of the occasion that it belongs to, <= at; None: each belongs to one at `at`, or in its quarter
    """

    thread: Codes
    subject: Codes
    at: Times
    first: Rows
    last: Rows
    measure: Amounts
    occasion: Times | None = None

    @property
    def quartered(self) -> Times:
        """(n,) the instant that says in which quarter a signal counts: that of its occasion."""
        return self.at if self.occasion is None else self.occasion

    def __len__(self) -> int:
        return len(self.thread)


@dataclass(frozen=True)
class Exposed:
    """The occasions on which a signal could have been found, of the same bucket, in order of (thread, at)."""

    thread: Codes
    at: Times

    def __len__(self) -> int:
        return len(self.thread)


@dataclass(frozen=True)
class Seen:
    """What a detector saw in one bucket; every found signal belongs to one of the occasions."""

    found: Found
    exposed: Exposed


@dataclass(frozen=True)
class Detector:
    """One way of noticing.

    name        id in kebab-case, as "duplicate-contact"; title  as a page says it, "Contacted twice"
    failure     which of the three it is a sign of
    definition  one sentence: when exactly it is found, with the firm's own windows left to `sentence`
    of          what an occasion is, in the plural: "touches", "promises due", "customers"
    unit        of `measure`: "hours" | "days" | "times" | "teams" | "" where none
    blind       from a sight to sentences: what it cannot see in this data and what would let it; empty: it sees all
    find        from a sight and the number of a bucket to what it sees there; empty arrays where it is blind
    sentence    from a sight, the number of a bucket, what was found there and the place of one signal to one sentence
                with the evidence: who, what, when; needs all that was found, in its order
    plain       as `sentence`, without what was said in touches: it is kept, and read by who may not read that; None
                where `sentence` says nothing of it
    more        from a sight to further sentences that its evidence page shows: where, or what followed
    """

    name: str
    title: str
    failure: Failure
    definition: str
    of: str
    blind: Callable[[Sight], list[str]]
    find: Callable[[Sight, int], Seen]
    sentence: Callable[[Sight, int, Found, int], str]
    unit: str = ""
    plain: Callable[[Sight, int, Found, int], str] | None = None
    more: Callable[[Sight], Sequence[str]] = lambda sight: ()

    def detect(self, sight: Sight, number: int) -> Seen:
        """Return what it sees in a bucket, found now where nobody has asked yet."""
        return sight.made(("seen", self.name, number), lambda: self.find(sight, number))


def nothing() -> Seen:
    """Return what a blind detector sees."""
    none, times, rows = np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int64)
    return Seen(Found(none, none, times, rows, rows, np.zeros(0)), Exposed(none, times))


def together(parts: Iterable[Seen]) -> Seen:
    """Put what was seen in one bucket in several places together, one after the other, not yet in order.

    Each signal belongs to an occasion at its own instant
    """
    listed = [nothing(), *parts]

    def columns(of: str, names: Iterable[str]) -> list[NDArray[np.generic]]:
        return [np.concatenate([getattr(getattr(part, of), name) for part in listed]) for name in names]

    found = [name for name in Found.__dataclass_fields__ if name != "occasion"]
    exposed = Exposed.__dataclass_fields__
    return Seen(Found(*columns("found", found)), Exposed(*columns("exposed", exposed)))  # type: ignore[arg-type]
