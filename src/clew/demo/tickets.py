"""The help desk's log: one row for each change of a ticket.

Planted: second line sends tickets back to first line and gets them again; a resolved ticket closes by itself after
exactly seven days unless the customer objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from clew.demo.firm import Account
from clew.demo.moments import FIRST_DAY, LAST_DAY, Row, about, after, days, known, later, office_time, stream

FIRST_LINE = ("Kaja Immerding", "Ole Vossmark", "Yara Lundmar", "Sem Grotmark")
SECOND_LINE = ("Quirin Abelsen", "Edda Tervoort")
AUTO_CLOSE = days(7)
_TICKETS_PER_YEAR = {"enterprise": 15.0, "mid-market": 7.0, "small": 3.0}
_BY_CUSTOMER = ("opened", "answered", "reopened")
_CHANNELS = ("portal", "email", "phone")
_TOPICS = ("sensor offline", "import failed", "wrong schedule", "user rights", "slow report", "billing question")


@dataclass(frozen=True)
class Change:
    """A ticket took this status at this moment."""

    at: datetime
    status: str
    team: str
    by: str


@dataclass(frozen=True)
class Ticket:
    """One ticket with all its changes, also those beyond the day of the export."""

    account: Account
    contact: str
    channel: str
    topic: str
    changes: tuple[Change, ...]


def ticket_rows(customers: Sequence[tuple[Account, date, date]], seed: int) -> list[Row]:
    """Return the changes of all tickets by time; customers are (account, first day of use, last day of use)."""
    tickets = sorted(
        (ticket for account, begin, end in customers for ticket in _tickets(account, begin, end, seed)),
        key=lambda ticket: (ticket.changes[0].at, ticket.account.id),
    )
    rows = [row for number, ticket in enumerate(tickets, start=1) for row in _rows(f"T-{number:05d}", ticket)]
    return sorted(rows, key=lambda row: (row["changed_at"], row["ticket_id"], int(row["change_no"])))


def _rows(ticket_id: str, ticket: Ticket) -> Iterator[Row]:
    for place, change in enumerate(ticket.changes, start=1):
        if known(change.at):
            yield {
                "ticket_id": ticket_id,
                "change_no": str(place),
                "account_id": ticket.account.id,
                "contact_id": ticket.contact,
                "changed_at": known(change.at),
                "status": change.status,
                "team": change.team,
                "by": change.by,
                "channel": ticket.channel if change.status in _BY_CUSTOMER else "",
                "topic": ticket.topic,
            }


def _tickets(account: Account, begin: date, end: date, seed: int) -> Iterator[Ticket]:
    rng = stream(seed, "tickets", account.id)
    day: date = max(begin, FIRST_DAY)
    while True:
        day += days(1 + int(rng.expovariate(_TICKETS_PER_YEAR[account.segment] / 365)))
        if day > min(end, LAST_DAY):
            return
        changes = tuple(_changes(rng, office_time(rng, day)))
        contact = rng.choice(account.contacts).id
        yield Ticket(account, contact, rng.choice(_CHANNELS), rng.choice(_TOPICS), changes)


def _changes(rng: Random, opened: datetime) -> Iterator[Change]:
    agent = rng.choice(FIRST_LINE)
    yield Change(opened, "opened", "first-line", "")
    at = later(opened, about(rng, 1.2, 0.9))
    yield Change(at, "taken", "first-line", agent)
    last = Change(at, "taken", "first-line", agent)
    for last in _work(rng, at, agent):
        yield last
    while rng.random() < 0.07:
        at = last.at + days(rng.uniform(0.3, 6.5))
        yield Change(at.replace(microsecond=0), "reopened", last.team, "")
        last = Change(later(at, about(rng, 10)), "resolved", last.team, last.by)
        yield last
    if rng.random() < 0.1:
        yield Change(after(rng, last.at, rng.uniform(0.2, 2)), "closed", last.team, "")
    else:
        yield Change(last.at + AUTO_CLOSE, "closed", last.team, "system")


def _work(rng: Random, at: datetime, agent: str) -> Iterator[Change]:
    """Changes from the first look until the ticket is resolved."""
    team, by = "first-line", agent
    if rng.random() < 0.36:
        second = rng.choice(SECOND_LINE)
        at = later(at, about(rng, 3, 0.8))
        yield Change(at, "escalated", "second-line", "")
        while rng.random() < 0.34:
            at = later(at, about(rng, 11, 0.7))
            yield Change(at, "returned", "first-line", second)
            at = later(at, about(rng, 7, 0.7))
            yield Change(at, "escalated", "second-line", agent)
        team, by = "second-line", second
        at = later(at, about(rng, 15, 0.8))
        yield Change(at, "taken", team, by)
    if rng.random() < 0.3:
        at = later(at, about(rng, 2, 0.8))
        yield Change(at, "waiting for customer", team, by)
        at = after(rng, at, about(rng, 2.5, 0.9))
        yield Change(at, "answered", team, "")
    yield Change(later(at, about(rng, 5, 0.9)), "resolved", team, by)
