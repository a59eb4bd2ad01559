"""Write the seeded firm as a workspace: exports as CSV, and the files that describe them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from clew.demo import bad_rows
from clew.demo.contracts import contract_rows, login_rows, make_terms
from clew.demo.deals import Deal, deal_rows, enquiry_rows, make_deals
from clew.demo.firm import Account, account_rows, contact_rows, make_accounts
from clew.demo.moments import FIRST_DAY, LAST_DAY, Row
from clew.demo.onboarding import Onboarding, make_onboardings, onboarding_rows
from clew.demo.tickets import ticket_rows
from clew.errors import BadRequest

FEWEST = 20  # below this many accounts some exports would be empty


def write_sample(folder: Path, *, accounts: int = 200, seed: int = 7) -> list[Path]:
    """Write the sample into a folder that is new or empty; return the files written.

    The same accounts and seed give the same bytes. Raises BadRequest for too few accounts or a folder in use.
    """
    if accounts < FEWEST:
        raise BadRequest(f"{accounts} accounts are too few for a sample; allowed: {FEWEST} or more")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadRequest(f"{folder} is there already and not empty; name a new folder")
    tables = make_tables(accounts, seed)
    written = [_write_csv(folder / "exports" / f"{name}.csv", rows) for name, rows in tables.items()]
    return written + _copy(resources.files("clew.demo") / "workspace", folder)


def make_tables(accounts: int, seed: int) -> dict[str, list[Row]]:
    """Return the rows of each export by its name, before any bad row is added."""
    firm = make_accounts(accounts, seed)
    deals = make_deals(firm, seed)
    onboardings = make_onboardings(deals, seed)
    signed = _signed(firm, deals)
    terms = make_terms(signed, seed)
    last_days = {term.account.id: term.renewal for term in terms if term.renewed is None}
    uses = [(account, first, last_days.get(account.id, LAST_DAY)) for account, first in _in_use(firm, onboardings)]
    helped = [(account, first, last_days.get(account.id, LAST_DAY)) for account, first in signed]
    return {
        "accounts": account_rows(firm),
        "contacts": contact_rows(firm),
        "deals": deal_rows(deals),
        "enquiries": enquiry_rows(deals, seed),
        "onboarding": onboarding_rows(onboardings),
        "tickets": ticket_rows(helped, seed),
        "contracts": contract_rows(terms),
        "logins": login_rows(uses, seed),
    }


def _signed(firm: Sequence[Account], deals: Sequence[Deal]) -> list[tuple[Account, date]]:
    before = [(account, account.since) for account in firm if account.since]
    return before + [(deal.account, deal.won) for deal in deals if deal.won and deal.is_won]


def _in_use(firm: Sequence[Account], onboardings: Sequence[Onboarding]) -> list[tuple[Account, date]]:
    before = [(account, FIRST_DAY) for account in firm if account.since]
    return before + [(o.deal.account, o.live.date()) for o in onboardings if o.live]


def _write_csv(path: Path, rows: Sequence[Row]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    spoil = bad_rows.BY_EXPORT.get(path.stem, list)
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(spoil(lines))
    return path


def _copy(source: Traversable, folder: Path) -> list[Path]:
    """Copy the files of a packaged folder, folders within it too."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for item in sorted(source.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            written += _copy(item, folder / item.name)
        else:
            target = folder / item.name
            target.write_bytes(item.read_bytes())
            written.append(target)
    return written
