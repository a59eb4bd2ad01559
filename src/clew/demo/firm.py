"""The accounts and contacts of the invented firm: Tarnfield Systems sells maintenance planning to manufacturers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from clew.demo import names
from clew.demo.moments import FIRST_DAY, LAST_DAY, Row, about, days, stream, workday

SEGMENTS = ("enterprise", "mid-market", "small")
_SHARES = (26, 36, 38)
_EMPLOYEES = {"enterprise": (1000, 9000), "mid-market": (150, 900), "small": (15, 140)}
_YEARLY_EUR = {"enterprise": 88_000, "mid-market": 27_000, "small": 7_800}
_CONTACTS = {"enterprise": 5, "mid-market": 3, "small": 2}
_ROLES = ("maintenance lead", "plant manager", "IT lead", "buyer", "finance lead")
_MANAGERS = ("Femke Hallvik", "Joris Ekwall", "Silje Rietfeld", "Malte Ostermoor")
_CUSTOMERS_BEFORE = 0.25  # share of accounts that were customers before the first day
_SILENT = 0.1  # share of accounts that fall silent in the last months


@dataclass(frozen=True)
class Contact:
    """A person at an account."""

    id: str
    name: str
    email: str
    role: str


@dataclass(frozen=True)
class Account:
    """A customer or prospect.

    created      day on which the CRM first knew of it
    since        signature day of those who were customers before the first day, else None
    silent_from  day from which nothing is heard of it any more, else None
    """

    id: str
    name: str
    domain: str
    segment: str
    industry: str
    country: str
    employees: int
    yearly_eur: int
    manager: str
    created: date
    since: date | None
    silent_from: date | None
    contacts: tuple[Contact, ...]


def make_accounts(count: int, seed: int) -> list[Account]:
    """Return the accounts in the order of their ids."""
    taken: set[str] = set()
    return [_account(number, seed, taken) for number in range(count)]


def account_rows(accounts: Sequence[Account]) -> list[Row]:
    return [
        {
            "account_id": account.id,
            "company": account.name,
            "segment": account.segment,
            "industry": account.industry,
            "country": account.country,
            "employees": str(account.employees),
            "annual_revenue": str(account.yearly_eur),
            "manager": account.manager,
            "created_on": account.created.isoformat(),
        }
        for account in accounts
    ]


def contact_rows(accounts: Sequence[Account]) -> list[Row]:
    return [
        {
            "contact_id": contact.id,
            "account_id": account.id,
            "full_name": contact.name,
            "email": contact.email,
            "role": contact.role,
        }
        for account in accounts
        for contact in account.contacts
    ]


def _account(number: int, seed: int, taken: set[str]) -> Account:
    rng = stream(seed, "account", number)
    segment = rng.choices(SEGMENTS, _SHARES)[0]
    industry = rng.choice(names.INDUSTRIES)
    name, domain = names.company(rng, industry, taken)
    span = (LAST_DAY - FIRST_DAY).days
    before = rng.random() < _CUSTOMERS_BEFORE
    since = FIRST_DAY - days(rng.randrange(20, 900)) if before else None
    created = since - days(rng.randrange(30, 120)) if since else FIRST_DAY + days(rng.randrange(0, span - 40))
    return Account(
        id=f"A-{1001 + number}",
        name=name,
        domain=domain,
        segment=segment,
        industry=industry,
        country=rng.choice(names.COUNTRIES),
        employees=rng.randint(*_EMPLOYEES[segment]),
        yearly_eur=100 * round(about(rng, _YEARLY_EUR[segment], 0.35) / 100),
        manager=rng.choice(_MANAGERS),
        created=workday(created),
        since=since,
        silent_from=LAST_DAY - days(rng.randrange(50, 130)) if rng.random() < _SILENT else None,
        contacts=_contacts(rng, number, segment, domain),
    )


def _contacts(rng: Random, number: int, segment: str, domain: str) -> tuple[Contact, ...]:
    """A few owners of small firms write from a free-mail address."""
    private = segment == "small" and rng.random() < 0.08
    people = []
    for place in range(_CONTACTS[segment]):
        name = names.person(rng)
        email = names.free_mail(number) if private and place == 0 else names.address(name, domain)
        people.append(Contact(f"P-{1001 + number}-{place + 1}", name, email, _ROLES[place]))
    return tuple(people)
