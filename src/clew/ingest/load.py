"""Load exports into the log: stage what is read, compare it with what is known, write a generation, all or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clew.accounts.persons import PersonStore, open_persons
from clew.archive.layout import EVENTS, EVENTS_PER_BUCKET
from clew.archive.manifest import Load, LoadedSource, Manifest, read_manifest
from clew.config.store import STORE
from clew.context.vocabulary import SOURCE as BUILT_IN
from clew.errors import BadInput, UnknownName
from clew.ingest.inbox import Inbox, Reader, Task
from clew.ingest.inputs import Inputs, Resolver, inputs_of, is_unchanged, merged_files
from clew.ingest.lock import load_lock
from clew.ingest.naming import NamedBlock
from clew.ingest.next_generation import Fence, NextGeneration
from clew.ingest.people import keep_persons
from clew.ingest.rejected import rejected_rows, without_erased, write_rejected
from clew.ingest.report import LoadReport, Progress, SourceReport
from clew.ingest.summary import held_back, source_report, unchanged_report
from clew.sources.model import Source
from clew.sources.read import read_blocks


@dataclass
class _Read:
    """A source whose blocks are all staged."""

    source: Source
    inputs: Inputs
    inbox: Inbox
    resumed: int
    seconds: float


@dataclass
class _Judged:
    """A source whose rows are compared with the log."""

    read: _Read
    loaded: LoadedSource
    report: SourceReport


def load(
    folder: Path,
    sources: Mapping[str, Source],
    *,
    now: int,
    files: Resolver | None = None,
    progress: Callable[[Progress], None] | None = None,
    only: Collection[str] | None = None,
    read: Reader = read_blocks,
    events_per_bucket: int = EVENTS_PER_BUCKET,
    fence: Fence = nullcontext,
) -> LoadReport:
    """Load the exports of these sources into the log of a workspace.

    folder    of the workspace; the log lies in its .clew
    now       microseconds UTC: when what is new was learnt
    files     gives the files of a source; default: by its patterns
    progress  called after each block and each written bucket, in any thread
    only      names of the sources to load; default: all that read exports
    fence     held while the generation is put in force; raises where another process took over
    Raises    LoadRuns where another load runs; UnknownName for a name in `only`; BadInput where no source can be read
    """
    for name in sorted(set(only or ()) - sources.keys()):
        raise UnknownName("source", name, sources)
    store = folder / STORE
    with load_lock(store):
        loading = _Loading(folder, store, sources, now=now, files=files, progress=progress, read=read, fence=fence)
        exports = [name for name, source in sources.items() if source.receives is None]
        return loading.run(sorted(only or exports), events_per_bucket)


class _Loading:
    """One load under its lock."""

    def __init__(
        self,
        folder: Path,
        store: Path,
        sources: Mapping[str, Source],
        *,
        now: int,
        files: Resolver | None,
        progress: Callable[[Progress], None] | None,
        read: Reader,
        fence: Fence,
    ) -> None:
        self._folder, self._store, self._sources = folder, store, sources
        self._resolve, self._progress, self._reader, self._fence = files, progress, read, fence
        self._former = read_manifest(store)
        self._now = max(now, self._former.loaded_at)  # a clock set back must not make the new older than the known
        self._rows, self._failures = 0, dict[str, str]()

    def run(self, names: Sequence[str], events_per_bucket: int) -> LoadReport:
        begun = time.perf_counter()
        unchanged: list[SourceReport] = []
        staged: list[_Read] = []
        for name in names:
            try:
                self._stage(self._sources[name], unchanged, staged)
            except BadInput as error:
                self._failures[name] = str(error)
        manifest, judged = self._former, list[_Judged]()
        if staged:
            manifest, judged = self._take_in(staged, events_per_bucket)
        reports = sorted([*unchanged, *(item.report for item in judged)], key=lambda report: report.source)
        return LoadReport(
            sources=tuple(reports),
            failures=self._failures,
            gone=tuple(sorted(manifest.sources.keys() - {*self._sources, BUILT_IN})),
            generation=manifest.generation,
            events=sum(bucket[EVENTS].rows for bucket in manifest.buckets if EVENTS in bucket),
            seconds=time.perf_counter() - begun,
        )

    def _stage(self, source: Source, unchanged: list[SourceReport], staged: list[_Read]) -> None:
        inputs = inputs_of(source, self._folder, self._resolve)
        inbox = Inbox(self._store, Task(source, inputs.paths, inputs.fingerprint, self._folder))
        loaded = self._former.sources.get(source.name)
        if loaded is not None and is_unchanged(source, inputs, loaded):
            inbox.clear()  # of a load that was interrupted after its generation was in force
            unchanged.append(unchanged_report(self._store, source, loaded))
            return
        begun = time.perf_counter()

        def told(read: int, size: tuple[int, int]) -> None:
            self._rows += read
            self._tell("reading", source.name, *size)

        resumed = inbox.fill(self._reader, now=self._now, progress=told)
        staged.append(_Read(source, inputs, inbox, resumed, time.perf_counter() - begun))

    def _tell(self, doing: str, source: str, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress(Progress(doing, source, done, total, self._rows))

    def _take_in(self, staged: Sequence[_Read], events_per_bucket: int) -> tuple[Manifest, list[_Judged]]:
        coming = NextGeneration(self._store, self._former, self._sources, now=self._now)
        with open_persons(self._store) as persons:
            judged = [self._judge(item, coming, persons) for item in staged]
        written = 0

        def bucket_written() -> None:
            nonlocal written
            written += 1
            self._tell("writing", "", written, 0)

        coming.write(per_bucket=events_per_bucket, progress=bucket_written)
        brought = {item.read.source.name: item.loaded for item in judged}
        rows = sum(item.report.accepted + item.report.superseding for item in judged)
        manifest = coming.publish(brought, Load(self._now, tuple(brought), rows), fence=self._fence)
        for item in judged:
            item.read.inbox.clear()
        return manifest, judged

    def _judge(self, read: _Read, coming: NextGeneration, persons: PersonStore) -> _Judged:
        source, rank = read.source, coming.ranks[read.source.name]
        loaded = self._former.sources.get(source.name)
        files, places = merged_files(loaded.files if loaded else (), read.inputs.files)
        naming = coming.naming(source, persons)
        blocks: list[NamedBlock] = []
        for block in read.inbox.blocks():  # a transaction each: who takes in what arrives meanwhile waits for one only
            with persons.transaction():
                blocks.append(naming.name(block, file=places[block.file], rank=rank))
        read_again = np.isin(np.arange(len(files)), places)
        matched = coming.match(source, blocks, loaded=loaded, read_again=read_again)
        for named in blocks:
            with persons.transaction():
                keep_persons(persons, named)
        unusable = without_erased(rejected_rows(source, blocks, read.inputs.paths), persons)
        rejected = write_rejected(self._store, source.name, unusable)
        report = source_report(
            source,
            blocks,
            matched,
            files=tuple(file.path for file in read.inputs.files),
            rejected=rejected,
            entities=coming.draft.names.codes("entity"),
            resumed=read.resumed,
            seconds=read.seconds,
        )
        now_loaded = LoadedSource(
            rank=rank,
            version=source.version,
            inputs=read.inputs.fingerprint,
            files=tuple(files),
            rows=tuple(matched.rows),
            held_back=held_back(blocks),
            counts={"read": report.read, "rejected": report.rejected},
            subjects=tuple(sorted(source.subjects)),
        )
        return _Judged(read, now_loaded, report)
