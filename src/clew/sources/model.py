"""A source as its file describes it: how the rows of an export become events, accounts, contacts and attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from clew.conditions.model import Test
from clew.files.meaning import WHERE_GIVEN


class Kind(StrEnum):
    """events: rows never change; snapshot: a changed row supersedes, a vanished row is reported."""

    EVENTS = "events"
    SNAPSHOT = "snapshot"


@dataclass(frozen=True)
class Given:
    """Where a value comes from: a column of the row, or the same text always (file: {always: sales})."""

    column: str | None = None
    always: str | None = None


@dataclass(frozen=True)
class Join:
    """Columns of another file, brought to each row: one row more for each `per` value, numbers of `sum` added up.

    on    column of the row -> column of the joined file
    per   columns of the joined file that split a row (an order with two sellers becomes two rows)
    sum   numeric columns added up within (on, per)
    """

    files: tuple[str, ...]
    on: Mapping[str, str]
    per: tuple[str, ...] = ()
    sum: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()  # plain look-ups: the first row of the joined file wins and more than one is reported


@dataclass(frozen=True)
class EventSpec:
    """One event that a row may tell of. `event` may hold {column} places; a row whose `at` is empty tells of none."""

    event: str
    at: str
    team: Given | None = None
    channel: Given | None = None
    by: Given | None = None
    value: str | None = None
    sequence: str | None = None
    when: Mapping[str, Test] = field(default_factory=dict)


@dataclass(frozen=True)
class AttributeSpec:
    """A column that says something lasting of the account, or of a subject kind named by `of`.

    at  column with the date from which it holds; None: undated, holds always and is labelled so
    """

    name: str
    column: str
    at: str | None = None
    of: str | None = None


@dataclass(frozen=True)
class ContactSpec:
    """Columns that name the person outside; they go to the person store, the log holds a surrogate."""

    id: str
    email: str | None = None
    name: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Source:
    """One source file, checked.

    name        file name without ending
    rank        place among the sources sorted by name, 0..254: part of the total order of events
    files       patterns relative to the workspace, ${NAME} from the environment allowed
    select      text of a SELECT over the files (as tables named by `tables`), None for plain files
    id          columns that identify a row; empty: the hash of the mapped columns and the n-th identical row
    account     (kind, column): kind names the id space (seller), column the id; kind "domain": the e-mail domain
                of the column; kind "": the cells are entities with their kind, as "seller:42"
    links       each a tuple of (kind, column): these ids are one account
    subjects    kind -> column of things of an account that may have journeys of their own (ticket, contract, deal)
    properties  columns kept with each event; None: every column not mapped elsewhere and not personal
    personal    columns that go to the person store only
    receives    the wire format in which events arrive; None: rows are read from files
    formerly    column with an id that the row's contact had before
    words       columns with pairs of entities of which a person says that they are one account, or are not
    version     content hash of the meaning, 12 hexadecimal digits
    """

    name: str
    rank: int
    version: str
    path: Path
    files: tuple[str, ...]
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    select: str | None = None
    kind: Kind = Kind.EVENTS
    id: tuple[str, ...] = ()
    time_zone: str = "UTC"
    time_format: str | None = None  # strptime format; "epoch seconds" | "epoch milliseconds"; None: ISO 8601
    decimal: str = "."
    thousands: str | None = None  # sign between groups of three digits, currencies dropped; None: plain numbers alone
    delimiter: str | None = None  # None: found out
    encoding: str = "utf-8"
    account: tuple[str, str] | None = None
    links: tuple[tuple[tuple[str, str], ...], ...] = ()
    linked_at: str | None = None  # column with the time from which the links hold; None: always
    subjects: Mapping[str, str] = field(default_factory=dict)
    contact: ContactSpec | None = None
    joins: tuple[Join, ...] = ()
    events: tuple[EventSpec, ...] = ()
    attributes: tuple[AttributeSpec, ...] = ()
    properties: tuple[str, ...] | None = None
    personal: tuple[str, ...] = ()
    learnt: str | None = None  # column with the time at which the system itself learnt of the row
    receives: str | None = None
    formerly: str | None = None
    words: tuple[str, str] | None = field(default=None, metadata=WHERE_GIVEN)

    @property
    def patterns(self) -> tuple[str, ...]:
        """Every pattern of files that it reads: its own, those of its joins and those of its tables."""
        others = [join.files for join in self.joins] + list(self.tables.values())
        return (*self.files, *(pattern for files in others for pattern in files))
