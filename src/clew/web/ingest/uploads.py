"""Exports sent to a source: kept as a file of the workspace, loaded afterwards."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from clew.access.write_keys import Scope, WriteKey
from clew.clock import to_datetime
from clew.config.store import private_folder
from clew.files.replace import sync_folder
from clew.ingest.arriving.model import CannotStore
from clew.live.keeping.uploads import note_upload
from clew.web.endpoint import Endpoint, Open
from clew.web.ingest.answers import Refused, done_saying
from clew.web.ingest.body import too_large
from clew.web.ingest.receiving import Receiving, receiving_of
from clew.web.ingest.ways import POST, answering, key_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

PATH = "/v1/sources/{source}/upload"
FOLDER = Path(".clew/uploads")
ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")
_WRITE_BYTES = 1_000_000
_LARGEST = 120  # signs of a name

_Made = TypeVar("_Made")


async def _take(request: Request) -> Response:
    receiving = receiving_of(request)
    key = await _key(request)
    name = _name(request)
    now = receiving.now()
    file = FOLDER / key.source / f"{to_datetime(now):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(2)}-{name}"
    size = await _keep(request, receiving, receiving.folder / file)
    note = partial(note_upload, receiving.database, now=now)
    number = await _in_thread(receiving, note, key.source, file.as_posix())
    return done_saying({"success": True, "upload": number, "bytes": size})


async def _key(request: Request) -> WriteKey:
    key = await key_of(request)
    source = request.path_params["source"]
    if key.source != source:
        raise Refused("key-scope", f"this key is one of source '{key.source}', not of '{source}'")
    if Scope.UPLOAD not in key.scopes:
        raise Refused("key-scope", f"this key may not upload; it may: {', '.join(sorted(key.scopes))}")
    return key


def _name(request: Request) -> str:
    """Return a safe name for the file, from ?name=; its ending says how it is read."""
    told = Path(request.query_params.get("name", "")).name
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", told).lstrip(".-")[-_LARGEST:]
    if request.headers.get("content-encoding", "").casefold() == "gzip" and not name.endswith((".gz", ".parquet")):
        name += ".gz"
    if not name.casefold().endswith(ENDINGS):
        raise Refused(
            "bad-body", f"'{told}' is no name of a file that can be read; add ?name=, ending in {', '.join(ENDINGS)}"
        )
    return name


async def _keep(request: Request, receiving: Receiving, path: Path) -> int:
    """Write the body to a file as it comes, durably; whatever fails leaves none."""
    draft = path.with_suffix(path.suffix + ".part")
    try:
        file = await _in_thread(receiving, _open, draft)
        try:
            size = await _write(request, receiving, file)
            await _in_thread(receiving, _finish, file, path)
        finally:
            file.close()
    except OSError as fault:
        raise CannotStore(f"the file could not be written: {fault.strerror or fault}") from fault
    finally:
        with suppress(OSError):
            draft.unlink()
    return size


async def _write(request: Request, receiving: Receiving, file: IO[bytes]) -> int:
    size, waiting = 0, bytearray()
    async for piece in request.stream():
        size += len(piece)
        if size > receiving.limits.upload_bytes:
            raise too_large(receiving.limits.upload_bytes)
        waiting += piece
        if len(waiting) >= _WRITE_BYTES:
            await _in_thread(receiving, file.write, bytes(waiting))
            waiting.clear()
    if not size:
        raise Refused("bad-body", "the upload is empty; send a file with a header and rows, as curl -T FILE does")
    await _in_thread(receiving, file.write, bytes(waiting))
    return size


def _open(draft: Path) -> IO[bytes]:
    private_folder(draft.parent)
    return draft.open("wb")


def _finish(file: IO[bytes], path: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    Path(file.name).replace(path)
    sync_folder(path.parent)


async def _in_thread(receiving: Receiving, work: Callable[..., _Made], *given: object) -> _Made:
    return await asyncio.get_running_loop().run_in_executor(receiving.threads, work, *given)


ENDPOINTS: tuple[Endpoint, ...] = (Endpoint(PATH, POST, Open.WRITE_KEY, answering(_take, POST), is_async=True),)
