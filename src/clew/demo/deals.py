"""The CRM's deals: one row a deal with a date for each step it has reached, and the enquiries before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clew.demo.firm import Account
from clew.demo.moments import FIRST_DAY, LAST_DAY, Row, about, days, known, office_time, stream, workday
from clew.demo.names import free_mail

_SELLERS = {
    "enterprise": ("Carla Nordling", "Ulf Wendrath"),
    "mid-market": ("Mira Anker", "Hanno Zabel", "Noor Castell"),
    "small": ("Lasse Palinski", "Jette Fabri"),
}
_DAYS_PER_STEP = {"enterprise": 24, "mid-market": 14, "small": 7}
_LOST_FOR = ("price", "no budget", "another supplier", "no answer")
_TOPICS = ("demo", "price list", "webinar", "white paper")


@dataclass(frozen=True)
class Deal:
    """One deal; a date is None where the step was not reached, and may lie beyond the day of the export."""

    id: str
    account: Account
    seller: str
    created: date
    qualified: date | None
    proposed: date | None
    won: date | None
    lost: date | None
    lost_for: str
    amount_eur: int

    @property
    def is_won(self) -> bool:
        return self.won is not None and self.won <= LAST_DAY


def make_deals(accounts: Sequence[Account], seed: int) -> list[Deal]:
    """Return one deal for every account that was no customer before the first day."""
    return [_deal(account, seed) for account in accounts if account.since is None]


def deal_rows(deals: Sequence[Deal]) -> list[Row]:
    return [
        {
            "deal_id": deal.id,
            "account_id": deal.account.id,
            "owner": deal.seller,
            "owner_team": "sales",
            "created_on": known(deal.created),
            "qualified_on": known(deal.qualified),
            "proposal_on": known(deal.proposed),
            "won_on": known(deal.won),
            "lost_on": known(deal.lost),
            "lost_reason": deal.lost_for if known(deal.lost) else "",
            "amount_eur": str(deal.amount_eur),
        }
        for deal in deals
        if known(deal.created)
    ]


def enquiry_rows(deals: Sequence[Deal], seed: int) -> list[Row]:
    """Most deals begin with a form on the web site; some enquiries come from free-mail addresses and lead nowhere."""
    sent: list[tuple[str, str, str]] = []
    for deal in deals:
        rng = stream(seed, "enquiry", deal.id)
        for _ in range(rng.choice((0, 1, 1, 1, 2))):
            at = office_time(rng, max(FIRST_DAY, deal.created - days(rng.randrange(1, 30))))
            sent.append((known(at), deal.account.contacts[0].email, rng.choice(_TOPICS)))
    rng = stream(seed, "enquiries without an account")
    for number in range(max(3, len(deals) // 8)):
        at = office_time(rng, FIRST_DAY + days(rng.randrange((LAST_DAY - FIRST_DAY).days)))
        sent.append((known(at), free_mail(9000 + number), rng.choice(_TOPICS)))
    return [
        {"enquiry_id": f"E-{number:05d}", "sent_at": at, "email": email, "topic": topic}
        for number, (at, email, topic) in enumerate(sorted(sent), start=1)
        if at
    ]


def _deal(account: Account, seed: int) -> Deal:
    rng = stream(seed, "deal", account.id)
    step = _DAYS_PER_STEP[account.segment]
    reached = rng.choices((1, 2, 3, 4), (6, 8, 12, 74))[0]
    moments = [account.created + days(rng.randrange(0, 6))]
    for _ in range(4):
        moments.append(moments[-1] + days(1 + about(rng, step, 0.6)))
    created, qualified, proposed, won, lost = (workday(moment) for moment in moments)
    still_open = reached < 4 and rng.random() < 0.35
    return Deal(
        id="D-" + account.id[2:],
        account=account,
        seller=rng.choice(_SELLERS[account.segment]),
        created=created,
        qualified=qualified if reached > 1 else None,
        proposed=proposed if reached > 2 else None,
        won=won if reached == 4 else None,
        lost=None if reached == 4 or still_open else lost,
        lost_for=rng.choice(_LOST_FOR),
        amount_eur=account.yearly_eur,
    )
