"""The generation to come, made of staged blocks of several sources: named, matched, written, put in force."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from clew.accounts.persons import PersonStore
from clew.archive.draft import Change, Draft
from clew.archive.endings import Endings
from clew.archive.generation import Generation
from clew.archive.layout import EVENTS_PER_BUCKET, Array
from clew.archive.manifest import Load, LoadedSource, Manifest
from clew.ingest.additions import StagedAdditions
from clew.ingest.matching import Matched, Matching
from clew.ingest.naming import NamedBlock, Naming
from clew.sources.model import Source

Fence = Callable[[], AbstractContextManager[object]]  # held while a generation is put in force


class NextGeneration:
    """A generation that nobody sees before it is published."""

    def __init__(self, store: Path, former: Manifest, described: Collection[str], *, now: int) -> None:
        """Begin.

        described  names of the sources of the workspace: the ranks go over them and those that the log knows
        """
        self._store, self._former, self._now = store, former, now
        self.draft = Draft(store, former)
        self.ranks = {name: rank for rank, name in enumerate(sorted({*described, *former.sources}))}
        self._blocks: list[NamedBlock] = []
        self._endings: list[Endings] = []

    def naming(self, source: Source, persons: PersonStore) -> Naming:
        """Return what gives the texts of a source's blocks their codes."""
        return Naming(source, self.draft.names, persons, self._now)

    def match(
        self, source: Source, blocks: Sequence[NamedBlock], *, loaded: LoadedSource | None, read_again: Array
    ) -> Matched:
        """Compare the blocks of a source with the log; what enters it is part of this generation from now on."""
        former = Generation(self._store, self._former)
        matching = Matching(source, blocks, former=former, loaded=loaded, read_again=read_again, now=self._now)
        matched = matching.run(self.draft)
        self._blocks += blocks
        self._endings += matched.endings
        return matched

    def write(self, *, per_bucket: int = EVENTS_PER_BUCKET, progress: Callable[[], None] | None = None) -> None:
        """Write the touched buckets; `progress` is called, in any thread, after each."""
        additions = StagedAdditions(self._blocks)
        change = Change(
            events=additions.events,
            links=additions.links,
            endings=Endings.joined(self._endings),
            additions=additions,
            ranks=self.ranks,
        )
        self.draft.write(change, per_bucket=per_bucket, progress=progress)

    def publish(
        self, brought: Mapping[str, LoadedSource], load: Load, *, tail: int | None = None, fence: Fence = nullcontext
    ) -> Manifest:
        """Put the generation in force.

        brought  the sources that brought something, as they are from now on
        tail     position of the living log that it contains; None: the one of the generation before
        fence    held while the manifest is replaced; raises where somebody else took over
        """
        sources = {name: replace(source, rank=self.ranks[name]) for name, source in self._former.sources.items()}
        return self.draft.publish(sources | dict(brought), load, tail=tail, fence=fence)
