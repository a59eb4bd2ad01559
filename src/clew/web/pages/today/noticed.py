"""What was noticed of accounts: since yesterday, and of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from clew.clock import DAY_US
from clew.firm.model import Firm
from clew.signals.registry import title_of
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.addresses import address_of_account
from clew.web.frame.spans import span_words
from clew.web.pages.today.model import MOST, Line, Section
from clew.web.pages.today.person import Person
from clew.web.queries.accounts_list import RENEWS_WITHIN_DAYS
from clew.web.queries.signals import READY, SILENCE, beside_name
from clew.web.queries.today import AccountLine, Some, at_risk, news, ready, renewals, silent

if TYPE_CHECKING:
    from sqlalchemy import Connection

NEW_US, OLD_US = DAY_US, 7 * DAY_US  # noticed within; what occurred earlier is no news though it was learnt late
LATELY_US, MISSED_US = 30 * DAY_US, 90 * DAY_US


def new_since_yesterday(connection: Connection, who: Person, now: int) -> Section:
    """Accounts of which something was noticed in the last day: one's own, else of one's teams, else all."""
    whose = who.whose if who.owns else None
    found = news(connection, whose, since=now - NEW_US, oldest=now - OLD_US, limit=MOST)
    mine = {"mine": "yes"} if who.owns else {}
    href = "/signals?" + urlencode({"since": "day", "state": "holds", **mine})
    calm = _("Nothing new was noticed since yesterday.")
    return Section("news", _("New since yesterday"), list(_lines(found)), found.total, href, calm)


def own_accounts(connection: Connection, who: Person, firm: Firm, now: int) -> Iterator[Section]:
    """At risk, silent, ready for more, renewing: of the accounts that somebody owns."""
    if not who.owns:
        return
    risky = at_risk(connection, who.whose, since=now - LATELY_US, limit=MOST)
    yield Section("risk", _("At risk"), list(_lines(risky)), risky.total, "/signals?mine=yes&since=month&state=holds")
    quiet = silent(connection, who.whose, limit=MOST)
    yield Section("silent", _("Silent"), list(_silent(quiet, now)), quiet.total, _of_kind(SILENCE))
    more = ready(connection, who.whose, since=now - MISSED_US, limit=MOST)
    yield Section("ready", _("Ready for the next step"), list(_ready(more)), more.total, _of_kind(READY))
    until = now + RENEWS_WITHIN_DAYS * DAY_US
    renewing = renewals(connection, who.whose, since=now, until=until, limit=MOST)
    title = _("Renewals in %(days)d days") % {"days": RENEWS_WITHIN_DAYS}
    lines = list(_renewing(renewing, now, firm.currency))
    yield Section("renewals", title, lines, renewing.total, "/accounts?mine=yes&renewal=soon&sort=renewal")


def _of_kind(kind: str) -> str:
    return "/signals?" + urlencode({"mine": "yes", "kind": kind, "state": "holds"})


def _lines(found: Some) -> Iterator[Line]:
    for one in found.rows:
        word = title_of(one.kinds[0])
        others = len(one.kinds) - 1
        left = (
            ngettext("and %(count)d more kind", "and %(count)d more kinds", others) % {"count": others}
            if others
            else ""
        )
        yield _line(one, word, beside_name(one.says, one.thread, one.name), left=left)


def _silent(found: Some, now: int) -> Iterator[Line]:
    for one in found.rows:
        since = _("for %(span)s") % {"span": span_words(now - one.heard_at)} if one.heard_at else ""
        yield _line(one, _("Silent"), beside_name(one.says, one.thread, one.name), left=since, do=_("Call them"))


def _ready(found: Some) -> Iterator[Line]:
    for one in found.rows:
        yield _line(one, _("Ready"), beside_name(one.says, one.thread, one.name), kind="good", do=_("Open the talk"))


def _renewing(found: Some, now: int, currency: str) -> Iterator[Line]:
    for one in found.rows:
        brings = "" if one.revenue is None else f"{one.revenue / 1_000_000:,.0f} {currency}"
        says = _("Renews in %(span)s") % {"span": span_words(one.at - now)}
        yield Line("waiting", _("Renewal"), f"{says}.", address_of_account(one.thread), one.name, brings)


def _line(one: AccountLine, word: str, says: str, *, left: str = "", kind: str = "late", do: str = "") -> Line:
    where, source = address_of_account(one.thread), ", ".join(one.sources)
    return Line(kind, word, says, where, one.name, left, do, f"{where}#signals", source)
