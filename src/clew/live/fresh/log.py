"""The log to the second: the generation of the archive in force, and every row of the tail behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from clew.archive.manifest import read_manifest
from clew.db.engine import Database
from clew.live.fresh.part import PartView
from clew.live.fresh.reading import blocks_from
from clew.live.fresh.standing import Standing
from clew.live.fresh.whole import WholeView
from clew.sources.model import Source


def open_fresh(store: Path, database: Database, sources: Mapping[str, Source] | None = None) -> Fresh:
    """Open the log of a workspace as it is now; `refresh` keeps it so.

    store    the workspace's .clew folder
    sources  definitions, for blocks of the tail whose persons are not numbered yet
    """
    fresh = Fresh(store, database, sources or {})
    fresh.refresh()
    return fresh


class Fresh:
    """The archive and the tail behind it, as `FreshLog` says."""

    def __init__(self, store: Path, database: Database, sources: Mapping[str, Source]) -> None:
        self._store, self._database, self._sources = store, database, sources
        self._standing: Standing | None = None

    @property
    def standing(self) -> Standing:
        """What this process holds of the generation in force."""
        assert self._standing is not None
        return self._standing

    @property
    def position(self) -> int:
        return self.standing.tail.position

    @property
    def generation(self) -> int:
        return self.standing.manifest.generation

    def refresh(self) -> None:
        """Take up what was learnt since: new blocks of the tail, another generation of the archive."""
        manifest = read_manifest(self._store)
        if self._standing is None or manifest.generation != self.generation:
            self._standing = Standing(self._store, manifest, self._sources, former=self._standing)
        if not self._catch_up():
            self.refresh()

    def refresh_here(self) -> bool:
        """Take up new blocks of the tail, but stay on this generation; False where that cannot be."""
        return self._catch_up()

    @property
    def is_behind(self) -> bool:
        """Whether another generation of the archive is in force by now."""
        return read_manifest(self._store).generation != self.generation

    def anew(self) -> Fresh:
        """Open the log once more, on the generation in force; another thread may do so."""
        other = Fresh(self._store, self._database, self._sources)
        other._standing = Standing(self._store, read_manifest(self._store), self._sources, former=self._standing)
        other.refresh()
        return other

    def _catch_up(self) -> bool:
        """Take in the blocks behind what is here; False where some of them went into another generation meanwhile."""
        for blocks in blocks_from(self._database, self.position):
            if blocks[0].position > self.position and read_manifest(self._store).generation != self.generation:
                return False
            self.standing.take_in(blocks)
        return True

    def touched(self, since: int, until: int) -> Sequence[str]:
        """Threads whose rows or whose identity changed by rows since <= position < until.

        Rows that are in the archive by now are looked up in the tail, where recent ones stay for a while; where they
        are gone, every thread counts as touched.
        """
        standing, first = self.standing, self.standing.tail.first
        found = standing.touched(max(since, first), until)
        if since >= min(until, first):
            return found
        blocks = [block for some in blocks_from(self._database, since, until=min(until, first)) for block in some]
        if not blocks or blocks[0].position > since:
            return standing.every_thread()
        return sorted({*found, *standing.touched_by(blocks, since, min(until, first))})

    def view_of(self, threads: Collection[str], as_of: int, *, before: int | None = None) -> PartView:
        """The log of these threads alone, one bucket, up to as_of."""
        return self.standing.view_of(threads, as_of, before=before)

    def view(self, as_of: int) -> WholeView:
        """The whole log up to as_of, archive and tail, bucket by bucket."""
        return self.standing.view(as_of)

    def next_after(self, threads: Collection[str], as_of: int) -> dict[str, int]:
        """Return when the next row of each thread comes that lies after an instant; threads without one are left out.

        A row is an event, an attribute or a link that is dated later.
        """
        return self.standing.next_after(threads, as_of)
