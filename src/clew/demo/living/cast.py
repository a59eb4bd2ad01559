"""Who lives on: accounts, people and open matters, read from the exports of the sample firm."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ORDER = (  # steps of an onboarding, in the order in which they mostly come
    "deal won",
    "handoff sent",
    "handoff accepted",
    "kickoff held",
    "data received",
    "set-up started",
    "set-up finished",
    "training held",
    "went live",
    "first plan in use",
)


@dataclass(frozen=True)
class Member:
    """A person at an account."""

    id: str
    name: str
    email: str
    role: str


@dataclass(frozen=True)
class Customer:
    """An account and the ids by which the tools know it.

    tenant, org  "" where product or service desk do not know it yet
    owner        person inside the firm
    """

    id: str
    company: str
    tenant: str
    org: str
    owner: str
    members: Sequence[Member]


@dataclass(frozen=True)
class Cast:
    """Who may appear.

    customers   that use the product
    prospects   accounts with a deal that is neither won nor lost
    onboarding  account -> steps that were done already, for onboardings that go on
    everybody   by account id
    """

    customers: Sequence[Customer]
    prospects: Sequence[Customer]
    onboarding: Mapping[str, int]
    everybody: Mapping[str, Customer]


def read_cast(folder: Path) -> Cast:
    """Read it from the exports of a sample firm."""
    exports = folder / "exports"
    members: dict[str, list[Member]] = {}
    for row in _rows(exports / "contacts.csv"):
        one = Member(row["contact_id"], row["full_name"], row["email"], row["role"])
        members.setdefault(row["account_id"], []).append(one)
    everybody = {
        row["account_id"]: Customer(
            row["account_id"], row["company"], row["tenant"], row["desk_org"], row["owner"], members[row["account_id"]]
        )
        for row in _rows(exports / "accounts.csv")
        if members.get(row["account_id"])
    }
    gone = {row["account_id"] for row in _rows(exports / "contracts.csv") if row["cancelled_on"]}
    here = [one for one in everybody.values() if one.id not in gone]
    return Cast(
        customers=[one for one in here if one.tenant and one.org],
        prospects=[one for one in here if one.id in set(_prospects(exports))],
        onboarding={account: done for account, done in _onboardings(exports).items() if account in everybody},
        everybody=everybody,
    )


def _prospects(exports: Path) -> Iterator[str]:
    for row in _rows(exports / "deals.csv"):
        if not row["won_on"] and not row["lost_on"]:
            yield row["account_id"]


def _onboardings(exports: Path) -> dict[str, int]:
    """How many steps each onboarding has done that was begun and has not come to its end."""
    done = {row["account_id"]: 1 for row in _rows(exports / "deals.csv") if row["won_on"]}
    for row in _rows(exports / "onboarding.csv"):
        if row["event"] in ORDER and row["account_id"] in done:
            done[row["account_id"]] = max(done[row["account_id"]], ORDER.index(row["event"]) + 1)
    return {account: steps for account, steps in sorted(done.items()) if steps < len(ORDER)}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows that can be read: exports hold a few that cannot."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if None not in row and None not in row.values():
                yield row
