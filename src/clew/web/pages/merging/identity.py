"""What makes an account one: its ids with their events, the links between them, what people said of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from clew.archive.words import APART, SOURCE_SAYS
from clew.live.fresh.merging import AccountLink, cut


@dataclass(frozen=True)
class Id:
    """One id of an account. linked: whether a link names it; without one nothing can part it from the others"""

    entity: str
    events: int
    linked: bool


@dataclass(frozen=True)
class Word:
    """What a person said at one time, as far as nobody said otherwise of the same ids since.

    same  that both ids of each pair are one account; False: that they are not     at  when
    by    who, "" where the audit log does not say
    """

    pairs: Sequence[tuple[str, str]]
    same: bool
    at: int
    by: str = ""


@dataclass(frozen=True)
class Half:
    """One account that a split would make. ids rising"""

    ids: Sequence[str]
    events: int


@dataclass(frozen=True)
class Split:
    """What would come of splitting.

    pairs   that have to part     chosen, rest  accounts that the chosen ids, and the others, would become
    """

    pairs: Sequence[tuple[str, str]]
    chosen: Sequence[Half]
    rest: Sequence[Half]


def ids_of(entities: Sequence[str], events: Mapping[str, int], links: Sequence[AccountLink]) -> list[Id]:
    """List the ids of an account, those with most events first."""
    linked = {end for link in links if link.joins for end in (link.left, link.right)}
    found = [Id(one, events.get(one, 0), one in linked) for one in entities]
    return sorted(found, key=lambda one: (-one.events, one.entity))


def words_of(links: Sequence[AccountLink], said: Mapping[tuple[str, str], str]) -> list[Word]:
    """Return what people said last of each pair, put together by when they said it; the latest first.

    said  who it was, by pair, the smaller id first
    """
    latest: dict[tuple[str, str], AccountLink] = {}
    for link in links:
        if link.word != SOURCE_SAYS:
            latest[_pair(link.left, link.right)] = link  # links come the earliest first
    found: dict[tuple[int, bool], list[tuple[str, str]]] = {}
    for pair, link in sorted(latest.items()):
        found.setdefault((link.at, link.word != APART), []).append(pair)
    words = [Word(pairs, same, at, said.get(pairs[0], "")) for (at, same), pairs in found.items()]
    return sorted(words, key=lambda one: (-one.at, one.pairs))


def split_of(
    entities: Sequence[str], events: Mapping[str, int], links: Sequence[AccountLink], chosen: Collection[str]
) -> Split:
    """Say what would come of parting some ids from the others."""
    pairs = cut(links, chosen)
    halves = _components(entities, [link for link in links if link.joins and _pair(link.left, link.right) not in pairs])
    told = [Half(sorted(one), sum(events.get(id, 0) for id in one)) for one in halves]
    told.sort(key=lambda half: (-half.events, half.ids))
    return Split(
        pairs,
        [one for one in told if set(one.ids) & set(chosen)],
        [one for one in told if not set(one.ids) & set(chosen)],
    )


def _components(entities: Sequence[str], links: Sequence[AccountLink]) -> list[set[str]]:
    """Put ids together that links join."""
    found: dict[str, set[str]] = {one: {one} for one in entities}
    for link in links:
        if link.left in found and link.right in found and found[link.left] is not found[link.right]:
            found[link.left] |= found[link.right]
            for one in found[link.right]:
                found[one] = found[link.left]
    return list({id(one): one for one in found.values()}.values())


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
