"""The columns of the log as they lie on disk and as every reader sees them.

Names are codes into dictionaries (-1: none), times int64 microseconds UTC, amounts int64 millionths of the unit.

Dictionaries, by name: "entity" (texts "kind:id": accounts as sources name them, and things of accounts), "event",
"team", "channel", "user", "property:<name>", "attribute" (names of attributes), "attribute:<name>" (their values).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.integer]
Times = NDArray[np.int64]

NO_CODE = -1
NO_VALUE = -(2**63)
UNIT = 1_000_000  # amounts are kept in millionths, so sums are exact in any order


class Dictionary(Protocol):
    """Texts by code; codes never change once given."""

    def __len__(self) -> int: ...
    def text(self, code: int) -> str: ...
    def texts(self) -> Sequence[str]: ...
    def code(self, text: str) -> int:
        """NO_CODE where the text is unknown."""
        ...


class Names(Protocol):
    """All dictionaries of one generation; an unknown name is an empty dictionary. Iterating gives their names."""

    def __getitem__(self, name: str) -> Dictionary: ...
    def __iter__(self) -> Iterator[str]: ...


class AttributeTable(Protocol):
    """Dated attributes of one bucket, sorted by (thread, entity, name, at, source rank, row key).

    thread  int32, as in events        entity  int32, whose attribute it is (an account id or a subject)
    name    code in "attribute"        value   code in "attribute:<name>"
    at      from when it holds; clock.ALWAYS where the source gives no date
    known   when we learnt it
    """

    @property
    def thread(self) -> Codes: ...
    @property
    def entity(self) -> Codes: ...
    @property
    def name(self) -> Codes: ...
    @property
    def value(self) -> Codes: ...
    @property
    def at(self) -> Times: ...
    @property
    def known(self) -> Times: ...


class Bucket(Protocol):
    """One bucket of a log view: events in the total order, threads contiguous, columns read on first use.

    Order: thread, then at, day before instants, source rank, sequence, place in the source's list, row key.
    thread   int32 entity code of the canonical account (else of the subject, where no account is known)
    at       occurred; for a date without time the first instant of that day in the source's zone
    day      bool, True where only the day is known
    event, team, channel, user   codes      source  rank of the source, uint8
    contact  int32 surrogate of the person outside, NO_CODE where none
    value    int64 millionths, NO_VALUE where none
    known    when we learnt of it
    """

    @property
    def number(self) -> int: ...
    @property
    def thread(self) -> Codes: ...
    @property
    def at(self) -> Times: ...
    @property
    def day(self) -> NDArray[np.bool_]: ...
    @property
    def event(self) -> Codes: ...
    @property
    def source(self) -> Codes: ...
    @property
    def team(self) -> Codes: ...
    @property
    def channel(self) -> Codes: ...
    @property
    def user(self) -> Codes: ...
    @property
    def contact(self) -> Codes: ...
    @property
    def value(self) -> NDArray[np.int64]: ...
    @property
    def known(self) -> Times: ...
    @property
    def attributes(self) -> AttributeTable: ...

    def __len__(self) -> int: ...
    def subject(self, kind: str) -> Codes:
        """int32 codes in "entity" of the thing of this kind that each event is about; NO_CODE where none."""
        ...

    def property(self, name: str) -> Codes:
        """Codes in "property:<name>"; all NO_CODE where no source keeps that property."""
        ...

    def property_names(self) -> Sequence[str]:
        """The properties that some event of the bucket may carry."""
        ...


class LogView(Protocol):
    """The log as it was at a moment: events with at <= as_of, known <= known_at and not superseded by then.

    Identity (threads) and attributes are cut the same way, so a view equals the log truncated.
    as_of       upper bound of occurrence; the latest event of the log unless asked otherwise
    known_at    upper bound of learning; clock.NEVER unless asked otherwise
    generation  of the files read: with as_of and known_at it identifies the view's content
    undated     attributes of which some values carry no date (a past view shows today's value: say so)
    sources     names of the sources by rank, "" for a rank without one
    subject_kinds  kinds that some source names as `subjects` (things of accounts); every other kind names accounts
    """

    @property
    def as_of(self) -> int: ...
    @property
    def known_at(self) -> int: ...
    @property
    def generation(self) -> int: ...
    @property
    def names(self) -> Names: ...
    @property
    def undated(self) -> frozenset[str]: ...
    @property
    def sources(self) -> Sequence[str]: ...
    @property
    def subject_kinds(self) -> frozenset[str]: ...
    def buckets(self) -> Sequence[Bucket]: ...
    def entity_kinds(self) -> dict[str, int]:
        """Number of known entities by kind, those without any event included."""
        ...

    def threads_of(self, kind: str) -> tuple[Codes, Codes]:
        """(entity codes, thread codes) of every known entity of a kind, without events too."""
        ...
