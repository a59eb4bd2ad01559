"""Facts about how complex the firm's customers are: how many, how many people, touches, channels, systems, ways."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE
from clew.clock import DAY_US, NEVER
from clew.diagnosis.facts.accounts import YEAR_US, in_year
from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.reach import Reach, last_year, whole_log
from clew.diagnosis.facts.unheard import unheard
from clew.diagnosis.facts.words import count_fact, median_fact, most_of, shown, shown_of_accounts, unknown
from clew.diagnosis.model import Fact, Measure
from clew.questions.collect import each, gather
from clew.questions.ground import Ground
from clew.questions.model import Query
from clew.questions.over import Over
from clew.questions.variants import together, ways
from clew.questions.words import counted, listed

Values = NDArray[np.int64]
SEEN_ENOUGH_US = 90 * DAY_US  # accounts known for less time have no touches a year to speak of
IN_USE = 0.01  # a channel is in use that carries at least this part of the year's touches
MOST_RUNS = 0.8
FEWEST_RUNS = 20


def shape_facts(base: Base) -> Iterator[Fact]:
    """Yield the counts and medians of customers, contacts, touches, channels, systems, teams, and path-variety."""
    yield customers(base)
    yield contacts_per_account(base)
    yield touches_per_account_year(base)
    yield channels(base)
    yield systems(base)
    yield teams_per_account(base)
    yield path_variety(base)


def customers(base: Base) -> Fact:
    """Count those who are customers now."""
    accounts, see = base.accounts, shown(base.sight, "runs")
    now, known = int(accounts.customers.sum()), int(accounts.known.sum())
    if not known:
        return unknown("customers", Measure.COUNT, "no event belongs to a known account; map 'account' in a source.")
    if not base.says_customers:
        words = (
            f"{counted(known, 'account')} have events; meanings.yaml does not say what makes one a customer "
            "(customers), so every one counts."
        )
        return count_fact("customers", now, words, n=known, n_of="accounts with events", see=see)
    if gap := unheard(base.sight, "customers"):
        return unknown("customers", Measure.COUNT, gap)
    ever = int((accounts.known & (accounts.since != NEVER)).sum())
    left = f"{ever - now:,} of the {ever:,} that ever were have left" if base.sight.meanings.lost else ""
    words = f"{counted(now, 'account')} of {known:,} with events {'is a customer' if now == 1 else 'are customers'}"
    words += f"; {left}." if left else "; meanings.yaml does not say when one leaves (lost), so none has."
    return count_fact("customers", now, words, n=known, n_of="accounts with events", see=see)


def contacts_per_account(base: Base) -> Fact:
    """The median number of people outside who took part in a year."""
    name, of, see = "contacts-per-account", base.accounts.contacts, shown_of_accounts(base.sight, "touches", "--whole")
    if not of.any():
        return unknown(
            name, Measure.NUMBER, "no event of the last 12 months names a contact; map 'contact' in a source."
        )
    known = base.asked & (of > 0)
    rest = int((base.asked & (of == 0)).sum())
    words = (
        f"Half of the {base.noun} of whom a contact is known had {{median}} different contacts or more in 12 months"
        + (f"; of {rest:,} further ones no contact is known." if rest else ".")
    )
    return median_fact(name, of[known], words, n_of=f"{base.noun} with a contact", see=see)


def touches_per_account_year(base: Base) -> Fact:
    """The median number of touches a year, of accounts seen for a quarter at least."""
    name, accounts = "touches-per-account-year", base.accounts
    see = shown_of_accounts(base.sight, "touches", "--whole")
    if not accounts.touches.any():
        missing = "no event of the last 12 months names a channel or a contact, so none is a touch."
        return unknown(name, Measure.NUMBER, missing)
    begin = np.maximum(accounts.first, _first_event(base))
    exposed = np.minimum(base.sight.as_of - begin, YEAR_US)
    old = base.asked & (exposed >= SEEN_ENOUGH_US)
    a_year = accounts.touches[old] * (YEAR_US / exposed[old])
    words = (
        f"Half of the {base.noun} seen for 90 days or more had {{median}} touches a year or more "
        "(events that name a channel or a contact)."
    )
    return median_fact(name, np.round(a_year, 6), words, n_of=f"{base.noun} seen for 90 days", see=see)


def channels(base: Base) -> Fact:
    """Count the channels in use."""
    see = shown_of_accounts(base.sight, "touches", "--whole --by channel")
    used = _year_counts(base, "channel")
    total = int(used.sum())
    if not total:
        missing = "no event of the last 12 months names a channel; map 'channel' in a source."
        return unknown("channels", Measure.COUNT, missing)
    texts = base.sight.view.names["channel"]
    ranked = sorted(((-int(n), texts.text(code)) for code, n in enumerate(used.tolist()) if n >= IN_USE * total))
    words = (
        f"{counted(len(ranked), 'channel')} carried 1 % or more of the {total:,} touches of the last 12 months that "
        f"name one: {listed([text for _, text in ranked])}."
    )
    return count_fact("channels", len(ranked), words, n=total, n_of="touches with a channel", see=see)


def systems(base: Base) -> Fact:
    """Count the sources that told of events in the year, and say how many kinds of id they use."""
    told = _year_counts(base, "source")
    n, kinds = int((told > 0).sum()), base.kinds
    words = (
        f"{counted(n, 'source')} told of events in the last 12 months; "
        f"{'it names' if n == 1 else 'they name'} accounts by {counted(len(kinds), 'kind')} of id ({listed(kinds)})."
        if kinds
        else f"{counted(n, 'source')} told of events in the last 12 months; none names an account."
    )
    return count_fact("systems", n, words, n=int(told.sum()), n_of="events of the last 12 months", see="clew check")


def teams_per_account(base: Base) -> Fact:
    """The median number of teams that took part in a year."""
    name, of = "teams-per-account", base.accounts.teams
    if not of.any():
        return unknown(name, Measure.NUMBER, "no event of the last 12 months names a team; map 'team' in a source.")
    met = base.asked & (of > 0)
    words = f"Half of the {base.noun} that any team took part with saw {{median}} different teams or more in 12 months."
    see = shown_of_accounts(base.sight, "touches", "--whole")
    return median_fact(name, of[met], words, n_of=f"{base.noun} with a team", see=see)


def path_variety(base: Base) -> Fact:
    """Count the ways that eight in ten runs take, in the journey with the most."""
    name, reach = "path-variety", last_year(base.sight)
    found = _varieties(base, reach)
    if not found:
        reach = whole_log()
        found = _varieties(base, reach)
    if not found:
        missing = f"no journey has {FEWEST_RUNS} runs; write or load one."
        return unknown(name, Measure.NUMBER, missing)
    needed, journey, runs, distinct = max(found, key=lambda each: (each[0], each[2]))
    words = (
        f"In '{journey}' eight in ten of {counted(runs, 'run')} ({reach.begun}) take {counted(needed, 'way')} "
        f"through the stages{most_of(len(found))}; {counted(distinct, 'different one occurs', 'different ones occur')}."
    )
    see = shown(base.sight, "variants", journey, reach.option("from"))
    return Fact(name, Measure.NUMBER, float(needed), runs, "runs", words, see)


def _varieties(base: Base, reach: Reach) -> list[tuple[int, str, int, int]]:
    """(ways that eight in ten runs take, journey, runs, different ways) of each journey with runs enough."""
    found = []
    for journey, ground in base.sight.journeys.items():
        count = _ways(ground, reach)
        runs = int(count.sum())
        if runs >= FEWEST_RUNS:
            needed = int(np.searchsorted(np.cumsum(count), MOST_RUNS * runs)) + 1
            found.append((needed, journey, runs, len(count)))
    return found


def _ways(ground: Ground, reach: Reach) -> Values:
    """Runs of each way through the stages, falling."""
    over = Over(ground, "stages")
    taken = together(gather(ground, Query("variants", period=reach.period), over.level, ways(over))[()])
    return np.sort(taken.count)[::-1]


def _year_counts(base: Base, column: str) -> Values:
    """Events of the year by code of a column, those without one left out."""
    sight = base.sight

    def of_bucket(number: int) -> Values:
        bucket = sight.buckets[number]
        codes = np.asarray(getattr(bucket, column))[in_year(sight, bucket.at)].astype(np.int64)
        return np.bincount(codes[codes != NO_CODE])

    parts = list(each(range(len(sight.buckets)), of_bucket))
    total = np.zeros(max((len(part) for part in parts), default=0), np.int64)
    for part in parts:
        total[: len(part)] += part
    return total


def _first_event(base: Base) -> int:
    """Instant of the first event of the log."""
    return int(base.accounts.first.min(initial=base.sight.as_of))
