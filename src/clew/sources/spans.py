"""One stretch of text in memory, from which any column can be spelled."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clew.sources.hashing import PADDING

_FEW = 1000


class Text:
    """UTF-8 bytes.

    raw     the bytes            buffer  the same as an array, followed by PADDING zeros
    """

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.buffer = np.frombuffer(raw + bytes(PADDING), np.uint8)

    @cached_property
    def is_ascii(self) -> bool:
        return self.raw.isascii()

    @cached_property
    def has_quotes(self) -> bool:
        return b'"' in self.raw

    @cached_property
    def has_returns(self) -> bool:
        return b"\r" in self.raw

    @cached_property
    def has_pairs(self) -> bool:
        """Whether a pair of quotes stands anywhere."""
        return self.has_quotes and b'""' in self.raw

    @cached_property
    def _ascii(self) -> str:
        return self.raw.decode("ascii")

    def spelled(self, starts: NDArray[np.int32], lengths: NDArray[np.int32]) -> list[str]:
        """Return the texts that begin at `starts`."""
        bounds = zip(starts.tolist(), (starts + lengths).tolist(), strict=True)
        if self.is_ascii and len(starts) > _FEW:
            whole = self._ascii
            return [whole[start:end] for start, end in bounds]
        return [self.raw[start:end].decode("utf-8") for start, end in bounds]
