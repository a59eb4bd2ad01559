"""Bring the tail into the archive: the one who holds the lease "archive" does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from sqlalchemy import func, select

from clew.accounts.persons import PersonStore, open_persons
from clew.archive.layout import EVENTS, EVENTS_PER_BUCKET, PROPERTY, SUBJECT
from clew.archive.manifest import Load, LoadedFile, LoadedSource, Manifest, read_manifest
from clew.db.engine import Database
from clew.db.leases import Lease, check
from clew.db.tables import arrived
from clew.ingest.lock import LoadRuns, load_lock
from clew.ingest.next_generation import NextGeneration
from clew.live import failpoints
from clew.live.keeping.model import MOST_BYTES, MOST_ROWS, Kept, is_due
from clew.live.keeping.tail import Block, blocks_from, note_former, remove_old, tail_size
from clew.live.keeping.uploads import load_upload, waiting_uploads
from clew.sources.model import Source
from clew.workspace.workspace import Workspace

RECEIVED = LoadedFile("(received events)", 0, "")  # stands for the files of rows that came one by one


def keep(
    database: Database,
    workspace: Workspace,
    lease: Lease,
    *,
    now: int,
    at_once: bool = False,
    most_rows: int = MOST_ROWS,
    events_per_bucket: int = EVENTS_PER_BUCKET,
) -> Kept | None:
    """Bring the tail into the archive where it is large or old enough; None where nothing was to do.

    lease      "archive"; it is checked while the generation is put in force, and stays locked until it is
    at_once    whatever the size
    most_rows  at most so many rows, one block at least; 0 leaves the tail alone and loads exports that were sent
    Raises   Fenced where another process took over. A crash before the generation is in force changes nothing; after
             that its manifest says up to which position the tail is done.
    """
    done = Kept(removed=remove_old(database))
    try:
        done = replace(done, uploads=_load_uploads(database, workspace, lease, now))
        manifest = read_manifest(workspace.store)
        with database.read() as connection:
            tail = tail_size(connection, manifest.tail)
        if tail.rows and most_rows and (at_once or is_due(tail, events=events_of(manifest), now=now)):
            with load_lock(workspace.store):
                kept = _Keeping(database, workspace, lease, now).run(most_rows, events_per_bucket)
            done = replace(kept, removed=done.removed, uploads=done.uploads, more=kept.rows < tail.rows)
    except LoadRuns:
        pass  # of a process that knows of no database, or that was overtaken: it will end
    return done if done != Kept() else None


def _load_uploads(database: Database, workspace: Workspace, lease: Lease, now: int) -> int:
    """Load the exports that were sent; return how many."""

    @contextmanager
    def fence() -> Iterator[None]:
        with database.write() as connection:
            check(connection, [lease])
            yield

    waiting = waiting_uploads(database, workspace.dir)
    return sum(load_upload(database, workspace, one, now=now, fence=fence) for one in waiting)


def events_of(manifest: Manifest) -> int:
    """Return how many events an archive holds."""
    return sum(bucket[EVENTS].rows for bucket in manifest.buckets if EVENTS in bucket)


class _Keeping:
    """One generation, under the lock of the store."""

    def __init__(self, database: Database, workspace: Workspace, lease: Lease, now: int) -> None:
        self._database, self._workspace, self._lease = database, workspace, lease
        self._former = read_manifest(workspace.store)
        self._now = max(now, self._former.loaded_at)

    def run(self, most_rows: int, events_per_bucket: int) -> Kept:
        blocks = self._blocks(most_rows)
        failpoints.reach("keeping.read")
        coming, brought = self._made(blocks)
        failpoints.reach("keeping.matched")
        coming.write(per_bucket=events_per_bucket)
        failpoints.reach("keeping.written")
        rows, position = sum(block.rows for block in blocks), blocks[-1].end
        load = Load(self._now, tuple(sorted(brought)), rows, kept=True)
        manifest = coming.publish(brought, load, tail=position, fence=self._fence)
        failpoints.reach("keeping.in-force")
        return Kept(rows, position, events_of(manifest), manifest.generation)

    def _blocks(self, most_rows: int) -> Sequence[Block]:
        with self._database.read() as connection:
            blocks = blocks_from(connection, self._former.tail, most_rows=most_rows, most_bytes=MOST_BYTES)
        self._now = max(self._now, *(block.learnt_at for block in blocks))
        return blocks

    def _made(self, blocks: Sequence[Block]) -> tuple[NextGeneration, Mapping[str, LoadedSource]]:
        by_source: dict[str, list[Block]] = {}
        for block in blocks:
            by_source.setdefault(block.source, []).append(block)
        described = {*self._workspace.sources, *by_source}
        coming = NextGeneration(self._workspace.store, self._former, described, now=self._now)
        with open_persons(self._workspace.store) as persons:
            brought = {name: self._source(name, each, coming, persons) for name, each in by_source.items()}
        return coming, brought

    def _source(self, name: str, blocks: Sequence[Block], coming: NextGeneration, persons: PersonStore) -> LoadedSource:
        """Take in the blocks of a source, whatever its file says by now: they were accepted under what it said then."""
        loaded, described = self._former.sources.get(name), self._workspace.sources.get(name)
        before = loaded or LoadedSource(coming.ranks[name], "")
        source = Source(name, coming.ranks[name], before.version, Path(), (), id=("id",))
        files = before.files if RECEIVED in before.files else (*before.files, RECEIVED)
        naming, place = coming.naming(source, persons), files.index(RECEIVED)
        named = [naming.name(block.staged, file=place, rank=source.rank, learnt_at=block.learnt_at) for block in blocks]
        matched = coming.match(source, named, loaded=loaded, read_again=np.zeros(len(files), np.bool_))
        subjects = {kind for block in blocks for kind in block.staged.columns(SUBJECT)}
        properties = {name for block in blocks for name in block.staged.columns(PROPERTY)}
        return replace(
            before,
            rank=source.rank,
            version=described.version if described and described.receives else before.version,
            files=files,
            rows=tuple(matched.rows),
            counts=self._counts(name),
            subjects=tuple(sorted({*before.subjects, *subjects})),
            properties=tuple(sorted({*before.properties, *properties})),
        )

    def _counts(self, source: str) -> Mapping[str, int]:
        """Return how many events came to a source, and how many of them could not be used."""
        mine = select(func.sum(arrived.c.received), func.sum(arrived.c.rejected)).where(arrived.c.source == source)
        with self._database.read() as connection:
            read, rejected = connection.execute(mine).one()
        return {"read": int(read or 0), "rejected": int(rejected or 0)}

    @contextmanager
    def _fence(self) -> Iterator[None]:
        """Hold the lease for as long as the manifest is replaced: nobody takes over in between."""
        with self._database.write() as connection:
            check(connection, [self._lease])
            note_former(connection, self._former.tail)
            failpoints.reach("keeping.fenced")
            yield
