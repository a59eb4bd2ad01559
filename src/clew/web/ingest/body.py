"""Read the body of a request and inflate it, never more than is allowed."""

from __future__ import annotations

import asyncio
import zlib
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from clew.ingest.arriving.model import Overloaded
from clew.web.ingest.answers import Refused

if TYPE_CHECKING:
    from starlette.requests import Request

_GZIP = b"\x1f\x8b"
_AUTO, _ZLIB, _RAW = 31, 15, -15  # window bits as zlib wants them
_IN_THREAD_BYTES = 32_000  # what is larger is inflated beside the event loop


class Room:
    """Bytes of all requests that are being read: a crowd of large bodies is turned away before it fills the memory."""

    def __init__(self, most: int) -> None:
        self._most, self._taken = most, 0

    async def read(self, request: Request, most: int) -> bytes:
        """Read a whole body; its room is taken until `leave`. Raises Refused, Overloaded; then nothing is taken."""
        told = request.headers.get("content-length", "")
        if told.isdigit() and int(told) > most:
            raise too_large(most)
        pieces: list[bytes] = []
        size = 0
        try:
            is_last = False
            while not is_last:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                pieces.append(message.get("body", b""))
                is_last = not message.get("more_body", False)
                size += len(pieces[-1])
                self._taken += len(pieces[-1])
                self._check(size, most)
        except BaseException:
            self.leave(size)
            raise
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def leave(self, size: int) -> None:
        """Give the room of a body back."""
        self._taken -= size

    def _check(self, size: int, most: int) -> None:
        if size > most:
            raise too_large(most)
        if self._taken > self._most:
            raise Overloaded


def too_large(most: int) -> Refused:
    return Refused("too-large", f"the body is larger than {most:,} bytes; send smaller batches")


async def inflate(body: bytes, encoding: str, most: int, threads: Executor) -> bytes:
    """Return the body as it was before it was compressed.

    encoding  the header Content-Encoding; without one gzip is recognised by its first bytes, which no JSON begins with
    Raises    Refused where it is larger than `most` bytes; no more than that is ever inflated
    """
    named = encoding.strip().casefold()
    if named in ("", "identity") and not body.startswith(_GZIP):
        return body
    if named not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise Refused("unknown-encoding", f"Content-Encoding '{encoding}' is not known; allowed: gzip, deflate")
    bits = _bits_of_deflate(body) if named == "deflate" else _AUTO
    if len(body) < _IN_THREAD_BYTES:
        return _inflated(body, bits, most)
    return await asyncio.get_running_loop().run_in_executor(threads, _inflated, body, bits, most)


def _bits_of_deflate(body: bytes) -> int:
    """Tell the zlib format, which the standard means by deflate, from bare deflate, which some clients send."""
    is_zlib = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _ZLIB if is_zlib else _RAW


def _inflated(body: bytes, bits: int, most: int) -> bytes:
    whole = b""
    while True:  # gzip may hold several members
        stream = zlib.decompressobj(bits)
        try:
            whole += stream.decompress(body, most + 1 - len(whole))
        except zlib.error as fault:
            raise Refused("bad-encoding", f"the body cannot be inflated: {fault}") from fault
        if len(whole) > most:
            raise too_large(most)
        if not stream.eof:
            raise Refused("bad-encoding", "the compressed body ends too early; send it whole")
        body = stream.unused_data
        if not body or bits != _AUTO:
            return whole
