"""Replace a file as a whole and for good: an interruption leaves the former one, a failure no half of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_AS_USUAL = 0o666  # without what the process takes away from new files
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)  # Windows would change ends of lines


def replace_file(path: Path, content: str | bytes, *, mode: int = _AS_USUAL) -> None:
    """Write a text or bytes durably in place of what stands there; a text as UTF-8. See `replacing`."""
    with replacing(path, mode=mode) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def replacing(path: Path, *, mode: int = _AS_USUAL) -> Iterator[IO[bytes]]:
    """Open a file that stands in place of the former one, durably, once the block has ended well.

    mode  who may read it, as of os.open. Several threads and processes may do this at once: the last one counts.
    Raises OSError; then, as after any other error, the former file stands as it was
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        with open(os.open(draft, _NEW, mode), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the entries of a folder durable, where the system lets one."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
