"""The inbox: blocks of an export that are read and safe, so an interrupted load goes on after the last of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from clew.config.store import private_folder
from clew.files.replace import replace_file
from clew.ids import fingerprint
from clew.ingest.staged import Staged, write_block
from clew.sources.blocks import Position, ShapedBlock
from clew.sources.model import Source

INBOX = "inbox"
_AHEAD = 2  # blocks that may wait to be written while the next is read: bounds memory


class Reader(Protocol):
    """How the files of a source are read; `clew.sources.read.read_blocks` is the one."""

    def __call__(
        self,
        source: Source,
        files: Sequence[Path],
        *,
        now: int,
        start: Position | None = None,
        root: Path | None = None,
    ) -> Iterator[ShapedBlock]: ...


@dataclass(frozen=True)
class Task:
    """What is to be read of one source.

    paths   the files to pass to the reader        inputs  fingerprint of all that it reads
    root    folder of the workspace
    """

    source: Source
    paths: tuple[Path, ...]
    inputs: str
    root: Path


class Inbox:
    """The staged blocks of one source."""

    def __init__(self, store: Path, task: Task) -> None:
        self._task, self._inbox = task, store / INBOX
        source = task.source
        # The fingerprint keeps apart sources whose names begin alike.
        self._own = f"{fingerprint(source.name)}-"
        self.folder = self._inbox / f"{self._own}{source.version}-{task.inputs[:24]}"

    def blocks(self) -> list[Staged]:
        """Return what is safe, in the order of reading."""
        return [Staged(path) for path in sorted(self.folder.glob("*.block"))]

    def fill(self, read: Reader, *, now: int, progress: Callable[[int, tuple[int, int]], None]) -> int:
        """Read on after the last safe block, to the end of the files; return how many blocks were safe before."""
        self._clear_others()
        begun = self._begin(now)
        safe = self.blocks()
        for staged in safe:
            progress(staged.read, staged.size)
        start = safe[-1].next if safe else None
        files = {path: number for number, path in enumerate(self._task.paths)}
        source, root = self._task.source, self._task.root
        with ThreadPoolExecutor(1) as writer:
            waiting: list[Future[None]] = []
            for number, block in enumerate(
                read(source, self._task.paths, now=begun, start=start, root=root), start=len(safe)
            ):
                path = self.folder / f"{number:06d}.block"
                waiting.append(writer.submit(write_block, path, block, files.get(block.file, 0)))
                while len(waiting) > _AHEAD:
                    waiting.pop(0).result()
                progress(block.read, block.size)
            for task in waiting:
                task.result()
        return len(safe)

    def _begin(self, now: int) -> int:
        """Return when reading of these very files began: what counts as future is decided once."""
        note = self.folder / "begun.json"
        if note.exists():
            begun: int = json.loads(note.read_text())["now"]
            return begun
        private_folder(self.folder)
        replace_file(note, json.dumps({"now": now}))
        return now

    def _clear_others(self) -> None:
        """Drop blocks of this source that were read from other files or by another definition."""
        for folder in self._inbox.glob(f"{self._own}*"):
            if folder != self.folder:
                shutil.rmtree(folder, ignore_errors=True)

    def clear(self) -> None:
        """Drop the blocks: they are in the log."""
        shutil.rmtree(self.folder, ignore_errors=True)


def purge_inbox(store: Path) -> int:
    """Drop everything staged, of all sources; the exports are read again then. Return the number of blocks dropped."""
    blocks = len(list((store / INBOX).glob("*/*.block")))
    shutil.rmtree(store / INBOX, ignore_errors=True)
    return blocks
