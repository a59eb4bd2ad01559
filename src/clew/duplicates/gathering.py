"""The accounts as firms to compare: what sources say of them, and the domains from which their contacts write."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection, select

from clew.accounts.persons import open_persons
from clew.archive.identity import CONTACT
from clew.context.model import Header
from clew.db.tables import account, membership
from clew.duplicates.model import Firm
from clew.live.contexts.stored import unpacked
from clew.sources.domains import domain_of, is_free_mail

# Names that sources give to what is compared, the first that an account has; in any case, "_" and "-" as a space.
COUNTRY = ("country", "country code", "billing country", "land")
PLACE = ("city", "town", "place", "billing city", "ort")
NUMBER = ("vat id", "vat number", "vat", "tax id", "registration number", "company number", "duns", "lei")
DOMAIN = ("domain", "website", "web site", "homepage", "url", "email domain")

_ADDRESS_OF_SITE = re.compile(r"^(?:https?://)?(?:www\.)?([^\s/:?#@]+\.[^\s/:?#@]+)")
_PORTION = 2_000


def firms_of(connection: Connection, store: Path) -> list[Firm]:
    """Return every account as a firm.

    store  the workspace's .clew folder, where the persons are: their domains are looked at and not kept
    """
    written = _domains_written(connection, store)
    return [firm_of(header, written.get(header.thread, ())) for header in _headers(connection)]


def _headers(connection: Connection) -> Iterator[Header]:
    asked = select(account.c.context).where(~account.c.thread.startswith(CONTACT)).order_by(account.c.thread)
    for body in connection.execute(asked.execution_options(yield_per=_PORTION)).scalars():
        context = unpacked(body)
        if context is not None:
            yield context.header


def firm_of(header: Header, written: Sequence[str] = ()) -> Firm:
    """Return one account as it is compared; an account that nobody named has no name to compare."""
    told = {_plain(name): value.strip() for name, value in header.attributes.items() if value and value.strip()}
    named = header.name not in (header.thread, *(one.partition(":")[2] for one in header.ids))
    return Firm(
        header.thread,
        header.name if named else "",
        _domains(header, told),
        written,
        country=_first(told, COUNTRY),
        place=_first(told, PLACE),
        number=_first(told, NUMBER),
        industry=header.industry or "",
        parent=header.parent or "",
    )


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def _first(told: Mapping[str, str], names: Sequence[str]) -> str:
    return next((told[name] for name in names if name in told), "")


def _domains(header: Header, told: Mapping[str, str]) -> tuple[str, ...]:
    """Domains that are ids of the account, or attributes of it."""
    texts = [one.partition(":")[2] for one in header.ids if one.startswith("domain:")]
    texts += [told[name] for name in DOMAIN if name in told]
    found = (_ADDRESS_OF_SITE.match(text.casefold().strip()) for text in texts)
    return tuple(dict.fromkeys(match[1].rstrip(".") for match in found if match))


def _domains_written(connection: Connection, store: Path) -> Mapping[str, tuple[str, ...]]:
    """By account the domain from which most of its contacts write, where it is no free mail."""
    rows = connection.execute(select(membership.c.thread, membership.c.contact).distinct()).all()
    if not rows:
        return {}
    with open_persons(store) as persons:
        known = persons.described(sorted({row.contact for row in rows}))
    domains = {one.surrogate: domain for one in known if (domain := domain_of(one.email or one.identifier or ""))}
    counts: dict[str, Counter[str]] = {}
    for thread, contact in rows:
        domain = domains.get(contact)
        if domain and not is_free_mail(domain):
            counts.setdefault(thread, Counter())[domain] += 1
    return {thread: (max(sorted(count), key=count.__getitem__),) for thread, count in counts.items()}
