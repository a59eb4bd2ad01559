"""Lost accounts: how many had given no loud signal, and how early the quiet ones' first small signal came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes, Times
from clew.clock import DAY_US, NEVER
from clew.durations import Duration
from clew.engine.ordered import Mask, first_at_or_after, segment_starts
from clew.questions.collect import each
from clew.questions.lookup import last_at_or_before
from clew.questions.model import TooFew
from clew.questions.words import counted
from clew.signals.measuring.by_account import first_event
from clew.signals.measuring.figures_in_words import interval
from clew.signals.measuring.rates import share_of
from clew.signals.model import Detector
from clew.signals.parts.blind_spots import unsaid
from clew.signals.parts.customers import Spells, spells
from clew.signals.parts.scores import loud
from clew.signals.sight import Sight
from clew.stats.model import Estimate, OpenEstimate
from clew.stats.quantiles import sample_quantile
from clew.stats.survival import MINIMUM_FOR_QUANTILE

Days = NDArray[np.float64]


@dataclass(frozen=True)
class Losses:
    """The lost accounts of a view, each with its first loss.

    lost       whose time of notice before the loss lies within the log      unwatched  the others
    quiet      of the lost, those without a loud signal in that time; share  of the lost
    spoke      of the quiet, those with a small signal of any detector in that time
    days       median days by which the first of those came before the loss
    kept, kept_spoke  customers that are still there, and those of them with a small signal in the same time until now
    blind      what cannot be told; where it is not empty, the figures that need it are None
    """

    notice: Duration
    lost: int
    unwatched: int
    quiet: int | None
    share: Estimate | TooFew | None
    spoke: int | None
    days: OpenEstimate | TooFew | None
    kept: int
    kept_spoke: int
    blind: Sequence[str]


@dataclass(frozen=True)
class _Part:
    """Of one bucket: losses in all and watched ones; which were loud, days of the first small signal (nan: none)."""

    all: int
    loud: Mask
    days: Days
    kept: int
    kept_spoke: int


def losses(sight: Sight, detectors: Sequence[Detector], *, since: int | None = None) -> Losses:
    """Look back from every loss, since an instant where one is given, over the time of notice."""
    notice, blind = sight.meanings.notice, list(_blind(sight))
    if sight.meanings.lost is None:
        return Losses(notice, 0, 0, None, None, None, None, 0, 0, blind)
    parts = list(each(range(len(sight.buckets)), lambda number: _of_bucket(sight, detectors, number, since)))
    is_loud, days = (np.concatenate([getattr(part, name) for part in parts]) for name in ("loud", "days"))
    lost, told = len(is_loud), not blind
    quiet = days[~is_loud]
    return Losses(
        notice,
        lost=lost,
        unwatched=sum(part.all for part in parts) - lost,
        quiet=len(quiet) if told else None,
        share=share_of(len(quiet), lost) if told else None,
        spoke=int((~np.isnan(quiet)).sum()) if told else None,
        days=_median(quiet[~np.isnan(quiet)]) if told else None,
        kept=sum(part.kept for part in parts),
        kept_spoke=sum(part.kept_spoke for part in parts),
        blind=blind,
    )


def in_words(found: Losses) -> list[str]:
    """Say it in sentences."""
    if found.share is None or found.quiet is None:
        return [f"Quiet losses cannot be told: {line}" for line in found.blind]
    sentences = [
        f"{found.quiet:,} of {counted(found.lost, 'lost account')} had given no loud signal in the {found.notice} "
        f"before ({interval(found.share)})."
    ]
    if found.spoke is not None and found.quiet:
        sentences.append(_early(found, found.spoke))
    if found.kept:
        sentences.append(
            f"Of {counted(found.kept, 'customer')} that {'is' if found.kept == 1 else 'are'} still there, "
            f"{found.kept_spoke:,} had a small signal in the last "
            f"{found.notice} ({interval(share_of(found.kept_spoke, found.kept))})."
        )
    if found.unwatched:
        few = counted(found.unwatched, "lost account")
        sentences.append(f"Left out: {few} lost less than {found.notice} after the log begins.")
    return sentences


def _early(found: Losses, spoke: int) -> str:
    head = f"Of the {found.quiet:,} quiet ones {spoke:,} had shown a small signal"
    if found.quiet == 1:
        head = f"The quiet one had {'' if spoke else 'not '}shown a small signal"
    if not spoke:
        return f"{head}." if found.quiet == 1 else f"None of the {found.quiet:,} quiet ones had shown a small signal."
    if found.days is None or isinstance(found.days, TooFew) or found.days.value is None:
        return f"{head}; how long before is not known: {found.days}."
    days, low, high = (
        "?" if end is None else f"{end:,.0f}" for end in (found.days.value, found.days.low, found.days.high)
    )
    return f"{head}, the first of them {days} days before the loss (median, {low} to {high})."


def _of_bucket(sight: Sight, detectors: Sequence[Detector], place: int, since: int | None) -> _Part:
    notice, begin = sight.meanings.notice.micros, first_event(sight)
    thread, at = _first_losses(spells(sight, place))
    asked = at >= since if since is not None else np.ones(len(at), np.bool_)
    watched = asked & (at - notice >= begin)
    kept = _kept(spells(sight, place), sight.as_of - notice)
    spoke = ~np.isnan(_first_small(sight, detectors, place, kept, np.full(len(kept), sight.as_of + 1, np.int64)))
    return _Part(
        all=int(asked.sum()),
        loud=_loud_before(sight, place, thread[watched], at[watched]),
        days=_first_small(sight, detectors, place, thread[watched], at[watched]),
        kept=len(kept),
        kept_spoke=int(spoke.sum()),
    )


def _first_losses(found: Spells) -> tuple[Codes, Times]:
    over = np.flatnonzero(found.until != NEVER)
    first = over[segment_starts(found.thread[over])[:-1]]
    return found.thread[first], found.until[first]


def _kept(found: Spells, since: int) -> Codes:
    """Customers who are still there and were there at an instant."""
    kept: Codes = found.thread[(found.until == NEVER) & (found.since <= since)]
    return kept


def _loud_before(sight: Sight, place: int, thread: Codes, at: Times) -> Mask:
    """Say of each loss whether something loud came in the time of notice before it."""
    bucket, rows = sight.buckets[place], np.flatnonzero(loud(sight, place))
    if not len(rows):
        return np.zeros(len(thread), np.bool_)
    latest = last_at_or_before(bucket.thread[rows], bucket.at[rows], thread, at - 1)
    before: Mask = (latest >= 0) & (bucket.at[rows[latest]] >= at - sight.meanings.notice.micros)
    return before


def _first_small(sight: Sight, detectors: Sequence[Detector], bucket: int, thread: Codes, at: Times) -> Days:
    """Days before each instant at which the first signal within the time of notice came, nan where none did."""
    begin = at - sight.meanings.notice.micros
    first = np.full(len(at), NEVER, np.int64)
    for detector in detectors:
        found = detector.detect(sight, bucket).found
        lo, hi = (np.searchsorted(found.thread, thread, side) for side in ("left", "right"))
        place = first_at_or_after(found.at, lo, hi, begin)
        seen = np.append(found.at, NEVER)[np.where(place < hi, place, len(found))]
        first = np.minimum(first, np.where(seen < at, seen, NEVER))
    return np.where(first < NEVER, (at - first) / DAY_US, np.nan)


def _median(days: Days) -> OpenEstimate | TooFew:
    if len(days) < MINIMUM_FOR_QUANTILE:
        return TooFew(len(days), MINIMUM_FOR_QUANTILE)
    return sample_quantile(days)


def _blind(sight: Sight) -> Iterator[str]:
    if sight.meanings.lost is None:
        yield unsaid("lost", "nobody knows which accounts left")
    if sight.meanings.loud is None and not sight.meanings.scores:
        yield unsaid("loud", "nobody knows which events are complaints")
