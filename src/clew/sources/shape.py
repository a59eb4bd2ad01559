"""From the rows of a sheet to rows, events, attributes, links and persons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE
from clew.clock import DAY_US
from clew.sources.blocks import (
    Attributes,
    Coded,
    Codes,
    Events,
    Hashes,
    Links,
    Longs,
    Note,
    Reason,
    Rejected,
    Rows,
)
from clew.sources.entities import DOMAIN, Entities
from clew.sources.faults import Faults
from clew.sources.happenings import find_tellings, shape_events
from clew.sources.hashing import mixed
from clew.sources.mapped import needed_columns, property_columns
from clew.sources.model import AttributeSpec, Source
from clew.sources.numbers import ungrouped
from clew.sources.parsed import Parsed
from clew.sources.sheet import Sheet
from clew.sources.words import NO_WORDS, read_words

T = TypeVar("T", bound=np.generic)
CONTACT = "contact"
CONTENT = "#content"  # column of an arrived event with the hash of all it says


@dataclass(frozen=True)
class Shaped:
    """What a sheet became; see clew.sources.blocks."""

    entities: list[str]
    rows: Rows
    events: Events
    attributes: list[Attributes]
    links: Links
    rejected: list[Rejected]
    notes: Mapping[Note, int]


def shape(sheet: Sheet, source: Source, *, now: int) -> Shaped:
    """Read every mapped cell of a sheet; rows with one that is unusable are rejected as a whole."""
    return _Shaping(sheet, source, now).run()


_COMMA = re.compile(r"^([+-]?\d+),(\d+)$")


class _Shaping:
    """First everything is read and every fault found, then the usable rows are picked."""

    def __init__(self, sheet: Sheet, source: Source, now: int) -> None:
        self.sheet, self.source = sheet, source
        self.faults = Faults(len(sheet))
        self.entities = Entities(sheet, self.faults)
        self.parsed = Parsed(sheet, source, self.faults, latest=now + DAY_US)

    def run(self) -> Shaped:
        self._check_ids()
        self.parsed.read_all()
        tellings = find_tellings(self.sheet, self.source, self.parsed, self.faults)
        kinds = self._kinds()
        contact = self._contact()
        entity = self._entity(kinds, contact)
        self.usable = self.faults.usable
        self.kept = None if self.usable.all() else np.flatnonzero(self.usable)
        return Shaped(
            entities=self.entities.texts,
            rows=self._rows(kinds, entity, contact),
            events=shape_events(self.sheet, tellings, self.parsed, self.usable),
            attributes=[self._attribute(spec, kinds, entity) for spec in self.source.attributes],
            links=self._links(),
            rejected=[] if self.kept is None else self.faults.rejected(self.sheet),
            notes=self._notes(),
        )

    def _check_ids(self) -> None:
        for name in self.source.id:
            self.faults.mark(self.sheet.column(name).empty, Reason.ID, name)

    def _kinds(self) -> dict[str, Codes]:
        """The ids of every kind that the source names: account, things of it, linked ids."""
        account = [self.source.account] if self.source.account else []
        linked = [pair for link in self.source.links for pair in link]
        named = dict((*linked, *self.source.subjects.items(), *account))
        return {kind: self.entities.codes(kind, column) for kind, column in named.items()}

    def _entity(self, kinds: Mapping[str, Codes], contact: Coded | None) -> Codes:
        """The account of each row, else its first subject; -1 where the contact stands for the thread."""
        entity = kinds[self.source.account[0]] if self.source.account else np.full(len(self.sheet), -1, np.int32)
        alone = self._alone() if self._by_domain else np.zeros(len(self.sheet), np.bool_)
        if self.source.receives and contact is not None:
            alone |= (entity < 0) & (contact.codes >= 0)
        for kind in self.source.subjects:
            entity = np.where((entity < 0) & ~alone, kinds[kind], entity)
        column = self.source.account[1] if self.source.account else ""
        self.faults.mark((entity < 0) & ~alone, Reason.ACCOUNT, column)
        return entity

    @property
    def _by_domain(self) -> bool:
        return self.source.account is not None and self.source.account[0] == DOMAIN

    def _alone(self) -> NDArray[np.bool_]:
        """Rows whose account column holds a free-mail address."""
        assert self.source.account
        return self.entities.free_mail & (self.entities.codes(*self.source.account) < 0)

    def _contact(self) -> Coded | None:
        """The contact's identifier; where a free-mail address has none, the address itself."""
        spec = self.source.contact
        contact = self.sheet.column(spec.id).coded if spec else None
        if not self._by_domain or not self.source.account:
            return contact
        alone = self._alone()
        address = self.sheet.column(self.source.account[1]).mapped(lambda text: text.strip().lower())
        if contact is None:
            return Coded(np.where(alone, address.codes, np.int32(-1)), address.names)
        codes = np.where(alone & (contact.codes < 0), address.codes + np.int32(len(contact.names)), contact.codes)
        return Coded(codes, [*contact.names, *address.names])

    def _rows(self, kinds: Mapping[str, Codes], entity: Codes, contact: Coded | None) -> Rows:
        high, low, content = self._hashes()
        spec, rejected = self.source.contact, self._rejected_with_id()
        return Rows(
            hi=self._pick(high),
            lo=self._pick(low),
            content=self._pick(content),
            line=self._pick(self.sheet.lines),
            entity=self._pick(entity),
            learnt=self._pick(self._learnt()),
            subjects={kind: self._pick(kinds[kind]) for kind in self.source.subjects},
            contact=contact and self._pick_coded(contact),
            email=self._coded(spec.email if spec else None),
            name=self._coded(spec.name if spec else None),
            role=self._coded(spec.role if spec else None),
            personal={name: self._certain(name) for name in self.source.personal},
            properties={name: self._plain(self._certain(name)) for name in self._properties()},
            unusable_hi=high[rejected],
            unusable_lo=low[rejected],
        )

    def _rejected_with_id(self) -> NDArray[np.intp]:
        """Rejected rows that say which they are."""
        told = np.full(len(self.sheet), bool(self.source.id))
        for name in self.source.id:
            told &= ~self.sheet.column(name).empty
        return np.flatnonzero(told & ~self.usable)

    def _properties(self) -> list[str]:
        return property_columns(self.source, self.sheet.names())

    def _hashes(self) -> tuple[Hashes, Hashes, Hashes]:
        """Row key (two halves) and content; the upper half says which id, so that all rows of one are found together.

        A source without id takes the whole key from everything mapped. An event that arrived is known by its id
        alone, and its content is that of the whole record: neither depends on what else arrived, nor on the mapping.
        """
        mapped = [CONTENT] if self.source.receives else sorted({*needed_columns(self.source), *self._properties()})
        account = [self.source.account[1]] if self.source.account and not self.source.receives else []
        upper = [self.sheet.column(name) for name in self.source.id or mapped]
        lower = [self.sheet.column(name) for name in ([*self.source.id, *account] if self.source.id else mapped)]
        high = mixed([column.hashes for column in upper], _seed(self.source.name, "high"))
        low = mixed([column.other_hashes for column in lower], _seed(self.source.name, "low"))
        content = mixed([self.sheet.column(name).hashes for name in mapped], _seed(self.source.name, "content"))
        return high, low, content

    def _learnt(self) -> Longs:
        if self.source.learnt is None:
            return np.full(len(self.sheet), NO_VALUE, np.int64)
        times = self.parsed.times(self.source.learnt)
        return np.where(times.present, times.at, NO_VALUE)

    def _attribute(self, spec: AttributeSpec, kinds: Mapping[str, Codes], entity: Codes) -> Attributes:
        value, whose = self._plain(self.sheet.column(spec.column).coded), entity if spec.of is None else kinds[spec.of]
        has = (value.codes >= 0) & self.usable & ((whose >= 0) | (spec.of is None))
        chosen = np.flatnonzero(has)
        return Attributes(
            name=spec.name,
            row=self._numbers()[chosen],
            entity=whose[chosen],
            value=Coded(value.codes[chosen], value.names),
            at=self.parsed.since(spec.at)[chosen],
        )

    def _plain(self, texts: Coded) -> Coded:
        """Numbers in the source's writing as numbers are written everywhere else; any other text as it is."""
        if self.source.decimal != "," and self.source.thousands is None:
            return texts
        return Coded(texts.codes, [self._plainly(name) for name in texts.names])

    def _plainly(self, text: str) -> str:
        decimal, thousands = self.source.decimal, self.source.thousands
        amount = ungrouped(text, decimal, thousands) if thousands else None
        if amount is not None:
            return amount
        return _COMMA.sub(r"\1.\2", text) if decimal == "," else text

    def _links(self) -> Links:
        since = self.parsed.since(self.source.linked_at)
        pairs = [pair for link in self.source.links for pair in combinations(link, 2)]
        rows, lefts, rights = [np.empty(0, np.intp)], [np.empty(0, np.int32)], [np.empty(0, np.int32)]
        if self.source.formerly and self.source.contact:
            pairs.append(((CONTACT, self.source.formerly), (CONTACT, self.source.contact.id)))
        for one, other in pairs:
            left, right = self.entities.codes(*one), self.entities.codes(*other)
            differ = (
                self.sheet.column(one[1]).hashes != self.sheet.column(other[1]).hashes if one[0] == other[0] else True
            )
            chosen = np.flatnonzero((left >= 0) & (right >= 0) & differ & self.usable)
            rows.append(chosen)
            lefts.append(left[chosen])
            rights.append(right[chosen])
        told = len(np.concatenate(rows))
        words = read_words(self.sheet, self.source.words, self.entities) if self.source.words else NO_WORDS
        said = words.where(self.usable[words.row])
        chosen = np.concatenate([*rows, said.row])
        return Links(
            self._numbers()[chosen],
            np.concatenate([*lefts, said.left]),
            np.concatenate([*rights, said.right]),
            since[chosen],
            np.concatenate([np.zeros(told, np.uint8), said.word]) if self.source.words else None,
        )

    def _numbers(self) -> Codes:
        """For each row of the sheet its number among the usable ones."""
        return np.cumsum(self.usable, dtype=np.int32) - np.int32(1)

    def _notes(self) -> dict[Note, int]:
        undated = sum(self._undated(spec) for spec in self.source.attributes if spec.at)
        ambiguous = sum(np.count_nonzero(times.ambiguous & self.usable) for times in self.parsed.all_times())
        found = {
            Note.AMBIGUOUS: ambiguous,
            Note.FREE_MAIL: np.count_nonzero(self.entities.free_mail & self.usable),
            Note.UNDATED: undated,
        }
        return {note: int(count) for note, count in found.items() if count}

    def _undated(self, spec: AttributeSpec) -> int:
        assert spec.at
        filled = ~self.sheet.column(spec.column).empty
        return int(np.count_nonzero(filled & ~self.parsed.times(spec.at).present & self.usable))

    def _pick(self, column: NDArray[T]) -> NDArray[T]:
        return column if self.kept is None else column[self.kept]

    def _pick_coded(self, coded: Coded) -> Coded:
        return Coded(self._pick(coded.codes), coded.names)

    def _coded(self, name: str | None) -> Coded | None:
        return self._certain(name) if name else None

    def _certain(self, name: str) -> Coded:
        return self._pick_coded(self.sheet.column(name).coded)


def _seed(source: str, use: str) -> int:
    return int.from_bytes(blake2b(f"{use} {source}".encode(), digest_size=8).digest(), "little")
