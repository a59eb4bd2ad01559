"""The CRM of a business that the firm took over: some of its customers are customers already, spelled otherwise."""

from __future__ import annotations

import csv
from pathlib import Path

from clew.demo.living.cast import read_cast

FILE = Path("exports") / "old-crm.csv"
HEAD = ("customer_no", "firm", "website", "country", "since", "remark")
STRANGER = ("OLD-900", "Harrowgate Bearings Ltd", "www.harrowgate.example", "GB", "2023-04-03", "taken over")
_FORMS = (" GmbH", " AG", " SAS", " AB", " BV", " & Co")
_EVERY = 23  # one customer in so many is there too


def write_old_crm(folder: Path) -> None:
    """Write its export into a sample firm: the same customers for the same firm, and one that nobody knows yet."""
    exports = folder / "exports"
    with (exports / "accounts.csv").open(encoding="utf-8", newline="") as file:
        told = {row["account_id"]: row for row in csv.DictReader(file) if None not in row and None not in row.values()}
    known = [one for one in read_cast(folder).customers if one.id in told][::_EVERY]
    with (folder / FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEAD)
        for number, one in enumerate(known, start=1):
            row = told[one.id]
            name, website = _spelt(one.company, number), f"www.{row['domain']}"
            writer.writerow((f"OLD-{number:03d}", name, website, row["country"], row["created_on"], "taken over"))
        writer.writerow(STRANGER)


def _spelt(company: str, number: int) -> str:
    """A name as other people write it: without its legal form, with another, all in capitals."""
    plain = next((company.removesuffix(form) for form in _FORMS if company.endswith(form)), company)
    return (plain, plain.upper(), f"{plain} Group", plain.replace("&", "and"))[number % 4]
