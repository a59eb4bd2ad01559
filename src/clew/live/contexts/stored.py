"""How a context is kept in one column: MessagePack, compressed."""

from __future__ import annotations

import zlib

import msgspec

from clew.context.model import Context

FORMAT = "1"  # raised when a context comes to be kept otherwise: then all of them are derived anew
_LEVEL = 1  # a context is a few thousand bytes, written often and read alone: the cheapest level takes most of it away

_written = msgspec.msgpack.Encoder()
_read = msgspec.msgpack.Decoder(Context)


def packed(context: Context) -> bytes:
    """Return the bytes of a context; equal contexts have equal bytes."""
    return zlib.compress(_written.encode(context), _LEVEL)


def unpacked(body: bytes) -> Context | None:
    """Return the context of some bytes; None where another version of Clew wrote them and they cannot be read."""
    try:
        return _read.decode(zlib.decompress(body))
    except (msgspec.DecodeError, zlib.error):  # a ValidationError is one too
        return None
