"""How long what a round took up had waited to be seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection, select

from clew.db.tables import tail_block
from clew.ingest.numbering import RECEIVED
from clew.ingest.staged import Staged

MOST = 16  # blocks looked into after one round, the latest ones: in a backlog there may be hundreds


def waiting_since(connection: Connection, since: int, until: int) -> Sequence[int]:
    """Return for each block whose last row lies in since <= position < until when its longest wait began.

    A row waits since it was received; one that tells of a later time, since then. Backfill is left out.
    """
    last = tail_block.c.position + tail_block.c.rows
    here = (last > since) & (last <= until) & ~tail_block.c.quiet
    latest = select(tail_block.c.body).where(here).order_by(tail_block.c.position.desc()).limit(MOST)
    blocks = [Staged(bytes(body)) for body in connection.execute(latest).scalars()]
    return [_of_block(block) for block in blocks if RECEIVED in block]


def _of_block(staged: Staged) -> int:
    since = staged.array(RECEIVED).astype(np.int64)
    np.maximum.at(since, staged.array("events.row"), staged.array("events.at"))
    return int(since.min())
