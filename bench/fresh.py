"""Time the fresh log: single threads, and every question over the archive with a tail behind it.

    python bench/fresh.py FOLDER [--rows 1000] [--tail 1250000]

FOLDER comes from bench/generate.py and is loaded (`clew -C FOLDER load`); nothing in it is altered. The tail is
generated behind it: touches of any account, so hardly two rows of a block are of one thread. "warm" is a question that
was asked before, "after" the same question when so many rows more were learnt since, refreshing and folding included.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
from measure import FURTHER, JOURNEY, OPTIONS
from tail_of import GeneratedTail

from clew.archive.manifest import MANIFEST, read_manifest
from clew.archive.reader import open_archive
from clew.live.fresh.asking import FreshWorkspace
from clew.live.fresh.log import Fresh, open_fresh
from clew.questions.library import OpenWorkspace, open_workspace
from clew.questions.model import Query
from clew.questions.registry import REGISTRY
from clew.workspace.draft import read_draft

Made = TypeVar("Made")
BLOCK = 5_000  # rows of a block of the large tail
REPEATS = 5


@contextmanager
def looked_at(folder: Path) -> Iterator[Path]:
    """A workspace of links to the files of one, whose log was loaded when its latest event occurred."""
    with TemporaryDirectory() as place:
        there = Path(place)
        (there / ".clew").mkdir()
        for path in [*folder.iterdir(), *(folder / ".clew").iterdir()]:
            target = there / path.relative_to(folder)
            if not target.exists():
                target.symlink_to(path.resolve())
        store, last = there / ".clew", open_archive(folder / ".clew").last_event
        (store / MANIFEST).unlink()
        manifest = read_manifest(folder / ".clew")
        manifest = replace(manifest, loads=tuple(replace(load, at=min(load.at, last)) for load in manifest.loads))
        told = json.loads((folder / ".clew" / MANIFEST).read_text()) | {
            "loads": [asdict(load) for load in manifest.loads]
        }
        (store / MANIFEST).write_text(json.dumps(told))
        yield there


def took(work: Callable[[], Made]) -> tuple[float, Made]:
    began = time.perf_counter()
    made = work()
    return time.perf_counter() - began, made


def shown(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def resident_mib() -> float:
    """Memory of this process that is its own: mapped files are not counted."""
    pages = Path("/proc/self/statm").read_text().split()
    return (int(pages[1]) - int(pages[2])) * os.sysconf("SC_PAGE_SIZE") / 2**20


def single_threads(fresh: Fresh, tail: GeneratedTail) -> Iterator[tuple[str, str]]:
    """Views of some threads with every column read, best of some repeats with other threads each time."""
    touched = fresh.touched(0, fresh.position)
    for count in (1, 200, 2_000):
        seconds, rows = [], 0
        for seed in range(REPEATS):
            chosen = np.random.default_rng(seed).choice(touched, count, replace=False).tolist()
            spent, rows = took(lambda chosen=chosen: _read(fresh, chosen, tail.now))  # type: ignore[misc]
            seconds.append(spent)
        yield f"view of {count:,} threads, {rows:,} events, every column", shown(min(seconds))
    spent, _ = took(lambda: fresh.next_after(touched[:2_000], tail.now))
    yield "next row in the future of 2,000 threads", shown(spent)


def _read(fresh: Fresh, threads: list[str], as_of: int) -> int:
    bucket = fresh.view_of(threads, as_of).bucket
    for name in ("thread", "at", "event", "team", "channel", "source", "day", "value"):
        getattr(bucket, name)
    for name in ("thread", "entity", "name", "value", "at"):
        getattr(bucket.attributes, name)
    return len(bucket)


def questions(
    workspace: FreshWorkspace, archived: OpenWorkspace, tail: GeneratedTail, rows: int
) -> Iterator[list[str]]:
    """Every question: after a block, warm, and over the archive alone."""
    asked = {**{name: Query(name, JOURNEY, options=OPTIONS.get(name, {})) for name in REGISTRY}, **FURTHER}

    def after_block(query: Query) -> float:
        tail.learn(rows)

        def ask() -> object:
            workspace.see(tail.now)
            return workspace.ask(query)

        return took(ask)[0]

    for query in asked.values():
        workspace.ask(query)
    for name, query in asked.items():
        after = [after_block(query) for _ in range(3)]
        warm = min(took(lambda query=query: workspace.ask(query))[0] for _ in range(3))  # type: ignore[misc]
        archived.ask(query)
        alone = min(took(lambda query=query: archived.ask(query))[0] for _ in range(3))  # type: ignore[misc]
        yield [name, shown(np.median(after)), shown(max(after)), shown(warm), shown(alone)]


def large_tail(workspace: OpenWorkspace, rows: int) -> Iterator[tuple[str, str]]:
    """What a tail costs that waits for its archive: memory, opening, a view of single threads."""
    with TemporaryDirectory() as place:
        tail = GeneratedTail(workspace, Path(place))
        while tail.position < rows:
            tail.learn(BLOCK)
        empty = open_fresh(workspace.store, GeneratedTail(workspace, Path(place) / "empty").database)
        empty.view_of(["account:none"], tail.now)
        before = resident_mib()
        spent, fresh = took(lambda: open_fresh(workspace.store, tail.database))
        yield f"opening a tail of {rows:,} rows", f"{spent:.1f} s"
        yield "memory of its rows", f"{resident_mib() - before:,.0f} MiB"
        yield from single_threads(fresh, tail)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000, help="rows learnt between two questions")
    parser.add_argument("--tail", type=int, default=1_250_000, help="rows of the tail whose memory is measured")
    chosen = parser.parse_args()
    with looked_at(chosen.folder) as folder, TemporaryDirectory() as place:
        archived = open_workspace(folder)
        tail = GeneratedTail(archived, Path(place))
        tail.learn(BLOCK)
        fresh = open_fresh(archived.store, tail.database)
        print(f"{archived.archive().events:,} events archived; load average {os.getloadavg()[0]:.1f}\n")
        for name, figure in single_threads(fresh, tail):
            print(f"| {name} | {figure} |")
        workspace = FreshWorkspace(read_draft(folder), fresh)
        workspace.see(tail.now)
        spent, _ = took(lambda: workspace.fold(JOURNEY))
        print(f"| first fold of the whole log | {spent:.2f} s |")
        print(f"\n| question | after {chosen.rows:,} rows, median | worst of 3 | warm | archive alone |")
        print("| --- | --- | --- | --- | --- |")
        for line in questions(workspace, archived, tail, chosen.rows):
            print(f"| {' | '.join(line)} |", flush=True)
        print()
        for name, figure in large_tail(archived, chosen.tail):
            print(f"| {name} | {figure} |", flush=True)


if __name__ == "__main__":
    main()
