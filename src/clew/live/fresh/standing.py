"""What a process holds of one generation: the archive, the tail behind it, who is who; in codes of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from clew.archive.generation import Generation
from clew.archive.layout import LINKS, Array
from clew.archive.manifest import Manifest
from clew.archive.model import NO_CODE
from clew.archive.pieces import Piece
from clew.archive.words import APART
from clew.clock import NEVER
from clew.live.fresh.blocks import POSITION, Reading, TailBlock
from clew.live.fresh.entities import Entities
from clew.live.fresh.identity import Identity, Stored, relinked
from clew.live.fresh.links import Link, Links
from clew.live.fresh.names import FreshNames
from clew.live.fresh.part import Moment, PartView, Whole
from clew.live.fresh.ranks import Ranked
from clew.live.fresh.stored import TABLES, StoredRows
from clew.live.fresh.tail import Tail
from clew.live.fresh.touching import Touched
from clew.live.fresh.whole import WholeView
from clew.sources.model import Source

MOMENTS = 8  # other identities than the present one that are kept at hand


class Standing:
    """One generation of the archive with the tail behind it, in the codes of this process."""

    def __init__(
        self, store: Path, manifest: Manifest, sources: Mapping[str, Source], *, former: Standing | None = None
    ) -> None:
        self.manifest = manifest
        generation = Generation(store, manifest)
        self.names: FreshNames = FreshNames(store, manifest.dictionaries, former.names if former else None)
        self.stored, self.tail = StoredRows(generation), Tail(getattr(manifest, "tail", 0))
        self._reading = Reading(store, self.names, sources)
        self.links = Links(self.stored.links())
        self.identity = Identity.of(Stored.of(generation.threads, self.links.stored_ends))
        self._moments: dict[frozenset[Link], Identity] = {}
        self.known_at = manifest.loaded_at
        self._seen: WholeView | None = None
        self.whole = Whole(
            names=self.names,
            stored=self.stored,
            tail=self.tail,
            entities=Entities(generation, self.names),
            links=self.links,
            sources=Ranked({name: source.rank for name, source in manifest.sources.items()}),
            subjects=frozenset(kind for source in manifest.sources.values() for kind in source.subjects),
        )

    # -- what is learnt ---------------------------------------------------------------------------------------------

    def take_in(self, blocks: Sequence[TailBlock]) -> None:
        """Take in blocks of the tail, in their order."""
        sources = self.whole.sources.with_sources({block.source for block in blocks})
        told = self._reading.read(blocks, sources.numbers)
        learnt = [(block.learnt_at, block.position) for block in blocks]
        self.tail.add(told, learnt, position=blocks[-1].position + len(blocks[-1].staged))
        self.whole = replace(self.whole, sources=sources, subjects=self.whole.subjects | told.subjects)
        self.identity = self.identity.grown(len(self.names["entity"]))
        seeds = self._linked(told.tables[LINKS])
        if seeds:
            self.identity = self._relinked(self.identity, seeds, as_of=NEVER, before=NEVER)
        self.known_at = max(self.known_at, *(block.learnt_at for block in blocks))
        self._moments.clear()

    def _linked(self, links: Piece) -> list[Link]:
        names = ("left", "right", "at", POSITION, "word", "row_hi", "row_lo", "source")
        rows = zip(*(links.column(name).tolist() for name in names), strict=True)
        return self.links.add(
            Link(left, right, at, position, word, (hi, lo) if word else (0, 0), source)
            for left, right, at, position, word, hi, lo, source in rows
        )

    def _relinked(self, identity: Identity, seeds: list[Link], *, as_of: int, before: int) -> Identity:
        texts = self.names["entity"].texts()
        return relinked(identity, self.links, texts, seeds, as_of=as_of, before=before)

    # -- moments ----------------------------------------------------------------------------------------------------

    def moment(self, as_of: int, before: int | None = None) -> Moment:
        """The log as it was: what occurred by as_of and was told before a position."""
        position = self.tail.position if before is None else min(before, self.tail.position)
        return Moment(as_of, position, self._identity(as_of, position))

    def _identity(self, as_of: int, before: int) -> Identity:
        without = self.links.without(as_of=as_of, before=before)
        if not without:
            return self.identity
        key = frozenset(without)
        if key not in self._moments:
            if len(self._moments) >= MOMENTS:
                self._moments.clear()
            self._moments[key] = self._relinked(self.identity, without, as_of=as_of, before=before)
        return self._moments[key]

    def codes(self, threads: Collection[str]) -> Array:
        """Codes of threads by text, rising; unknown texts are left out."""
        code = self.names["entity"].code
        found = {code(text) for text in threads} - {NO_CODE}
        return np.array(sorted(found), np.int32)

    def texts(self, codes: Array) -> list[str]:
        """Spell entities."""
        text = self.names["entity"].text
        return [text(code) for code in codes.tolist()]

    # -- what is asked ----------------------------------------------------------------------------------------------

    def view_of(self, threads: Collection[str], as_of: int, *, before: int | None = None) -> PartView:
        moment = self.moment(as_of, before)
        codes = self.codes(threads)
        return self.part(codes[moment.identity.threads[codes] == codes], moment)

    def part(self, threads: Array, moment: Moment) -> PartView:
        """The view of some threads, by code, rising."""

        return PartView(self.whole, moment, threads, generation=self.manifest.generation)

    def view(self, as_of: int) -> WholeView:
        if self._seen is None or self._seen.as_of != as_of or self._seen.moment.before != self.tail.position:
            moment = self.moment(as_of)
            self._seen = WholeView(self.whole, moment, self.changed(moment), generation=self.manifest.generation)
        return self._seen

    def changed(self, moment: Moment) -> Touched:
        """Threads that are not what the archive says of them."""
        identity = moment.identity
        if moment.as_of < self.manifest.loaded_at:
            everything = np.unique(identity.threads)
            return Touched(everything, identity.torn, everything=True)
        later, _ = self.later(moment)
        parties = np.concatenate([self.tail.parties(self.tail.first, moment.before), later])
        moved = identity.moved
        threads = np.unique(np.concatenate([identity.threads[parties], identity.threads[moved]]))
        return Touched(threads, identity.torn)

    def differing(self, moment: Moment, threads: Array) -> Array:
        """Threads, rising, of which the archive cut there says something else.

        threads  canonical entity of each entity of the archive, cut there
        """
        identity = moment.identity.threads
        now = identity[: len(threads)]
        moved = now != threads
        told = identity[self.tail.parties(self.tail.first, moment.before)]
        new = identity[len(threads) :]
        return np.unique(np.concatenate([now[moved], threads[moved], told, new])).astype(np.int32)

    def touched(self, since: int, until: int) -> list[str]:
        parties = self.tail.parties(since, until)
        linked = self.links.told_between(since, until)
        found = [np.empty(0, np.int32)]
        for as_of in self._turns():
            identity = self._identity(as_of, NEVER)
            found.append(identity.threads[parties])
            if linked:
                found.append(identity.changes(self._identity(as_of, since)))
        return self.texts(np.unique(np.concatenate(found)))

    def touched_by(self, blocks: Sequence[TailBlock], since: int, until: int) -> list[str]:
        """Threads that rows of the archive touched when they were learnt, more rather than fewer."""
        told = self._reading.read(blocks, self.whole.sources.with_sources({b.source for b in blocks}).numbers)
        self.identity = self.identity.grown(len(self.names["entity"]))
        links = told.tables[LINKS]
        ends = np.unique(np.concatenate([links.column("left"), links.column("right")])).tolist()
        linked = np.concatenate([np.empty(0, np.int32), *map(self._around, ends)])  # each may have been a thread
        parties = np.union1d(told.party[(told.position >= since) & (told.position < until)], linked)
        threads = [self._identity(as_of, NEVER).threads[parties] for as_of in self._turns()]
        return self.texts(np.unique(np.concatenate([linked, *threads])))

    def _around(self, entity: int) -> Array:
        """Every entity that was, or was in, the thread of an entity before one of its links came or was parted."""
        threads = self.identity.threads
        near = [entity, *(end for link in self.links.of(entity) for end in link.pair)]
        return self.identity.parties(np.unique(threads[near]))

    def every_thread(self) -> list[str]:
        """Every thread of which something is told."""
        stored = [self.stored.index(number, table).threads for number in range(self.stored.buckets) for table in TABLES]
        parties = self.tail.parties(self.tail.first, self.tail.position)
        found = np.unique(np.concatenate([*stored, self.identity.threads[parties], self.identity.moved]))
        return self.texts(found.astype(np.int32))

    def _turns(self) -> set[int]:
        """Instants as of which identity may be asked for: of ever, and before each link that does not hold yet."""
        return {NEVER, *(link.at - 1 for link in self.links.later(self.known_at))}

    def next_after(self, threads: Collection[str], as_of: int) -> dict[str, int]:
        moment = self.moment(as_of)
        wanted = self.codes(threads)
        party, at = self.later(moment)
        thread = moment.identity.threads[party]
        mine = np.isin(thread, wanted)
        found: dict[int, int] = {}
        for code, when in zip(thread[mine].tolist(), at[mine].tolist(), strict=True):
            found[code] = min(when, found.get(code, NEVER))
        for code, when in self._parting(moment):
            if code in wanted:
                found[code] = min(when, found.get(code, NEVER))
        return {self.names["entity"].text(code): when for code, when in found.items()}

    def _parting(self, moment: Moment) -> Iterator[tuple[int, int]]:
        """Yield (thread, instant) of threads that come to be when a person's word parts ids after a moment's end."""
        for link in self.links.later(moment.as_of):
            if link.word == APART:
                threads = self._identity(link.at, moment.before).threads
                yield from ((int(threads[end]), link.at) for end in link.pair)

    def coming(self, former: Moment, as_of: int) -> Array:
        """Parties of rows, and ends of links, that lay after a moment's end and do not lie after an instant."""
        party, at = self.later(former)
        return np.unique(party[at <= as_of])

    def later(self, moment: Moment) -> tuple[Array, Array]:
        """Return (party, at) of every row, and of both ends of every link, that lies after a moment's end."""
        party, at = self.stored.later(moment.as_of)
        told, told_at, position = self.tail.later(moment.as_of)
        before = position < moment.before
        links = [(end, link.at) for link in self.links.later(moment.as_of) for end in link[:2]]
        ends = np.array([end for end, _ in links], np.int32)
        return (
            np.concatenate([party, told[before], ends]),
            np.concatenate([at, told_at[before], np.array([when for _, when in links], np.int64)]),
        )
