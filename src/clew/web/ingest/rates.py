"""How many events a key may send in a second, in this process."""

from __future__ import annotations

import math

from clew.web.ingest.limits import BURST_S


class Rates:
    """A bucket of tokens for each key; a batch is let in while there are any, and may leave a debt.

    per_second  events; 0: no limit
    """

    def __init__(self, per_second: int) -> None:
        self._per_second, self._burst = per_second, per_second * BURST_S
        self._buckets: dict[int, tuple[float, float]] = {}  # key -> (tokens, moment)

    def take(self, key: int, events: int, now_s: float) -> int | None:
        """Take what a request costs; return None, or after how many whole seconds to come again.

        now_s  seconds of a clock that never goes back
        """
        if not self._per_second:
            return None
        tokens, before = self._buckets.get(key, (float(self._burst), now_s))
        tokens = min(self._burst, tokens + (now_s - before) * self._per_second)
        is_in_debt = tokens <= 0
        self._buckets[key] = (tokens if is_in_debt else tokens - max(events, 1), now_s)
        return max(1, math.ceil(-tokens / self._per_second)) if is_in_debt else None
