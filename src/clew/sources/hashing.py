"""Hashes of texts on arrays: the same text has the same hash on every machine and in every version."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Hashes = NDArray[np.uint64]
Offsets = NDArray[np.int32]

PADDING = 64  # bytes that must follow the last text, so that whole words may be read anywhere

_M = np.uint64(0xC6A4A7935BD1E995)
_47 = np.uint64(47)
_TAIL = np.array([(1 << (8 * size)) - 1 for size in range(8)], np.uint64)
_LONG = 256  # beyond this a text is hashed by itself


def text_hashes(buffer: Bytes, starts: Offsets, lengths: Offsets, seed: int) -> Hashes:
    """Return 64-bit hashes of the texts buffer[start : start + length].

    buffer   ends in PADDING bytes that belong to no text
    Source   MurmurHash64A (Austin Appleby, public domain); texts above 256 bytes: BLAKE2b keyed by the seed
    """
    hashes = np.uint64(seed) ^ (lengths.astype(np.uint64) * _M)
    longest = int(lengths.max(initial=0))
    short = np.flatnonzero(lengths <= _LONG) if longest > _LONG else None
    if short is not None:
        hashes[short] = _murmur(buffer, starts[short], lengths[short], hashes[short])
        for row in np.flatnonzero(lengths > _LONG).tolist():
            hashes[row] = _blake(buffer[starts[row] : starts[row] + lengths[row]], seed)
        return hashes
    return _murmur(buffer, starts, lengths, hashes)


def mixed(parts: list[Hashes], seed: int) -> Hashes:
    """Return one hash of several, in their order."""
    total = np.full(len(parts[0]) if parts else 0, np.uint64(seed) ^ np.uint64(len(parts) + 1), np.uint64)
    for part in parts:
        total = _step(total, part)
    return _finished(total)


def _murmur(buffer: Bytes, starts: Offsets, lengths: Offsets, hashes: Hashes) -> Hashes:
    words = np.ndarray((len(buffer) - 7,), np.dtype("V8"), buffer=buffer.data, strides=(1,))
    for offset in range(0, int(lengths.max(initial=0)) - 7, 8):
        whole = np.flatnonzero(lengths >= offset + 8)
        if len(whole) == len(lengths):
            hashes = _step(hashes, words[starts + offset].view("<u8"))
        else:
            hashes[whole] = _step(hashes[whole], words[starts[whole] + offset].view("<u8"))
    left = lengths & 7
    tail = words[starts + (lengths - left)].view("<u8") & _TAIL[left]
    hashes = np.where(left > 0, (hashes ^ tail) * _M, hashes)
    return _finished(hashes)


def _step(hashes: Hashes, words: Hashes) -> Hashes:
    words = words * _M
    words ^= words >> _47
    words *= _M
    return (hashes ^ words) * _M


def _finished(hashes: Hashes) -> Hashes:
    hashes = hashes ^ (hashes >> _47)
    hashes *= _M
    return hashes ^ (hashes >> _47)


def _blake(text: Bytes, seed: int) -> np.uint64:
    digest = blake2b(text.tobytes(), digest_size=8, key=seed.to_bytes(8, "little")).digest()
    return np.uint64(int.from_bytes(digest, "little"))
