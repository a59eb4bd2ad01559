"""Facts about where revenue comes from and where it is at risk: existing business, concentration, renewals, stalls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE, UNIT, Codes
from clew.diagnosis.facts.accounts import in_year
from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.journeys_at_stake import Stake
from clew.diagnosis.facts.unheard import unheard
from clew.diagnosis.facts.words import (
    bounds,
    clustered_share,
    plain_share,
    share_estimated,
    shown,
    too_few,
    unknown,
)
from clew.diagnosis.model import Fact, Measure
from clew.engine.amounts import total
from clew.errors import NotEnoughData
from clew.questions.collect import each
from clew.questions.words import count, counted, share
from clew.stats.resampling import share_of_sums

Values = NDArray[np.int64]
Figures = NDArray[np.float64]
LARGEST = 20


def growth_facts(base: Base, stakes: Mapping[str, Stake]) -> Iterator[Fact]:
    """Yield existing-business-share, revenue-in-top-20, renewal-rate and stalled-revenue."""
    yield existing_business_share(base)
    yield revenue_in_top_20(base)
    yield renewal_rate(base)
    yield stalled_revenue(base, stakes)


def existing_business_share(base: Base) -> Fact:
    """Renewals and extensions as a share of the yearly value signed in a year, first deals included."""
    name, means = "existing-business-share", base.sight.meanings
    lacking = [key for key in ("customers", "renewed", "expanded") if getattr(means, key) is None]
    heard = [key for key in ("renewed", "expanded") if key not in lacking and not unheard(base.sight, key)]
    if "customers" in lacking or len(lacking) == 2:
        missing = f"meanings.yaml does not say which events mean: {', '.join(lacking)}."
        return unknown(name, Measure.SHARE, missing)
    if gap := unheard(base.sight, "customers", *(() if heard else ("renewed", "expanded"))):
        return unknown(name, Measure.SHARE, gap)
    won = _signed(base)
    existing, whole = won.existing, won.first + won.existing
    if not whole.any():
        missing = "no first deal, renewal or extension of the last 12 months has a value, nor its account a yearly one."
        return unknown(name, Measure.SHARE, missing)
    words = (
        "{share} of the yearly value signed in the last 12 months were renewals and extensions, the others first deals "
        f"({count(existing.sum())} of {count(whole.sum())} {base.sight.firm.currency})"
    )
    words += f"; {won.without:,} events without a value are left out." if won.without else "."
    growth = float(won.first.sum() + won.extended.sum())
    if growth and "expanded" in heard:
        words += f" Of growth alone, first deals and extensions, extensions were {share(won.extended.sum() / growth)}."
    silent = [key for key in ("renewed", "expanded") if key not in heard]
    words += f" Not told by meanings.yaml or the log, so not counted: {silent[0]}." if silent else ""
    n = int((whole > 0).sum())
    try:
        return share_estimated(name, share_of_sums(existing, whole), words, n=n, n_of="accounts with new value")
    except NotEnoughData as lack:
        return too_few(name, Measure.SHARE, lack, n_of="accounts with new value")


def revenue_in_top_20(base: Base) -> Fact:
    """The share of the known yearly revenue that the twenty largest customers bring."""
    name = "revenue-in-top-20"
    if not base.says_revenue:
        return unknown(name, Measure.SHARE, no_revenue(base))
    revenue = base.accounts.revenue[base.asked]
    known = np.sort(np.maximum(revenue[revenue != NO_VALUE], 0))[::-1]
    if not known.any():
        return unknown(name, Measure.SHARE, f"of none of the {base.noun} the yearly revenue is known.")
    top, whole = float(total(known[:LARGEST])), float(total(known))
    words = (
        f"The {min(LARGEST, len(known))} largest of {len(known):,} {base.noun} with a known revenue bring {{share}} of "
        f"{count(whole / UNIT)} {base.sight.firm.currency} a year"
        + (f"; of {len(revenue) - len(known):,} it is unknown." if len(known) < len(revenue) else ".")
    )
    return plain_share(name, top, whole, words, n=len(known), n_of=f"{base.noun} with a known revenue")


def renewal_rate(base: Base) -> Fact:
    """The share of the year's decisions, to renew or to leave, that were renewals."""
    name, means = "renewal-rate", base.sight.meanings
    lacking = [key for key in ("renewed", "lost") if getattr(means, key) is None]
    if lacking:
        return unknown(name, Measure.SHARE, f"meanings.yaml does not say which events mean: {', '.join(lacking)}.")
    if gap := unheard(base.sight, "renewed", "lost"):
        return unknown(name, Measure.SHARE, gap)
    renewed, lost = (_happened(base, key) for key in ("renewed", "lost"))
    words = f"{{share}} of decisions in the last 12 months were renewals; {count(lost.sum())} were losses."
    return clustered_share(name, renewed, renewed + lost, words, n_of="decisions")


def stalled_revenue(base: Base, stakes: Mapping[str, Stake]) -> Fact:
    """The share of the revenue with an open run whose run stands still."""
    name, see = "stalled-revenue", shown(base.sight, "stalled")
    if not base.says_revenue:
        return unknown(name, Measure.SHARE, no_revenue(base), see)
    nobody = np.zeros(len(base.accounts), np.bool_)
    normed = np.logical_or.reduce([nobody, *(stake.normed for stake in stakes.values())])
    stalled = np.logical_or.reduce([nobody, *(stake.stalled for stake in stakes.values())])
    bare = sum(len(stake.thread) - stake.judged for stake in stakes.values())
    if bare and not normed.any():
        return unknown(name, Measure.SHARE, f"no norm is known for {counted(bare, 'open run')}.", see)
    revenue = np.maximum(base.accounts.revenue, 0) // UNIT
    whole, part = (revenue * normed).astype(np.float64), (revenue * stalled).astype(np.float64)
    try:
        found = share_of_sums(part, whole)
    except NotEnoughData as lack:
        return too_few(name, Measure.SHARE, lack, n_of="accounts with an open run and a known revenue", see=see)
    currency = base.sight.firm.currency
    words = (
        f"Of {count(whole.sum())} {currency} a year of accounts with an open run whose norm is known, "
        f"{count(part.sum())} {currency} ({share(found.value)} {bounds(found)}, n {found.n:,} accounts) stand still "
        "beyond it."
    )
    return Fact(
        name, Measure.SHARE, found.value, found.n, "accounts with an open run", words, see, found.low, found.high
    )


def no_revenue(base: Base) -> str:
    """Say what is missing where no yearly revenue is known."""
    attribute = base.sight.meanings.revenue
    if attribute is None:
        return "meanings.yaml does not say what an account brings a year (revenue: {attribute: ...})."
    return f"the attribute '{attribute}', named as revenue in meanings.yaml, holds no number for any account."


def _happened(base: Base, key: str) -> Figures:
    """Count for each account how often something happened in the year."""
    sight, condition = base.sight, getattr(base.sight.meanings, key)

    def of_bucket(number: int) -> Values:
        bucket = sight.buckets[number]
        happened = sight.happens(number, condition) & in_year(sight, bucket.at)
        return np.asarray(bucket.thread)[happened].astype(np.int64)

    return base.by_account(np.concatenate(list(each(range(len(sight.buckets)), of_bucket))))


@dataclass(frozen=True)
class Signed:
    """Value signed in the year in whole units, (a,) by account: of first deals, of renewals and extensions, of the
    latter extensions alone; number of events without a value.
    """

    first: Figures
    existing: Figures
    extended: Figures
    without: int


def _signed(base: Base) -> Signed:
    """Add up what was signed in the year.

    An event counts with its own value; a first deal or a renewal without one with what its account brings a year.
    Sources often tell of one deal by several events: of several names at the first instant the one of the most value
    counts, and what makes a customer one again is neither.
    """
    sight, without = base.sight, 0
    first, existing, extended = np.zeros((3, len(base.accounts)))
    for number, bucket in enumerate(sight.buckets):
        place, at = base.place[bucket.thread], np.asarray(bucket.at)
        is_expansion = sight.happens(number, sight.meanings.expanded)
        is_existing = sight.happens(number, sight.meanings.renewed) | is_expansion
        is_first = sight.happens(number, sight.meanings.customers) & (at == base.accounts.since[place]) & ~is_existing
        rows = np.flatnonzero((is_first | is_existing) & in_year(sight, at))
        value = np.asarray(bucket.value)[rows]
        yearly = np.where(is_expansion[rows], NO_VALUE, base.accounts.revenue[place[rows]])
        told = ~is_first[rows] | (value != NO_VALUE)
        told |= ~np.isin(place[rows], place[rows[is_first[rows] & told]])  # no event of its first deal has a value
        rows, value = rows[told], np.where(value == NO_VALUE, yearly, value)[told]
        known = value != NO_VALUE
        without += int((~known).sum())
        rows, value = rows[known], np.maximum(value[known], 0) // UNIT
        chosen = is_first[rows]
        first += _largest(place[rows[chosen]], bucket.event[rows[chosen]], value[chosen], len(first))
        existing += np.bincount(place[rows[~chosen]], value[~chosen], minlength=len(existing))
        more = is_expansion[rows] & ~chosen
        extended += np.bincount(place[rows[more]], value[more], minlength=len(extended))
    return Signed(first, existing, extended, without)


def _largest(place: Values, event: Codes, value: Values, size: int) -> Figures:
    """(size,) of the sums of value of each event the largest of each place."""
    found, events = np.zeros(size), int(event.max(initial=0)) + 1
    pair, of = np.unique(place.astype(np.int64) * events + event, return_inverse=True)
    np.maximum.at(found, pair // events, np.bincount(of, value, minlength=len(pair)))
    return found
