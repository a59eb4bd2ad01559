"""Whose thread every entity is in, with the links of the tail: worked out anew only where links touch it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clew.archive.identity import CONTACT, threads_of_entities
from clew.archive.layout import Array
from clew.engine.ordered import spans
from clew.live.fresh.links import Link, Links, joining


@dataclass(frozen=True)
class Stored:
    """Identity as the archive has it.

    threads  canonical entity of each entity of the archive      linked  entities with links, by thread
    """

    threads: Array
    linked: Array

    @classmethod
    def of(cls, threads: Array, ends: Array) -> Stored:
        """Order the entities that links name by their thread."""
        ends = np.unique(np.concatenate([ends, threads[ends]]))
        return cls(threads, ends[np.argsort(threads[ends], kind="stable")])

    @cached_property
    def thread_of_linked(self) -> Array:
        return self.threads[self.linked]

    def members(self, threads: Array) -> Array:
        """Entities with links that are in these threads."""
        lo, hi = (np.searchsorted(self.thread_of_linked, threads, side) for side in ("left", "right"))
        return self.linked[spans(lo, hi)]


@dataclass(frozen=True)
class Identity:
    """Canonical entity of each entity, by code; never changed, the next one is made from it.

    threads  of the archive's entities and of those of the tail
    moved    entities whose thread is not the one of the archive, or not their own where the archive has none; rising
    """

    stored: Stored
    threads: Array
    moved: Array

    @classmethod
    def of(cls, stored: Stored) -> Identity:
        """Take what the archive says."""
        return cls(stored, stored.threads, np.empty(0, np.int32))

    def grown(self, entities: int) -> Identity:
        """Take in new entities, each a thread of its own."""
        known = len(self.threads)
        if known >= entities:
            return self
        more = np.arange(known, entities, dtype=np.int32)
        return Identity(self.stored, np.concatenate([self.threads, more]), self.moved)

    def settled(self, entities: Array, threads: Array) -> Identity:
        """Give some entities other threads."""
        changed = np.flatnonzero(self.threads[entities] != threads)
        if not len(changed):
            return self
        now = self.threads.copy()
        now[entities[changed]] = threads[changed]
        known = len(self.stored.threads)
        candidates = np.union1d(self.moved, entities[changed])
        inside = candidates < known
        former = candidates.copy()
        former[inside] = self.stored.threads[candidates[inside]]
        return Identity(self.stored, now, candidates[now[candidates] != former].astype(np.int32))

    def moved_into(self, threads: Array) -> Array:
        """Entities that came to these threads."""
        return self.moved[np.isin(self.threads[self.moved], threads)]

    def parties(self, threads: Array) -> Array:
        """Every entity in these threads, rising. threads rising, each once"""
        stored = self.stored.members(threads)
        found = np.concatenate([threads, stored, self.moved])
        return np.unique(found[np.isin(self.threads[found], threads)])

    @cached_property
    def torn(self) -> Array:
        """Threads of the archive that some entity has left; rising."""
        archived = self.moved[self.moved < len(self.stored.threads)]
        return np.unique(self.stored.threads[archived])

    def changes(self, former: Identity) -> Array:
        """Threads, old and new, whose members are others than before; new entities were threads of their own."""
        earlier = former.grown(len(self.threads)).threads
        candidates = np.union1d(self.moved, former.moved)
        differ = candidates[self.threads[candidates] != earlier[candidates]]
        return np.union1d(self.threads[differ], earlier[differ])


def relinked(
    identity: Identity, links: Links, texts: Sequence[str], seeds: Iterable[Link], *, as_of: int, before: int
) -> Identity:
    """Work out identity anew where some links changed.

    seeds  each link, or word over one, that came or went; those that went are among `links`, too late for the cut
    as_of, before  links count that hold by then and were told before that position
    """
    around = _Around(identity, links, texts, as_of, before)
    for left, right, *_ in seeds:
        around.reach(left, right)
    return around.settled()


class _Around:
    """What links can change around some seeds: accounts of touched components, and the contacts that depend on them.

    Other accounts that such contacts know stand in by their present thread, which cannot change.
    """

    def __init__(self, identity: Identity, links: Links, texts: Sequence[str], as_of: int, before: int) -> None:
        self._identity, self._links, self._texts = identity, links, texts
        self._as_of, self._before = as_of, before
        self._accounts: set[int] = set()
        self._contacts: set[int] = set()
        self._known: dict[int, list[Link]] = {}

    def reach(self, left: int, right: int) -> None:
        """Take in all that depends on a link."""
        if not self._is_contact(left) and not self._is_contact(right):
            self._reach_accounts([left, right])
            return
        for end in (left, right):
            if self._is_contact(end):
                self._reach_contacts([end])

    def _is_contact(self, entity: int) -> bool:
        return self._texts[entity].startswith(CONTACT)

    def _of(self, entity: int) -> list[Link]:
        if entity not in self._known:
            self._known[entity] = self._links.of(entity)
        return self._known[entity]

    def _neighbours(self, entity: int) -> set[int]:
        return {end for link in self._of(entity) for end in link.pair} - {entity}

    def _reach_accounts(self, waiting: list[int]) -> None:
        contacts: list[int] = []
        while waiting:
            entity = waiting.pop()
            if entity in self._accounts:
                continue
            self._accounts.add(entity)
            for other in self._neighbours(entity):
                (contacts if self._is_contact(other) else waiting).append(other)
        self._reach_contacts(contacts)

    def _reach_contacts(self, waiting: list[int]) -> None:
        """Take in contacts, and those that go where they go or tell where they go: chains of ids of one person."""
        while waiting:
            contact = waiting.pop()
            if contact not in self._contacts:
                self._contacts.add(contact)
                waiting += [other for other in self._neighbours(contact) if self._is_contact(other)]

    def settled(self) -> Identity:
        """Work out the threads of what was reached."""
        pairs = [self._standing_in(link) for link in self._in_force()]
        entities = np.array(sorted({*self._accounts, *self._contacts, *(end for pair in pairs for end in pair)}))
        if not len(entities):
            return self._identity
        place = {int(entity): number for number, entity in enumerate(entities)}
        left, right = (np.array([place[pair[side]] for pair in pairs], np.int32) for side in (0, 1))
        found = threads_of_entities([self._texts[entity] for entity in entities.tolist()], left, right)
        return self._identity.settled(entities, entities[found].astype(np.int32))

    def _in_force(self) -> set[tuple[int, int]]:
        held = {
            link
            for entity in (*self._contacts, *self._accounts)
            for link in self._of(entity)
            if link.at <= self._as_of and link.position < self._before and self._counts(link.left, link.right)
        }
        return {(link.left, link.right) for link in joining([*held])}

    def _counts(self, left: int, right: int) -> bool:
        """Whether a link is between what was reached, or tells the account of a contact that was."""
        return all(end in self._accounts or end in self._contacts or not self._is_contact(end) for end in (left, right))

    def _standing_in(self, link: tuple[int, int]) -> tuple[int, int]:
        left, right = (
            end if end in self._accounts or end in self._contacts else int(self._identity.threads[end]) for end in link
        )
        return left, right
