"""Time zones on arrays: local readings to instants and back, exact on the days when clocks change.

The rules come from the system's time-zone database through `zoneinfo`; numpy is loaded on first use.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from clew.clock import DAY_US, US
from clew.errors import ClewError, UnknownName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Instants = NDArray[np.int64]
    Flags = NDArray[np.bool_]

FIRST_DAY = -1  # 1969-12-31: local days east of Greenwich begin before 1970 UTC
LAST_DAY = 47_847  # 2101-01-01, in days since 1970-01-01

_PROBE = 3 * 86_400  # seconds; no two changes of one zone lie nearer than six days
_FAR = 2**62  # beyond this an instant means ALWAYS or NEVER and has no local reading
_EXAMPLES = ("UTC", "Europe/Berlin", "America/New_York")


@dataclass(frozen=True, eq=False)
class ZoneTable:
    """Every change of a zone's offset from 1970 to 2100; the first and last offset hold before and after.

    zone      name in the time-zone database
    changes   (k,) int64 instants (microseconds UTC) at which the offset changes, rising
    offsets   (k + 1,) int64 microseconds that local time is ahead of UTC: before the first change, after each
    """

    zone: str
    changes: Instants
    offsets: Instants

    def to_local(self, utc: Instants) -> Instants:
        """Return the local readings of instants, as microseconds since 1970-01-01 00:00 local.

        ALWAYS and NEVER (anything beyond 2**62) stay themselves.
        """
        import numpy as np

        utc = np.asarray(utc, np.int64)
        offset = self.offsets[np.searchsorted(self.changes, utc, side="right")]
        return utc + np.where((utc > -_FAR) & (utc < _FAR), offset, 0)

    def to_utc(self, local: Instants) -> tuple[Instants, Flags, Flags]:
        """Return the instants of local readings, which readings do not exist, and which exist twice.

        local    (n,) int64 microseconds since 1970-01-01 00:00 local
        Returns  instants (n,): of an ambiguous reading the first; of one that does not exist the instant at which
                 the clocks went forward; nonexistent (n,) bool; ambiguous (n,) bool. ALWAYS and NEVER stay themselves.
        """
        import numpy as np

        local = np.asarray(local, np.int64)
        leaves = self.changes + self.offsets[:-1]  # what the old clock shows at each change
        arrives = self.changes + self.offsets[1:]  # what the new clock shows
        span = np.searchsorted(leaves, local, side="right")
        opens = np.append(np.int64(-(2**63)), arrives)[span]
        again = np.append(arrives, np.int64(2**63 - 1))[span]
        nonexistent = local < opens
        ambiguous = ~nonexistent & (local >= again)
        offset = np.where((local > -_FAR) & (local < _FAR), self.offsets[span], 0)
        instants = np.where(nonexistent, opens, local) - offset
        return instants, nonexistent, ambiguous & (local < _FAR)

    def day_start(self, days: Instants) -> Instants:
        """Return the first instant of local days, given as days since 1970-01-01.

        A day whose midnight does not exist begins when the clocks have gone forward; a date that a zone left out
        altogether (Apia, 2011-12-30) begins, empty, where the next one begins.
        """
        import numpy as np

        return self.to_utc(np.asarray(days, np.int64) * DAY_US)[0]


def to_utc(local: Instants, zone: str) -> tuple[Instants, Flags, Flags]:
    """Return (instants, nonexistent, ambiguous) of local readings in a zone; see ZoneTable.to_utc."""
    return zone_table(zone).to_utc(local)


def to_local(utc: Instants, zone: str) -> Instants:
    """Return the local readings of instants in a zone; see ZoneTable.to_local."""
    return zone_table(zone).to_local(utc)


def day_start(days: Instants, zone: str) -> Instants:
    """Return the first instants of local days (days since 1970-01-01) in a zone; see ZoneTable.day_start."""
    return zone_table(zone).day_start(days)


@lru_cache(maxsize=64)
def zone_table(zone: str) -> ZoneTable:
    """Build the table of a zone from the system's rules. Raises UnknownName for a zone that does not exist."""
    import numpy as np

    rules = load_zone(zone)
    start, end = FIRST_DAY * 86_400, LAST_DAY * 86_400
    changes = list(_changes(rules, start, end))
    offsets = [_offset(rules, at) for at in (start, *changes)]
    return ZoneTable(zone, np.array(changes, np.int64) * US, np.array(offsets, np.int64) * US)


def load_zone(zone: str) -> ZoneInfo:
    """Return the rules of a zone. Raises UnknownName with the names that come near."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        known = available_timezones()
        if not known:
            raise ClewError("this machine has no time-zone database; install the system package 'tzdata'") from fault
        raise UnknownName("time zone", zone, _near(zone, known) or _EXAMPLES) from fault


def _near(zone: str, known: set[str]) -> list[str]:
    """Names that read like this one, as a whole or by their city."""
    by_folded = {name.rpartition("/")[2].casefold(): name for name in sorted(known)}
    by_folded |= {name.casefold(): name for name in known}
    wanted = zone.strip().replace(" ", "_").casefold()
    return [by_folded[found] for found in difflib.get_close_matches(wanted, by_folded, n=5, cutoff=0.7)]


def _changes(rules: ZoneInfo, start: int, end: int) -> Iterator[int]:
    """Seconds UTC at which the offset changes: probe, then halve the span in which it differs."""
    for before in range(start, end, _PROBE):
        low, high = before, min(before + _PROBE, end)
        if _offset(rules, low) == _offset(rules, high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if _offset(rules, middle) == _offset(rules, before):
                low = middle
            else:
                high = middle
        yield high


def _offset(rules: ZoneInfo, at: int) -> int:
    """Seconds that local time is ahead of UTC at an instant in seconds UTC."""
    moment = datetime.fromtimestamp(at, UTC).astimezone(rules)
    return (moment.utcoffset() or timedelta()) // timedelta(seconds=1)
