"""Time until something ends, when some have not ended yet: Kaplan-Meier from counts that can be merged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from clew.stats.distributions import two_sided_z
from clew.stats.model import Counts, Flags, Floats, OpenEstimate, require

# From 6 observations on, the smallest and the largest enclose the median with 95 % (1 - 2 * 0.5**6 = 0.97; 5: 0.94).
MINIMUM_FOR_QUANTILE = 6

_ROUNDING = 1e-12  # a share of one half may come out of the products as 0.5 + 1e-16


@dataclass(frozen=True, eq=False)
class SurvivalCounts:
    """How many stays ended, and how many were still open when last seen, at each distinct duration.

    durations  (k,) int64 >= 0, rising, in one unit throughout (Clew: microseconds, elapsed or working)
    events     (k,) int64 stays that ended at exactly this duration
    censored   (k,) int64 stays that were still open when last seen after this duration
    A partial result: the counts of any split of the stays merge to the counts of all.
    """

    durations: Counts
    events: Counts
    censored: Counts

    @classmethod
    def of(cls, durations: ArrayLike, observed: ArrayLike) -> SurvivalCounts:
        """Count stays by duration.

        durations  (n,) integers >= 0; a duration of 0 is a stay that ended (or was last seen) as it began
        observed   (n,) True where the end was seen, False where the stay was still open
        Raises     ValueError for a negative duration or arrays of different length
        """
        spans = np.asarray(durations, np.int64)
        ended: Flags = np.asarray(observed, np.bool_)
        if spans.shape != ended.shape or spans.ndim != 1:
            raise ValueError(
                f"durations and observed must be two lists of one length, not {spans.shape}, {ended.shape}"
            )
        if spans.size and spans.min() < 0:
            raise ValueError(f"a duration of {spans.min()} is negative; allowed: 0 and above")
        # One sort of plain integers, ends before censorings: many times faster than sorting with a second column.
        packed = np.sort(spans << 1 | ~ended)
        ordered, censored = packed >> 1, packed & 1
        starts = _first_of_each(ordered)
        if not len(starts):
            return cls(ordered, ordered.copy(), ordered.copy())
        left = np.add.reduceat(censored, starts)
        return cls(ordered[starts], np.diff(starts, append=len(ordered)) - left, left)

    @classmethod
    def merged(cls, parts: Iterable[SurvivalCounts]) -> SurvivalCounts:
        """Add counts of separate stays; of no parts, no stays."""
        listed = list(parts)
        if not listed:
            return cls.of([], [])
        if len(listed) == 1:
            return listed[0]
        durations = np.concatenate([part.durations for part in listed])
        order = np.argsort(durations)
        starts = _first_of_each(durations[order])
        if not len(starts):
            return cls.of([], [])
        events, censored = (
            np.add.reduceat(np.concatenate(column)[order], starts)
            for column in ([part.events for part in listed], [part.censored for part in listed])
        )
        return cls(durations[order][starts], events, censored)

    def merge(self, *others: SurvivalCounts) -> SurvivalCounts:
        """Add the counts of other stays to these."""
        return self.merged([self, *others])

    @property
    def n(self) -> int:
        """Number of stays."""
        return int(self.events.sum() + self.censored.sum())

    @property
    def ended(self) -> int:
        """Number of stays whose end was seen."""
        return int(self.events.sum())

    @property
    def at_risk(self) -> Counts:
        """(k,) stays that lasted at least as long as each duration."""
        leaving = self.events + self.censored
        at_risk: Counts = np.cumsum(leaving[::-1])[::-1]
        return at_risk

    def finished(self) -> Counts:
        """(m,) durations of the stays that ended, rising: all that --finished-only looks at; biased to the short."""
        return np.repeat(self.durations, self.events)


@dataclass(frozen=True, eq=False)
class SurvivalCurve:
    """The share of stays that last longer than each duration.

    durations         (k,) int64, the distinct durations of the counts
    share, low, high  (k,) 0..1; share never rises
    at_risk           (k,) stays that lasted at least as long
    n, ended          stays, and stays whose end was seen
    level             coverage of low..high at each single duration
    """

    durations: Counts
    share: Floats
    low: Floats
    high: Floats
    at_risk: Counts
    n: int
    ended: int
    level: float

    def share_at(self, duration: int) -> float:
        """Return the share of stays that last longer than a duration; beyond the longest one seen, the last share."""
        row = int(np.searchsorted(self.durations, duration, side="right")) - 1
        return float(self.share[row]) if row >= 0 else 1.0

    def quantile(self, q: float) -> OpenEstimate:
        """Estimate the duration by which a share q of stays has ended (0.5: the median; 0.9: P90).

        q        0 < q < 1
        Returns  the first duration at which the curve has come down to 1 - q, in the unit of the durations, with the
                 first durations at which the lower and the upper band have: None where one does not come down so far
        Raises   NotEnoughData below MINIMUM_FOR_QUANTILE stays
        Source   Brookmeyer & Crowley (1982), Biometrics 38, on the log-log scale
        Not for  q far beyond the share that has ended: the answer is then None, not an extrapolation
        """
        if not 0 < q < 1:
            raise ValueError(f"quantile {q!r} is none; allowed: between 0 and 1, as 0.9")
        require(self.n, MINIMUM_FOR_QUANTILE, "stays")
        value, low, high = (self._comes_down(line, 1 - q) for line in (self.share, self.low, self.high))
        return OpenEstimate(value, low, high, self.n, self.level)

    def _comes_down(self, line: Floats, to: float) -> float | None:
        down = line <= to + _ROUNDING
        row = int(down.argmax())
        return float(self.durations[row]) if down[row] else None


def kaplan_meier(counts: SurvivalCounts, level: float = 0.95) -> SurvivalCurve:
    """Estimate the share of stays that last longer than each duration, from stays of which some are still open.

    counts   stays by duration; at a tie, ends come before censorings, as is usual
    level    coverage of the interval, 0 < level < 1
    Returns  one row per distinct duration. Before the first end the band is [1, 1]; where everyone has left, the
             share is 0, its lower limit 0 and its upper limit that of the end before
    Raises   NotEnoughData without any stay
    Assumes  that a stay still open would have gone on like the others of its length (censoring tells nothing)
    Source   Kaplan & Meier (1958), JASA 53; interval: exponential Greenwood ("log-log"), Kalbfleisch & Prentice (1980)
    Not for  ends that compete (won or lost): it says how long a stay lasts, not how it ends
    """
    require(counts.n, 1, "stays")
    at_risk, events = counts.at_risk, counts.events
    share: Floats = np.cumprod(1 - events / at_risk, dtype=np.float64)
    low, high = _log_log_band(share, events, at_risk, z=two_sided_z(level))
    return SurvivalCurve(counts.durations, share, low, high, at_risk, counts.n, counts.ended, level)


def _first_of_each(ordered: Counts) -> Counts:
    """Rows at which a new number begins."""
    new = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return np.flatnonzero(new)


def _log_log_band(share: Floats, events: Counts, at_risk: Counts, *, z: float) -> tuple[Floats, Floats]:
    low, high = np.ones((2, len(share)))
    gone = int(np.count_nonzero(share > 0))  # the share never rises, so rows with 0 < share < 1 lie together
    inside = slice(int(np.count_nonzero(share >= 1)), gone)
    leaving, facing = events[inside], at_risk[inside]
    spread = np.sqrt(np.cumsum(leaving / (facing * (facing - leaving).astype(np.float64))))
    log_share = np.log(share[inside])
    apart = z * spread / log_share
    low[inside] = np.exp(log_share * np.exp(-apart))
    high[inside] = np.exp(log_share * np.exp(apart))
    low[gone:] = 0.0
    high[gone:] = high[gone - 1] if gone else 1.0
    return low, high
