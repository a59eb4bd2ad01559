"""What a column looks like: how its values are distributed, and whether they are times, numbers, addresses, prose."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clew.ingest import vocabulary
from clew.ingest.guess_addresses import holds_address
from clew.ingest.sampling import evenly
from clew.ingest.timeforms import TimeForm, time_forms
from clew.sources.columns import Column
from clew.sources.numbers import exact

_LOOKED_AT = 2000
_SHORTEST_PART = 4  # letters of the first part of a compound
_MOST = 0.95  # share of values that must look alike
_CODE = re.compile(r"[\w.:#/+-]*\d[\w.:#/+-]*|[0-9a-f-]{8,}", re.ASCII)
_MOSTLY = 0.5  # share of values from which a column is one of addresses
_NAME_PART = r"[A-ZÀ-Þ][\w'’.-]*"
_PERSON = re.compile(
    rf"{_NAME_PART}(?:,? (?:(?:von|van|de|der|den|da|do|dos|di|del|la|le|al|bin) )*{_NAME_PART}){{1,3}}"
)
_FIRM = re.compile(
    r"\b(GmbH|AG|KG|OHG|SE|Inc|Corp|Corporation|LLC|Ltd|Limited|PLC|Co|SA|SAS|SARL|SL|Lda|Ltda|SpA|Srl|BV|NV|AB|AS|Oy"
    r"|ApS|Group|Holding|Company|Bank|Industries|Solutions|Systems|Services|Partners|Labs|Technologies)\b|&|\d"
)
_PHONE = re.compile(r"\+?\(?\d[\d ()/.-]{6,}\d")
_WORD = re.compile(r"[A-ZÀ-Þ]?[a-zß-ÿ]+|[A-ZÀ-Þ]+(?![a-zß-ÿ])|\d+")


def words_of(name: str) -> tuple[str, ...]:
    """Split the name of a column into lower-case words: firstContact_date -> first, contact, date."""
    return tuple(word.lower() for word in _WORD.findall(unicodedata.normalize("NFC", name)))


def parts_of(words: Sequence[str]) -> tuple[str, ...]:
    """Take compounds apart: ticketnummer -> ticket, nummer; auftragswert -> auftrag, wert."""
    return tuple(part for word in words for part in _taken_apart(word))


def _taken_apart(word: str) -> tuple[str, ...]:
    known = (*vocabulary.CASE, *vocabulary.ACCOUNT, *vocabulary.PERSON_OUTSIDE)
    for end in vocabulary.ENDS_OF_COMPOUNDS:
        first = word.removesuffix(end)
        if first != word and len(first) >= _SHORTEST_PART:
            shorter = first[:-1]  # Auftrags-, Kunden-
            stem = shorter if vocabulary.plain(shorter) in known and first not in known else first
            return (*_taken_apart(stem), end)
    return (word,)


@dataclass(frozen=True)
class Look:
    """One column of a sample.

    filled    rows with a value          distinct  different values
    frequent  the most frequent values with their counts
    """

    name: str
    column: Column

    @cached_property
    def words(self) -> tuple[str, ...]:
        return words_of(self.name)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The words with compounds taken apart."""
        return parts_of(self.words)

    @cached_property
    def _spoken(self) -> str:
        return f" {vocabulary.plain(' '.join(self.words))} | {vocabulary.plain(' '.join(self.parts))} "

    @cached_property
    def rows(self) -> int:
        return len(self.column)

    @cached_property
    def filled(self) -> int:
        return int(np.count_nonzero(self.column.codes >= 0))

    @cached_property
    def distinct(self) -> int:
        return len(self.column.names)

    @cached_property
    def counts(self) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        codes = self.column.codes
        return np.bincount(codes[codes >= 0], minlength=self.distinct)

    @cached_property
    def frequent(self) -> list[tuple[str, int]]:
        order = np.argsort(-self.counts, kind="stable")[:8]
        return [(self.column.names[code], int(self.counts[code])) for code in order.tolist()]

    @cached_property
    def values(self) -> list[str]:
        """Different values, spread over the sample."""
        return evenly(self.column.names, _LOOKED_AT)

    @cached_property
    def is_unique(self) -> bool:
        return self.filled == self.rows and self.distinct == self.rows

    @cached_property
    def is_nearly_unique(self) -> bool:
        return self.filled == self.rows and self.distinct >= 0.995 * self.rows

    @cached_property
    def is_few(self) -> bool:
        """Few different values: something to group by."""
        return 1 <= self.distinct <= max(12, min(200, self.filled // 10))

    @cached_property
    def times(self) -> list[TimeForm]:
        """The time formats that fit, the best first; [] where it holds no times."""
        return time_forms(self.words, self.values)

    def number_share(self, decimal: str = ".", thousands: str | None = None) -> float:
        return _share(self.values, lambda text: exact(text, places=6, decimal=decimal, thousands=thousands) is not None)

    def holding_share(self, signs: str) -> float:
        """Share of values that hold one of these signs."""
        return _share(self.values, lambda text: any(sign in text for sign in signs))

    @cached_property
    def is_money(self) -> bool:
        """Most values bear the sign of a currency."""
        return self.holding_share("$€£¥") > _MOSTLY

    @cached_property
    def is_whole(self) -> bool:
        return _share(self.values, lambda text: exact(text, places=0) is not None) >= _MOST

    @cached_property
    def is_email(self) -> bool:
        """Most values look like addresses: something@something.something."""
        return _share(self.values, holds_address) >= _MOSTLY

    @cached_property
    def has_addresses(self) -> bool:
        """Some value looks like an address."""
        return any(map(holds_address, self.column.names))

    @cached_property
    def is_phone(self) -> bool:
        return not self.is_whole and _share(self.values, lambda text: bool(_PHONE.fullmatch(text.strip()))) >= 0.8

    @cached_property
    def is_code(self) -> bool:
        """Reads as an identifier: one word with digits."""
        return _share(self.values, lambda text: bool(_CODE.fullmatch(text))) >= _MOST

    @cached_property
    def is_person(self) -> bool:
        return _share(self.values, lambda text: bool(_PERSON.fullmatch(text))) >= 0.8

    @cached_property
    def names_firms(self) -> bool:
        """Some values read as names of firms: GmbH, Inc, &, a digit."""
        return _share(self.values, lambda text: bool(_FIRM.search(text))) >= 0.2

    @cached_property
    def is_prose(self) -> bool:
        """Reads as sentences that somebody wrote."""
        if self.distinct < max(3, 0.05 * self.filled):
            return False
        lengths = [len(text) for text in self.values]
        spaces = [text.count(" ") for text in self.values]
        return float(np.mean(lengths)) >= 25 and float(np.mean(spaces)) >= 3

    def has(self, *wanted: str) -> bool:
        """Whether the name holds one of these words, or two in a row written with a space."""
        return any(f" {word} " in self._spoken for word in wanted)

    def is_named(self, *wanted: str) -> bool:
        """Whether the name is one of these, and nothing else."""
        return vocabulary.plain(" ".join(self.words)) in wanted

    def samples(self, most: int = 3) -> list[str]:
        """A few values to show: frequent ones where there are few, else the first ones."""
        if self.is_few:
            return [text for text, _ in self.frequent[:most]]
        return self.values[:most]


def _share(values: Sequence[str], fits: object) -> float:
    assert callable(fits)
    return sum(map(fits, values)) / len(values) if values else 0.0
