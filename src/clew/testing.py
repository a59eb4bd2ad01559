"""A small log in memory, for tests of journeys and questions without files: `memory_log(events=[...])`."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, NO_VALUE, UNIT, AttributeTable, Bucket, Codes, Names, Times
from clew.clock import ALWAYS, NEVER, to_micros

When = int | str | datetime
Row = tuple[Any, ...]  # with or without the mapping at its end

_WORDS = ("team", "channel", "user", "contact", "value", "known", "source", "sequence", "id")


def memory_log(
    events: Iterable[Row] = (),
    attributes: Iterable[Row] = (),
    links: Iterable[Row] = (),
    *,
    subjects: Sequence[str] = (),
    as_of: When | None = None,
    known_at: When | None = None,
    buckets: int = 1,
) -> MemoryView:
    """Build a view of a log from plain tuples; it implements archive.model.LogView.

    events      (account, at, event, {...}): at is microseconds UTC, an aware datetime or ISO text (naive: UTC; a date
                alone knows only the day). An account is "kind:id", or an id of kind "account"; None: no account known.
                The mapping may hold team, channel, user, contact (int), value (a number), known (when we learnt of it),
                source (a name), sequence (int), id (equal ids of a source are one event); subjects; other keys are
                properties
    attributes  (account, name, value, {...}): the mapping may hold at (absent: undated), known, source and a subject,
                whose attribute it then is
    links       (account, account, {...}): both are one account; the mapping may hold at and known
    subjects    keys that name things of accounts, as ("ticket", "contract")
    as_of, known_at  cut the view; buckets  how many buckets it has
    """
    log = _Log(
        [_event(row, subjects) for row in events],
        [_attribute(row, subjects) for row in attributes],
        [_link(row) for row in links],
        tuple(subjects),
    )
    return log.view(as_of, known_at, buckets)


def micros(when: When) -> int:
    """Return microseconds UTC of an instant in any of its forms."""
    if isinstance(when, str):
        when = datetime.fromisoformat(when)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return when if isinstance(when, int) else to_micros(when)


@dataclass(frozen=True)
class _Event:
    entity: str
    things: Mapping[str, str]
    at: int
    day: bool
    event: str
    words: Mapping[str, Any]
    properties: Mapping[str, str]

    @property
    def known(self) -> int:
        return micros(self.words.get("known", self.at))


@dataclass(frozen=True)
class _Attribute:
    account: str
    entity: str
    name: str
    value: str
    at: int
    known: int
    source: str


def _entity(written: str) -> str:
    return written if ":" in written else f"account:{written}"


def _event(row: Row, subjects: Sequence[str]) -> _Event:
    account, at, event, given = row if len(row) == 4 else (*row, {})
    things = {kind: f"{kind}:{given[kind]}" for kind in subjects if given.get(kind) is not None}
    entity = _entity(account) if account is not None else next(iter(things.values()))
    properties = {key: str(value) for key, value in given.items() if key not in _WORDS and key not in subjects}
    words = {key: given[key] for key in _WORDS if given.get(key) is not None}
    day = isinstance(at, str) and len(at) == len("2026-01-31")
    return _Event(entity, things, micros(at), day, event, words, properties)


def _attribute(row: Row, subjects: Sequence[str]) -> _Attribute:
    account, name, value, given = row if len(row) == 4 else (*row, {})
    entity = next((f"{kind}:{given[kind]}" for kind in subjects if kind in given), _entity(account))
    at = micros(given["at"]) if "at" in given else ALWAYS
    known = micros(given["known"]) if "known" in given else at
    return _Attribute(_entity(account), entity, name, str(value), at, known, str(given.get("source", "")))


def _link(row: Row) -> tuple[str, str, int, int]:
    left, right, given = row if len(row) == 3 else (*row, {})
    at = micros(given["at"]) if "at" in given else ALWAYS
    return _entity(left), _entity(right), at, micros(given["known"]) if "known" in given else at


class MemoryDictionary:
    """Texts by code."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._texts: list[str] = []

    def __len__(self) -> int:
        return len(self._texts)

    def text(self, code: int) -> str:
        return self._texts[code]

    def texts(self) -> Sequence[str]:
        return tuple(self._texts)

    def code(self, text: str) -> int:
        return self._codes.get(text, NO_CODE)

    def add(self, text: str | None) -> int:
        """Return the code of a text, a new one where it is new; NO_CODE for None."""
        if text is None:
            return NO_CODE
        if text not in self._codes:
            self._codes[text] = len(self._texts)
            self._texts.append(text)
        return self._codes[text]


class MemoryNames:
    """Dictionaries by name; an unknown name is an empty one."""

    def __init__(self) -> None:
        self._by_name: dict[str, MemoryDictionary] = {}

    def __getitem__(self, name: str) -> MemoryDictionary:
        return self._by_name.setdefault(name, MemoryDictionary())

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._by_name))


@dataclass
class MemoryAttributes:
    """Dated attributes of one bucket, see archive.model.AttributeTable."""

    thread: Codes
    entity: Codes
    name: Codes
    value: Codes
    at: Times
    known: Times


@dataclass
class MemoryBucket:
    """Columns of one bucket, see archive.model.Bucket."""

    number: int
    thread: Codes
    at: Times
    day: NDArray[np.bool_]
    event: Codes
    source: Codes
    team: Codes
    channel: Codes
    user: Codes
    contact: Codes
    value: NDArray[np.int64]
    known: Times
    attributes: AttributeTable
    subjects: Mapping[str, Codes] = field(default_factory=dict)
    properties: Mapping[str, Codes] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.thread)

    def subject(self, kind: str) -> Codes:
        return self.subjects.get(kind, np.full(len(self), NO_CODE, np.int32))

    def property(self, name: str) -> Codes:
        return self.properties.get(name, np.full(len(self), NO_CODE, np.int32))

    def property_names(self) -> list[str]:
        return sorted(self.properties)


@dataclass
class MemoryView:
    """A view of a log in memory, see archive.model.LogView."""

    as_of: int
    known_at: int
    names: Names
    undated: frozenset[str]
    subject_kinds: frozenset[str]
    generation: int = 1
    sources: Sequence[str] = ()
    entities: Mapping[str, str] = field(default_factory=dict)  # every known entity -> its thread
    kept: Sequence[MemoryBucket] = ()
    log: _Log | None = None

    def buckets(self) -> Sequence[Bucket]:
        return self.kept

    def entity_kinds(self) -> dict[str, int]:
        kinds: dict[str, int] = {}
        for entity in self.entities:
            kind = entity.partition(":")[0]
            kinds[kind] = kinds.get(kind, 0) + 1
        return kinds

    def threads_of(self, kind: str) -> tuple[Codes, Codes]:
        found = [(entity, thread) for entity, thread in self.entities.items() if entity.partition(":")[0] == kind]
        codes = self.names["entity"].code
        entities, threads = [codes(entity) for entity, _ in found], [codes(thread) for _, thread in found]
        return np.array(entities, np.int32), np.array(threads, np.int32)

    def cut(self, *, as_of: When | None = None, known_at: When | None = None, buckets: int | None = None) -> MemoryView:
        """Return another view of the same log."""
        assert self.log is not None
        return self.log.view(as_of, known_at, buckets or len(self.kept))


@dataclass(frozen=True)
class _Log:
    events: list[_Event]
    attributes: list[_Attribute]
    links: list[tuple[str, str, int, int]]
    subjects: tuple[str, ...]

    def view(self, as_of: When | None, known_at: When | None, buckets: int) -> MemoryView:
        last = max((event.at for event in self.events), default=0) if as_of is None else micros(as_of)
        known = NEVER if known_at is None else micros(known_at)
        thread_of = self._threads(last, known)
        events = _unique(event for event in self.events if event.at <= last and event.known <= known)
        attributes = [each for each in self.attributes if each.at <= last and each.known <= known]
        names = MemoryNames()
        entities: dict[str, str] = {}
        for account, entity in [
            *((event.entity, thing) for event in events for thing in (event.entity, *event.things.values())),
            *((each.account, each.entity) for each in attributes),
        ]:
            for known_one in (account, entity):
                entities[known_one] = thread_of(account)
                names["entity"].add(known_one)
            names["entity"].add(thread_of(account))
        sources = sorted({str(event.words.get("source", "")) for event in self.events})
        split = [
            _bucket(
                number,
                [event for event in events if _place(thread_of(event.entity), buckets) == number],
                [each for each in attributes if _place(thread_of(each.account), buckets) == number],
                names=names, thread_of=thread_of, subjects=self.subjects, sources=sources,
            )
            for number in range(buckets)
        ]  # fmt: skip
        undated = frozenset(each.name for each in attributes if each.at == ALWAYS)
        kinds = frozenset(self.subjects)
        return MemoryView(last, known, names, undated, kinds, sources=sources, entities=entities, kept=split, log=self)

    def _threads(self, as_of: int, known_at: int) -> Any:
        parent: dict[str, str] = {}

        def find(entity: str) -> str:
            while parent.get(entity, entity) != entity:
                entity = parent[entity]
            return entity

        for left, right, at, known in self.links:
            if at <= as_of and known <= known_at:
                first, second = sorted((find(left), find(right)))
                parent[second] = first
        return find


def _place(thread: str, buckets: int) -> int:
    return zlib.crc32(thread.encode()) % buckets


def _unique(events: Iterable[_Event]) -> list[_Event]:
    """Drop events whose (source, id, event) came before."""
    kept: list[_Event] = []
    seen: set[tuple[object, ...]] = set()
    for event in events:
        if "id" in event.words:
            key = (event.words.get("source"), event.words["id"], event.event)
            if key in seen:
                continue
            seen.add(key)
        kept.append(event)
    return kept


def _row_key(event: _Event) -> str:
    content = (event.entity, sorted(event.things.items()), event.at, event.event, sorted(event.properties.items()))
    given = event.words.get("id", (content, sorted((key, str(value)) for key, value in event.words.items())))
    return hashlib.blake2b(repr(given).encode(), digest_size=8).hexdigest()


def _bucket(
    number: int,
    events: list[_Event],
    attributes: list[_Attribute],
    *,
    names: MemoryNames,
    thread_of: Any,
    subjects: Sequence[str],
    sources: Sequence[str],
) -> MemoryBucket:
    codes = names["entity"].add
    rank = {source: place for place, source in enumerate(sources)}

    def order(event: _Event) -> tuple[Any, ...]:
        words = event.words
        source = rank[str(words.get("source", ""))]
        return (
            codes(thread_of(event.entity)),
            event.at,
            not event.day,
            source,
            words.get("sequence", 0),
            _row_key(event),
        )

    events = sorted(events, key=order)
    kept = sorted({name for event in events for name in event.properties})

    def column(values: Iterable[object], kind: Any = np.int32) -> NDArray[Any]:
        return np.array(list(values), kind)

    def coded(name: str) -> NDArray[Any]:
        return column(names[name].add(event.words.get(name)) for event in events)

    return MemoryBucket(
        number=number,
        thread=column(codes(thread_of(event.entity)) for event in events),
        at=column((event.at for event in events), np.int64),
        day=column((event.day for event in events), np.bool_),
        event=column(names["event"].add(event.event) for event in events),
        source=column((rank[str(event.words.get("source", ""))] for event in events), np.uint8),
        team=coded("team"),
        channel=coded("channel"),
        user=coded("user"),
        contact=column(event.words.get("contact", NO_CODE) for event in events),
        value=column(
            (round(event.words["value"] * UNIT) if "value" in event.words else NO_VALUE for event in events), np.int64
        ),
        known=column((event.known for event in events), np.int64),
        attributes=_attribute_table(attributes, names, thread_of),
        subjects={kind: column(codes(event.things.get(kind)) for event in events) for kind in subjects},
        properties={
            name: column(names[f"property:{name}"].add(event.properties.get(name)) for event in events) for name in kept
        },
    )


def _attribute_table(attributes: list[_Attribute], names: MemoryNames, thread_of: Any) -> MemoryAttributes:
    entity, name = names["entity"].add, names["attribute"].add

    def order(each: _Attribute) -> tuple[Any, ...]:
        return entity(thread_of(each.account)), entity(each.entity), name(each.name), each.at, each.source, each.value

    attributes = sorted(attributes, key=order)

    def column(values: Iterable[int], kind: Any = np.int32) -> NDArray[Any]:
        return np.array(list(values), kind)

    return MemoryAttributes(
        thread=column(entity(thread_of(each.account)) for each in attributes),
        entity=column(entity(each.entity) for each in attributes),
        name=column(name(each.name) for each in attributes),
        value=column(names[f"attribute:{each.name}"].add(each.value) for each in attributes),
        at=column((each.at for each in attributes), np.int64),
        known=column((each.known for each in attributes), np.int64),
    )
