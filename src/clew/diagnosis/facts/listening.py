"""Facts about how customers are heard and served: scores, self-service, deals without sales, invoices."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE
from clew.clock import NEVER
from clew.diagnosis.facts.accounts import in_year
from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.words import clustered_share, plain_share, share_fact, shown, unknown
from clew.diagnosis.model import Fact, Measure
from clew.questions.collect import each
from clew.questions.words import counted, listed
from clew.signals.sight import Sight

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]
SALES = "sales"
INVOICES, SENT, DISPUTED = "invoice", ("sent", "issued"), ("disput", "contest")


def listening_facts(base: Base) -> Iterator[Fact]:
    """Yield survey-coverage, self-service-share, sales-free-share and disputed-invoices."""
    yield survey_coverage(base)
    yield self_service_share(base)
    yield sales_free_share(base)
    yield disputed_invoices(base)


def survey_coverage(base: Base) -> Fact:
    """The share of customers that gave a score in a year."""
    name, scores = "survey-coverage", base.sight.meanings.scores
    if not scores:
        return unknown(name, Measure.SHARE, "meanings.yaml names no score (scores).")
    asked, gave = int(base.asked.sum()), int((base.asked & base.accounts.scored).sum())
    words = f"{{share}} of {base.noun} gave a score ({listed(sorted(scores))}) in the last 12 months."
    return share_fact(name, gave, asked, words, n_of=base.noun)


def self_service_share(base: Base) -> Fact:
    """The share of the year's events that nobody of the firm took part in."""
    name, names, accounts = "self-service-share", base.sight.view.names, base.accounts
    if not len(names["user"]) and not len(names["team"]):
        missing = "no event names a user or a team, so nobody can say who took part; map 'by' or 'team' in a source."
        return unknown(name, Measure.SHARE, missing)
    bare, events = accounts.bare.astype(np.float64), accounts.events.astype(np.float64)
    words = "{share} of events in the last 12 months name neither a user nor a team of the firm."
    return clustered_share(name, bare, events, words, n_of="events", see=shown(base.sight, "coverage"))


def sales_free_share(base: Base) -> Fact:
    """The share of the year's new customers whom no touch of a sales team came before."""
    name, accounts = "sales-free-share", base.accounts
    if not base.says_customers:
        missing = "meanings.yaml does not say what makes an account a customer (customers)."
        return unknown(name, Measure.SHARE, missing)
    teams = [team for team in base.sight.view.names["team"].texts() if SALES in team.casefold()]
    if not teams:
        return unknown(name, Measure.SHARE, f"no team of the log bears '{SALES}' in its name.")
    won = accounts.known & (accounts.since != NEVER) & in_year(base.sight, accounts.since)
    met, before = np.zeros((2, len(accounts)), np.bool_)
    for place, early in each(range(len(base.sight.buckets)), lambda number: _sold_to(base, number, teams)):
        met[place] = True
        before[place[early]] = True
    if not met.any():
        missing = f"no touch of a sales team is recorded ({listed(sorted(teams))}), only its deals."
        return unknown(name, Measure.SHARE, missing)
    words = (
        f"{{share}} of accounts that became customers in the last 12 months had no touch of a sales team before "
        f"({listed(sorted(teams))}; a touch names a channel or a contact, the deal itself does not count)."
    )
    n = int(won.sum())
    return share_fact(name, int((won & ~before).sum()), n, words, n_of="new customers of the year")


def disputed_invoices(base: Base) -> Fact:
    """Disputes for every invoice sent, told by the names of events."""
    name = "disputed-invoices"
    sent, disputed = (_named(base.sight, INVOICES, words) for words in (SENT, DISPUTED))
    if not sent or not disputed:
        missing = f"no event names tell of invoices sent and disputed ('{INVOICES} sent', '{INVOICES} disputed')."
        return unknown(name, Measure.SHARE, missing)
    of_sent, of_disputed = (_by_account(base, names) for names in (sent, disputed))
    words = (
        f"{{share}} of invoices were disputed in the last 12 months ({listed(disputed)} against {listed(sent)}, "
        "taken by the names of events)."
    )
    return clustered_share(name, np.minimum(of_disputed, of_sent), of_sent, words, n_of="invoices")


def rejected_rows(base: Base) -> Fact:
    """The share of rows that could not be used."""
    name = "rejected-rows"
    read, rejected = (sum(getattr(each, key) for each in base.rejected) for key in ("read", "rejected"))
    if not read:
        return unknown(name, Measure.SHARE, "nothing tells how many rows were read; run 'clew load'.")
    worst = sorted((each for each in base.rejected if each.rejected), key=lambda each: (-each.rejected, each.source))
    where = f"; most in {listed([each.source for each in worst], 3)}" if worst else ""
    words = f"{{share}} of {counted(read, 'row')} read by the last loads could not be used ({rejected:,}){where}."
    return plain_share(name, rejected, read, words, n=read, n_of="rows read", see=shown(base.sight, "coverage"))


def _sold_to(base: Base, number: int, teams: list[str]) -> tuple[Rows, Mask]:
    """Touches of sales teams: row in the table of accounts, and whether it was no customer before."""
    bucket, dictionary = base.sight.buckets[number], base.sight.view.names["team"]
    of_sales = np.zeros(len(dictionary) + 1, np.bool_)
    of_sales[[dictionary.code(team) for team in teams]] = True
    touch = of_sales[bucket.team] & ((bucket.channel != NO_CODE) | (bucket.contact != NO_CODE))
    touch &= ~base.sight.happens(number, base.sight.meanings.customers)
    rows = np.flatnonzero(touch)
    place = base.place[bucket.thread[rows]]
    return place, np.asarray(bucket.at)[rows] <= base.accounts.since[place]


def _named(sight: Sight, what: str, words: tuple[str, ...]) -> list[str]:
    """Events whose name holds a word and one of some others."""
    names = sight.view.names["event"].texts()
    return sorted(n for n in names if what in n.casefold() and any(word in n.casefold() for word in words))


def _by_account(base: Base, names: list[str]) -> NDArray[np.float64]:
    """Count the year's events of these names by account."""
    sight = base.sight

    def of_bucket(number: int) -> Rows:
        bucket = sight.buckets[number]
        kept = sight.terms.named(tuple(names))[bucket.event] & in_year(sight, bucket.at)
        return np.asarray(bucket.thread)[kept].astype(np.int64)

    return base.by_account(np.concatenate(list(each(range(len(sight.buckets)), of_bucket))))
