"""One bucket of the log as a context is derived from it: its accounts, and what its events are to the firm."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any, Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Bucket, Codes, LogView
from clew.conditions.model import Condition
from clew.context import vocabulary
from clew.context.words import Words
from clew.engine.happenings import happens
from clew.engine.ordered import Mask, Positions
from clew.engine.terms import Terms

Texts = list[str | None]


@runtime_checkable
class Keyed(Protocol):
    """A bucket of the stored log: its rows bear keys."""

    def column(self, name: str) -> NDArray[Any]: ...


class Single:
    """A view with one of its buckets alone; all else is as it was."""

    def __init__(self, view: LogView, bucket: Bucket) -> None:
        self._view, self._buckets = view, (bucket,)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)

    def buckets(self) -> Sequence[Bucket]:
        return self._buckets


class Seen:
    """A bucket with the words of the firm.

    threads  (t,) codes of its accounts, rising        now  moment at which attributes are asked for, microseconds UTC
    """

    def __init__(self, view: LogView, bucket: Bucket, words: Words, *, terms: Terms, threads: Codes, now: int) -> None:
        self.view, self.bucket, self.words, self.terms = view, bucket, words, terms
        self.threads, self.now = threads, now

    @cached_property
    def place(self) -> Positions:
        """(n,) which of the accounts each event is of, -1 for events of things without an account."""
        thread = np.asarray(self.bucket.thread)
        place = np.searchsorted(self.threads, thread)
        known = np.append(self.threads, NO_CODE)[place] == thread
        return np.where(known, place, -1).astype(np.int64)

    @property
    def view_of_bucket(self) -> LogView:
        """The view with this bucket alone."""
        return cast(LogView, Single(self.view, self.bucket))

    def happens(self, condition: Condition | None) -> Mask:
        """(n,) at which events a condition comes true; None: nowhere."""
        if condition is None:
            return np.zeros(len(self.bucket), np.bool_)
        return happens(self.bucket, condition, self.terms) & (self.place >= 0)

    @cached_property
    def is_act(self) -> Mask:
        """(n,) bool: somebody did it in Clew."""
        sources = list(self.view.sources)
        rank = sources.index(vocabulary.SOURCE) if vocabulary.SOURCE in sources else -1
        mask: Mask = np.asarray(self.bucket.source).astype(np.int64) == rank
        return mask

    def acted(self, events: Collection[str]) -> Mask:
        """(n,) where somebody did this in Clew and the firm has no name of its own for it."""
        if not self.is_act.any():
            return self.is_act
        mask: Mask = self.terms.named(tuple(events))[self.bucket.event] & self.is_act & (self.place >= 0)
        return mask

    def said(self, names: Sequence[str], rows: Positions) -> Texts:
        """Text of the first of these properties that each of these events carries."""
        found: Texts = [None] * len(rows)
        for name in reversed(names):
            codes = np.asarray(self.bucket.property(name))[rows]
            if (codes != NO_CODE).any():
                texts = self.texts(f"property:{name}", codes)
                found = [text if text is not None else before for text, before in zip(texts, found, strict=True)]
        return found

    def texts(self, dictionary: str, codes: NDArray[Any]) -> Texts:
        """Text of each code of a dictionary, None for none."""
        distinct, place = np.unique(codes, return_inverse=True)
        text = self.view.names[dictionary].text
        known = [None if code == NO_CODE else text(code) for code in distinct.tolist()]
        return [known[one] for one in place.tolist()]

    def column(self, name: str, rows: Positions) -> Texts:
        """Text of a coded column of these events: event, team, channel, user."""
        return self.texts(name, np.asarray(getattr(self.bucket, name))[rows])

    def contacts(self, rows: Positions) -> list[int | None]:
        """Number of the contact of each of these events."""
        return [None if one == NO_CODE else one for one in np.asarray(self.bucket.contact)[rows].tolist()]

    def at(self, rows: Positions) -> list[int]:
        found: list[int] = np.asarray(self.bucket.at)[rows].tolist()
        return found

    def ids(self, rows: Positions) -> list[str]:
        """What tells each of these events from all others of its thread, whatever else the log takes in."""
        if not isinstance(self.bucket, Keyed):  # a log that keeps no keys
            thread = np.asarray(self.bucket.thread)
            number = rows - np.searchsorted(thread, thread[rows])
            return [f"{at}-{one}" for at, one in zip(self.at(rows), number.tolist(), strict=True)]
        columns = (np.asarray(self.bucket.column(name))[rows].tolist() for name in ("row_hi", "row_lo", "place"))
        return [f"{hi:016x}{lo:016x}-{place}" for hi, lo, place in zip(*columns, strict=True)]
