"""Inflate the body of a request, never more than is allowed."""

from __future__ import annotations

import asyncio
import zlib
from concurrent.futures import Executor

from clew.web.ingest.answers import Refused

_GZIP = b"\x1f\x8b"
_AUTO, _ZLIB, _RAW = 31, 15, -15  # window bits as zlib wants them
MEMBERS = 1_000  # of one gzip body
_SLICE_BYTES = 64_000
_IN_THREAD_BYTES = 32_000  # what is larger is inflated beside the event loop


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
    """Inflate in slices: what a member leaves behind is copied, and never more than a slice."""
    stream, members, size = zlib.decompressobj(bits), 1, 0
    pieces: list[bytes] = []
    for begin in range(0, len(body), _SLICE_BYTES):
        rest = body[begin : begin + _SLICE_BYTES]
        while rest and not (stream.eof and bits != _AUTO):  # only gzip may hold several members
            if stream.eof:
                stream, members = zlib.decompressobj(bits), members + 1
                if members > MEMBERS:
                    raise Refused("bad-encoding", f"the body holds more than {MEMBERS:,} gzip members; send one")
            pieces.append(_piece(stream, rest, most + 1 - size))
            size += len(pieces[-1])
            if size > most:
                raise too_large(most)
            rest = stream.unused_data
    if not stream.eof:
        raise Refused("bad-encoding", "the compressed body ends too early; send it whole")
    return b"".join(pieces)


def _piece(stream: zlib._Decompress, data: bytes, most: int) -> bytes:
    try:
        return stream.decompress(data, most)
    except zlib.error as fault:
        raise Refused("bad-encoding", f"the body cannot be inflated: {fault}") from fault
