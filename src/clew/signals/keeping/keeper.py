"""Look at what has arrived, and keep what is noticed: never more often than there is something to see."""

from __future__ import annotations

from collections.abc import Sequence

from clew.clock import HOUR_US
from clew.db.engine import Database
from clew.db.leases import Lease
from clew.signals.keeping.actions import keep
from clew.signals.keeping.looking import Looking, Standing
from clew.signals.keeping.model import Changed
from clew.signals.keeping.noticed import noticed

ANYWAY_US = HOUR_US  # time alone makes signals too: silence, a promise that is not kept


class Keeper:
    """Keeps signals for one process that holds the lease of the schedule; used by one thread."""

    def __init__(self, looking: Looking, database: Database) -> None:
        self._looking, self._database = looking, database
        self._last: tuple[Standing, int] | None = None

    def look(self, leases: Sequence[Lease], *, now: int) -> Changed | None:
        """Keep what is noticed now; None where nothing has arrived since and the last look was lately.

        Raises  Fenced, FileProblems
        """
        standing = self._looking.standing(now)
        if self._last is not None and self._last[0] == standing and now < self._last[1] + ANYWAY_US:
            return None
        sight = self._looking.sight(now)
        if sight is None:
            return None
        changed = keep(self._database, noticed(sight), leases, as_of=sight.as_of, now=now)
        self._last = standing, now
        return changed

    def forget(self) -> None:
        """Look anew the next time: another process may have done this work meanwhile."""
        self._last = None
