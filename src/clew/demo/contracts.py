"""Contracts with their renewal dates, one row a term of twelve months, and the portal's log-ins.

Planted: a renewal without a usage review before it is lost twice as often; silent accounts stop logging in; the dates
of the newest terms lie after the day of the export.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from clew.demo.firm import Account
from clew.demo.moments import FIRST_DAY, LAST_DAY, Row, days, known, office_time, stream, workday

_REVIEWED = {"enterprise": 0.9, "mid-market": 0.7, "small": 0.45}
_DAYS_BETWEEN_LOGINS = {"enterprise": 3.5, "mid-market": 6.0, "small": 11.0}
_PRODUCTS = {"enterprise": "Plan Enterprise", "mid-market": "Plan Pro", "small": "Plan Basic"}


@dataclass(frozen=True)
class Term:
    """Twelve months of a contract; the dates after `renewal` are None where the step was not taken."""

    id: str
    account: Account
    signed: date
    renewal: date
    reviewed: date | None
    offered: date | None
    renewed: date | None
    cancelled: date | None


def make_terms(customers: Sequence[tuple[Account, date]], seed: int) -> list[Term]:
    """Return all terms from signature on that touch the time of the export; customers are (account, signature day)."""
    return [term for account, signed in customers for term in _terms(account, signed, seed)]


def contract_rows(terms: Sequence[Term]) -> list[Row]:
    return [
        {
            "contract_id": term.id,
            "account_id": term.account.id,
            "product": _PRODUCTS[term.account.segment],
            "signed_on": term.signed.isoformat(),
            "renewal_date": term.renewal.isoformat(),
            "yearly_value": str(term.account.yearly_eur),
            "manager": term.account.manager,
            "review_on": known(term.reviewed),
            "offer_on": known(term.offered),
            "renewed_on": known(term.renewed),
            "cancelled_on": known(term.cancelled),
        }
        for term in terms
    ]


def login_rows(uses: Sequence[tuple[Account, date, date]], seed: int) -> list[Row]:
    """Return the portal's log-ins; uses are (account, first day of use, last day of use)."""
    logins = sorted(login for account, begin, end in uses for login in _logins(account, begin, end, seed))
    return [{"logged_in_at": at, "account_id": account, "contact_id": contact} for at, account, contact in logins]


def _terms(account: Account, signed: date, seed: int) -> Iterator[Term]:
    number = 1
    while signed <= LAST_DAY:
        term = _term(account, signed, number, seed)
        if term.renewal >= FIRST_DAY:
            yield term
        ended_before = term.renewal < FIRST_DAY
        if not ended_before and term.renewed is None:
            return
        signed, number = term.renewal, number + 1


def _term(account: Account, signed: date, number: int, seed: int) -> Term:
    """What becomes of one term; reviews and offers lie 120 days or less before the renewal date."""
    rng = stream(seed, "term", account.id, number)
    renewal = signed + days(365)
    reviewed = rng.random() < _REVIEWED[account.segment]
    silent = account.silent_from is not None and account.silent_from < renewal
    renews = rng.random() < (0.4 if silent else 0.91 if reviewed else 0.78)
    decided = renewal - days(rng.randrange(3, 40))
    lapses = not renews and rng.random() < 0.3
    return Term(
        id=f"C-{account.id[2:]}-{number}",
        account=account,
        signed=signed,
        renewal=renewal,
        reviewed=workday(renewal - days(rng.randrange(80, 118))) if reviewed else None,
        offered=workday(renewal - days(rng.randrange(42, 78))) if rng.random() < 0.9 else None,
        renewed=workday(decided) if renews else None,
        cancelled=None if renews or lapses else workday(decided),
    )


def _logins(account: Account, begin: date, end: date, seed: int) -> Iterator[tuple[str, str, str]]:
    rng = stream(seed, "logins", account.id)
    last = min(end, account.silent_from or LAST_DAY, LAST_DAY)
    day: date = max(begin, FIRST_DAY)
    while True:
        gap = _DAYS_BETWEEN_LOGINS[account.segment] * rng.triangular(0.2, 2.2, 0.8)
        day += days(max(1, round(gap)))
        if day > last:
            return
        at = office_time(rng, day)
        if known(at):
            yield known(at), account.id, rng.choice(account.contacts).id
