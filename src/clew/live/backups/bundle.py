"""The file of a backup: members are written one after the other, each with its digest."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from clew.files.replace import replacing
from clew.live.backups.model import HEAD, INDEX, BadBackup, Head, Index, Member

_QUICK = 1  # of gzip: columns of numbers hardly get smaller with more
_AT_ONCE = 1 << 20
_SECRET = 0o600


class Writer:
    """A backup being written; members are remembered for its index."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: dict[str, Member] = {}

    def head(self, head: Head) -> None:
        self._add(HEAD, io.BytesIO(msgspec.json.encode(head)))

    def index(self, index: Index) -> None:
        self._add(INDEX, io.BytesIO(msgspec.json.encode(index)))

    def data(self, name: str, data: bytes, mode: int = _SECRET) -> None:
        self._remember(name, *self._add(name, io.BytesIO(data), mode=mode))

    def file(self, name: str, path: Path, size: int | None = None) -> None:
        """Add a file, or its beginning. Raises FileNotFoundError."""
        with path.open("rb") as file:
            told = os.fstat(file.fileno())
            self._remember(name, *self._add(name, file, told.st_size if size is None else size, told.st_mode & 0o777))

    def _remember(self, name: str, size: int, sha256: str) -> None:
        self.members[name] = Member(size, sha256)

    def _add(self, name: str, file: IO[bytes], size: int | None = None, mode: int = _SECRET) -> tuple[int, str]:
        told = tarfile.TarInfo(name)
        told.size = file.seek(0, os.SEEK_END) if size is None else size
        told.mode = mode
        file.seek(0)
        reading = _Digested(file)
        self._tar.addfile(told, reading)
        return told.size, reading.digest.hexdigest()


class _Digested(io.RawIOBase):
    """A file whose digest is taken while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """Write a backup: durable and whole at the end of the block, or not there at all. Only its owner may read it."""
    with (
        replacing(path, mode=_SECRET) as file,
        gzip.GzipFile(fileobj=file, mode="wb", compresslevel=_QUICK, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        yield Writer(tar)


def unpack(path: Path, into: Path) -> tuple[Head, Index]:
    """Unpack a backup into a folder and check every member against the index. Raises BadBackup."""
    found: dict[str, Member] = {}
    told: dict[str, bytes] = {}
    try:
        with tarfile.open(path, "r|gz") as tar:
            for member in tar:
                file = tar.extractfile(member)
                if file is None or not _is_safe(member.name):
                    raise BadBackup(f"{path} holds '{member.name}', which no backup of Clew does")
                if member.name in (HEAD, INDEX):
                    told[member.name] = file.read()
                else:
                    found[member.name] = _unpack_one(file, into / member.name, member.mode)
        head = msgspec.json.decode(told[HEAD], type=Head)
        index = msgspec.json.decode(told[INDEX], type=Index)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, KeyError, msgspec.MsgspecError) as cause:
        raise BadBackup(f"{path} is no backup of Clew, or a damaged one ({cause}); take another") from cause
    _compare(path, found, index)
    return head, index


def _compare(path: Path, found: dict[str, Member], index: Index) -> None:
    wrong = sorted(name for name in found.keys() | index.members.keys() if found.get(name) != index.members.get(name))
    if wrong:
        more = f" and {len(wrong) - 1:,} more" if len(wrong) > 1 else ""
        raise BadBackup(f"{path} is damaged: {wrong[0]}{more} are not what was written; take another")


def _unpack_one(file: IO[bytes], target: Path, mode: int) -> Member:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode & 0o777), "wb") as out:
        while data := file.read(_AT_ONCE):
            digest.update(data)
            size += len(data)
            out.write(data)
    return Member(size, digest.hexdigest())


def _is_safe(name: str) -> bool:
    """Whether a name stays inside the folder that it is unpacked into."""
    parts = name.split("/")
    return not name.startswith("/") and "\\" not in name and ":" not in name and not {"", ".", ".."} & set(parts)
