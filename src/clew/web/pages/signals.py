"""/signals: what detectors noticed of every account, each with what it rests on; and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.clock import DAY_US
from clew.live.contexts.queries import choices, find_account
from clew.signals.registry import BY_NAME, title_of
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.addresses import address_of_account
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.lists import Column, Filter, Listing, Page, Wanted, exported, wanted_of
from clew.web.frame.next_step import NextStep
from clew.web.queries.signals import GONE, HOLDS, SignalRow, SignalsWanted, kinds_kept, signals_page
from clew.web.signing_in.reading import told_time, whole

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.responses import Response

    from clew.firm.model import Firm
    from clew.web.request import Asked

SINCE: Mapping[str, int] = {"day": DAY_US, "week": 7 * DAY_US, "month": 30 * DAY_US, "quarter": 91 * DAY_US}
MOST = 1_000
EXPORTED = ("account", "name", "signal", "at", "noticed_at", "gone_at", "count", "says", "about", "sources", "revenue")


def listing(connection: Connection, firm: Firm) -> Listing:
    """Declare the list; what one can choose follows from the signals there are."""
    teams = [(one, firm.team_title(one)) for one in choices(connection).teams]
    spans = {"day": _("a day"), "week": _("a week"), "month": _("30 days"), "quarter": _("91 days")}
    return Listing(
        columns=(
            Column("account", _("Account")),
            Column("kind", _("Signal")),
            Column("says", _("What was noticed"), sorts=False),
            Column("at", _("Occurred"), rises=False),
            Column("noticed", _("Noticed"), rises=False),
            Column("revenue", _("Revenue"), "num", rises=False),
        ),
        filters=(
            Filter("mine", _("Whose"), [("yes", _("mine"))]),
            Filter("kind", _("Signal"), [(kind, title_of(kind)) for kind in kinds_kept(connection)]),
            Filter("team", _("Team"), teams),
            Filter("since", _("Noticed within"), list(spans.items())),
            Filter("state", _("State"), [(HOLDS, _("holds")), (GONE, _("taken back"))]),
        ),
        sort="-noticed",
        search=_("Words or account"),
    )


def show(asked: Asked) -> Response:
    """The page, or the list as a file; ?account= shows those of one account."""
    firm = workspace_of(asked.parts).firm
    with asked.parts.database.read() as connection:
        declared = listing(connection, firm)
        wanted = wanted_of(asked, declared, keep=("account",))
        of = _account(connection, asked.query("account"))
        rows, total = signals_page(connection, _asked(asked, wanted, of), first=wanted.first, limit=wanted.limit)
        step = None if wanted.form else _next_step(connection, asked)
    if wanted.form:
        return exported(asked, "signals", EXPORTED, _cells(rows), wanted.form)
    return asked.page(
        "signals.html.j2",
        listing=declared,
        page=Page(rows, wanted, total, wanted.first + len(rows) < total),
        detectors=BY_NAME,
        title_of=title_of,
        currency=firm.currency,
        account=rows[0].account if of and rows else of,
        next=step,
        updates=("signals",),
    )


def as_json(asked: Asked) -> Response:
    """Signals, the latest noticed first: ?account=, ?kind=, ?team=, ?state=, ?since=, ?limit=, ?after=."""
    limit, after = whole(asked, "limit", 100, MOST), whole(asked, "after", 0, 10**9)
    with asked.parts.database.read() as connection:
        wanted = wanted_of(asked, listing(connection, workspace_of(asked.parts).firm))
        of = _account(connection, asked.query("account"))
        rows, total = signals_page(connection, _asked(asked, wanted, of), first=after, limit=limit)
    more = after + limit if after + len(rows) < total else None
    return asked.answer({"signals": [told(row) for row in rows], "total": total, "next": more})


def told(row: SignalRow) -> dict[str, Any]:
    """A signal as programs read it: instants as ISO 8601 in UTC, revenue in units of the firm's currency."""
    return {
        "kind": row.kind,
        "title": title_of(row.kind),
        "account": row.thread,
        "name": row.account,
        "at": told_time(row.at),
        "noticed_at": told_time(row.noticed_at),
        "gone_at": told_time(row.gone_at),
        "says": row.says,
        "count": row.count,
        "about": row.about,
        "measure": row.evidence.get("measure"),
        "unit": row.evidence.get("unit") or None,
        "events": [{**one, "at": told_time(one["at"])} for one in row.evidence.get("events", ())],
        "revenue": None if row.revenue is None else row.revenue / 1_000_000,
    }


def _account(connection: Connection, text: str) -> str:
    """The thread that an address names; a text that is none is looked for as it is, and finds nothing."""
    return (find_account(connection, text) or text) if text else ""


def _asked(asked: Asked, wanted: Wanted, thread: str) -> SignalsWanted:
    chosen = wanted.filters
    since = SINCE.get(chosen.get("since", ""))
    return SignalsWanted(
        kind=chosen.get("kind", ""),
        thread=thread,
        team=chosen.get("team", ""),
        mine=asked.actor if chosen.get("mine") else None,
        state=chosen.get("state", ""),
        since=None if since is None else asked.now - since,
        text=wanted.text,
        sort=wanted.sort,
        falls=wanted.falls,
    )


def _next_step(connection: Connection, asked: Asked) -> NextStep | None:
    """The newest signal of one's own accounts, else of any; none where nothing was ever noticed."""
    if not signals_page(connection, SignalsWanted(), limit=1)[1]:
        return None
    lately = asked.now - SINCE["week"]
    for whose in (asked.actor, None):
        rows, total = signals_page(connection, SignalsWanted(mine=whose, state=HOLDS, since=lately), limit=1)
        if rows:
            says = ngettext(
                "%(count)d signal is new in the last 7 days; the latest is of %(name)s.",
                "%(count)d signals are new in the last 7 days; the latest is of %(name)s.",
                total,
            ) % {"count": total, "name": rows[0].account}
            return NextStep(says, _("Open this account"), address_of_account(rows[0].thread) + "#signals", "late")
    return NextStep(_("Nothing new was noticed in the last 7 days."), kind="good")


def _cells(rows: Sequence[SignalRow]) -> Iterator[Sequence[Any]]:
    for row in rows:
        instants = (told_time(at) for at in (row.at, row.noticed_at, row.gone_at))
        revenue = None if row.revenue is None else row.revenue / 1_000_000
        about, sources = "; ".join(row.about), "; ".join(row.sources)
        yield (row.thread, row.account, row.kind, *instants, row.count, row.says, about, sources, revenue)


ENDPOINTS = (
    Endpoint("/signals", ("GET",), Permission.SEE_ACCOUNTS, show),
    Endpoint("/v1/signals", ("GET",), Permission.SEE_ACCOUNTS, as_json),
)
