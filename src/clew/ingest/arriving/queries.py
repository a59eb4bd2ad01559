"""What can be asked of the inbox; every function takes a connection of `Database.inbox`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, takewhile

from sqlalchemy import Connection, func, select

from clew.db.tables import inbox
from clew.ingest.arriving.model import Arriving, Waiting

MOST_BODIES = 1_000  # read at once
MOST_BYTES = 32_000_000


def waiting(
    connection: Connection, after: int, *, most: int = MOST_BODIES, most_bytes: int = MOST_BYTES
) -> Sequence[Waiting]:
    """Return the next bodies behind an id, in the order of commits; at least one where any waits.

    most        bodies
    most_bytes  of their bodies together, so that a backlog never fills the memory
    """
    sized = select(inbox.c.id, func.length(inbox.c.body)).where(inbox.c.id > after).order_by(inbox.c.id).limit(most)
    found = connection.execute(sized).all()
    if not found:
        return []
    fitting = sum(1 for _ in takewhile(lambda total: total <= most_bytes, accumulate(size for _, size in found)))
    last = found[max(fitting, 1) - 1][0]
    rows = connection.execute(select(inbox).where(inbox.c.id > after, inbox.c.id <= last).order_by(inbox.c.id))
    return [
        Waiting(
            row.id,
            Arriving(row.source, row.wire, row.kind, row.received_at, bytes(row.body), row.quiet, row.headers),
        )
        for row in rows
    ]
