"""Give the texts of staged blocks the codes of the log; persons become numbers on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from clew.accounts.persons import PersonStore
from clew.archive.layout import ATTRIBUTE, PROPERTY, Array
from clew.archive.model import NO_CODE, NO_VALUE
from clew.archive.names import GrowingNames
from clew.clock import NEVER
from clew.ingest.staged import Staged
from clew.ingest.verdicts import Verdict
from clew.sources.model import Source

CONTACT = "contact"
SURROGATE = "surrogate"
PERSON = "person"
_NAMED = ("event", "team", "channel", "user")


@dataclass
class NamedBlock:
    """A staged block in the codes of the log, and what became of its rows.

    party    entity of each row              contact  number of the person of each row, None where no source names one
    lo       lower halves of the row keys    known    when each row was learnt
    codes    array name in the block -> code in the log by code in the block; the last item is NO_CODE, for -1
    verdict, kept, until   set by the comparison with the log, see `classify.Outcome`
    """

    staged: Staged
    source: Source
    rank: int
    file: int
    party: Array
    contact: Array | None
    lo: Array
    known: Array
    codes: dict[str, Array]
    attribute_names: list[int]
    verdict: Array = field(init=False)
    kept: Array = field(init=False)
    until: Array = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.party)
        self.verdict = np.full(count, Verdict.ACCEPTED, np.uint8)
        self.kept = np.ones(count, np.bool_)
        self.until = np.broadcast_to(np.int64(NEVER), count)

    def coded(self, name: str) -> Array:
        """The codes in the log of an array of codes."""
        return self.codes[name][self.staged.array(name)]

    def entities(self, name: str) -> Array:
        """The codes in the log of an array of entities."""
        return self.codes["entity"][self.staged.array(name)]


class Naming:
    """Names the blocks of one source."""

    def __init__(self, source: Source, names: GrowingNames, persons: PersonStore, now: int) -> None:
        self._source, self._names, self._persons, self._now = source, names, persons, now
        self._personal_kinds = frozenset(personal_kinds(source))

    def name(self, staged: Staged, *, file: int, rank: int, learnt_at: int | None = None) -> NamedBlock:
        """Take the texts of a block into the dictionaries of the log.

        learnt_at  when a block of the tail was learnt; None: now
        """
        contact = self._contact(staged)
        codes = dict(self._codes(staged))
        return NamedBlock(
            staged=staged,
            source=self._source,
            rank=rank,
            file=file,
            party=self._parties(staged, codes["entity"], contact),
            contact=contact,
            lo=staged.array("lo"),
            known=self._known(staged, self._now if learnt_at is None else learnt_at),
            codes=codes,
            attribute_names=self._names.add("attribute", staged.attributes),
        )

    def _contact(self, staged: Staged) -> Array | None:
        if staged.numbered:
            return staged.array(SURROGATE) if SURROGATE in staged else None
        if CONTACT not in staged:
            return None
        return _table(self._persons.surrogates(staged.texts(CONTACT)))[staged.array(CONTACT)]

    def _codes(self, staged: Staged) -> Iterator[tuple[str, Array]]:
        yield "entity", self._coded("entity", self._entities(staged))
        for name in _NAMED:
            if f"events.{name}" in staged:
                yield f"events.{name}", self._coded(name, staged.texts(f"events.{name}"))
        for name in staged.columns(PROPERTY):
            yield PROPERTY + name, self._coded(PROPERTY + name, staged.texts(PROPERTY + name))
        for number, name in enumerate(staged.attributes):
            array = f"attributes.{number}.value"
            if array in staged:
                yield array, self._coded(ATTRIBUTE + name, staged.texts(array))

    def _coded(self, dictionary: str, texts: Sequence[str]) -> Array:
        if self._persons_were_erased() and dictionary != "entity":
            clean = self._persons.cleaning(dictionary)
            known = self._names.codes(dictionary)
            texts = [text if text in known else clean(text) for text in texts]
        return _table(self._names.add(dictionary, texts))

    def _entities(self, staged: Staged) -> list[str]:
        """Return the texts of entities in the log: persons stand there by number."""
        texts = staged.texts("entity")
        if self._personal_kinds and not staged.numbered:
            texts = by_number(texts, self._personal_kinds, self._persons)
        return [self._persons.cleaned(text) for text in texts] if self._persons_were_erased() else texts

    def _persons_were_erased(self) -> bool:
        return self._persons.erased_any

    def _parties(self, staged: Staged, codes: Array, contact: Array | None) -> Array:
        """Return the entity of each row; one without an account (a free-mail address) is its person's own thread."""
        party: Array = codes[staged.array("entity")]
        alone = np.flatnonzero(party == NO_CODE)
        if len(alone) and contact is not None:
            numbers, which = np.unique(contact[alone], return_inverse=True)
            own = self._names.add("entity", [own_thread(number) for number in numbers.tolist()])
            party[alone] = np.array(own, np.int32)[which]
        return party

    def _known(self, staged: Staged, at: int) -> Array:
        if "learnt" not in staged:
            return np.broadcast_to(np.int64(at), len(staged))
        learnt = staged.array("learnt")
        return np.where(learnt == NO_VALUE, at, np.minimum(learnt, at))


def by_number(texts: Sequence[str], personal: Collection[str], persons: PersonStore) -> list[str]:
    """Return texts of entities with a number in the place of each id of a personal kind."""
    parts = [text.partition(":") for text in texts]
    places = [place for place, (kind, _, _) in enumerate(parts) if kind in personal]
    numbers = persons.surrogates([parts[place][2] for place in places])
    numbered = list(texts)
    for place, number in zip(places, numbers, strict=True):
        kind = parts[place][0]
        numbered[place] = own_thread(number) if kind == CONTACT else f"{kind}:{PERSON}-{number}"
    return numbered


def own_thread(number: int) -> str:
    """Return the entity that a contact is by itself, where no account is known."""
    return f"{CONTACT}:{number}"


def personal_kinds(source: Source) -> Iterator[str]:
    """Yield the kinds of entities whose ids are personal: in the log a person's number stands for them."""
    if source.formerly is not None:
        yield CONTACT
    pairs = [source.account] if source.account and source.account[0] != "domain" else []
    pairs += [pair for link in source.links for pair in link]
    pairs += list(source.subjects.items())
    for kind, column in pairs:
        if kind == CONTACT or column in source.personal:
            yield kind


def _table(codes: Sequence[int]) -> Array:
    """Return codes by code, with NO_CODE at the place of -1."""
    return np.array([*codes, NO_CODE], np.int32)
