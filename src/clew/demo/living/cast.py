"""Who lives on: accounts, people and open matters, read from the exports of the sample firm."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clew.files.replace import replace_file

LIVED = Path("truth") / "lived.json"
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
    says         what the CRM tells of it, where it is new; {} where the exports did
    """

    id: str
    company: str
    tenant: str
    org: str
    owner: str
    members: Sequence[Member]
    says: Mapping[str, str | int] = field(default_factory=dict)


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
    lived = read_lived(folder)
    done = {**_onboardings(exports), **lived}
    gone = {row["account_id"] for row in _rows(exports / "contracts.csv") if row["cancelled_on"]}
    prospects = set(_prospects(exports))
    here = [one for one in everybody.values() if one.id not in gone]
    return Cast(
        customers=[one for one in here if one.tenant and one.org],
        prospects=[one for one in here if one.id in prospects and one.id not in lived],
        onboarding={account: steps for account, steps in done.items() if account in everybody and steps < len(ORDER)},
        everybody=everybody,
    )


def read_lived(folder: Path) -> dict[str, int]:
    """How many steps of onboardings an earlier demo in this folder has told of, by account."""
    path = folder / LIVED
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}


def write_lived(folder: Path, lived: Mapping[str, int]) -> None:
    """Keep it for the next demo in this folder."""
    replace_file(folder / LIVED, json.dumps(lived))


def _prospects(exports: Path) -> Iterator[str]:
    for row in _rows(exports / "deals.csv"):
        if not row["won_on"] and not row["lost_on"]:
            yield row["account_id"]


def _onboardings(exports: Path) -> dict[str, int]:
    """How many steps each onboarding has done, by account."""
    done = {row["account_id"]: 1 for row in _rows(exports / "deals.csv") if row["won_on"]}
    for row in _rows(exports / "onboarding.csv"):
        if row["event"] in ORDER and row["account_id"] in done:
            done[row["account_id"]] = max(done[row["account_id"]], ORDER.index(row["event"]) + 1)
    return dict(sorted(done.items()))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows that can be read: exports hold a few that cannot."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if None not in row and None not in row.values():
                yield row
