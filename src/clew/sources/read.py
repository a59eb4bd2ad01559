"""Read the files of a source, block by block, into what the log needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from clew.sources.blocks import Position, ShapedBlock
from clew.sources.model import Source

BLOCK_BYTES = 32 * 2**20


def read_blocks(
    source: Source,
    files: Sequence[Path],
    *,
    now: int,
    start: Position | None = None,
    block_bytes: int = BLOCK_BYTES,
    root: Path | None = None,
) -> Iterator[ShapedBlock]:
    """Yield the rows of these files as shaped blocks; see clew.sources.blocks.

    now          microseconds UTC of the load: what lies more than a day after it is rejected
    start        `next` of the last block that is safe; None: from the beginning
    block_bytes  about how much text makes a block
    root         folder of the workspace, for the patterns of joins and tables; default: the folder above sources/
    """
    raise NotImplementedError
