"""/accounts: every account, or one's own; those that need somebody first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clew.clock import US
from clew.context.model import CustomerState
from clew.live.contexts.queries import choices
from clew.questions.words import date
from clew.signals.registry import title_of
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.frame.files import workspace_of
from clew.web.frame.lists import Column, Filter, Listing, Page, Wanted, exported, wanted_of
from clew.web.frame.next_step import NextStep
from clew.web.queries.accounts_list import (
    RENEWS_WITHIN_DAYS,
    AccountRow,
    AccountsWanted,
    accounts_page,
    kinds_of_signals,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.responses import Response

    from clew.firm.model import Firm
    from clew.web.request import Asked

EXPORTED = (
    "account", "name", "segment", "owner", "team", "stands", "stages", "revenue", "renewal", "last_sign_of_life",
    "promises_open", "promises_broken", "handoffs_waiting", "signals",
)  # fmt: skip


def listing(connection: Connection, firm: Firm) -> Listing:
    """Declare the list; what one can choose follows from the accounts there are."""
    known = choices(connection)
    kinds = kinds_of_signals(connection)
    return Listing(
        columns=(
            Column("name", _("Account")),
            Column("stage", _("Stage now"), sorts=False),
            Column("owner", _("Owner")),
            Column("revenue", _("Revenue"), "num", rises=False),
            Column("renewal", _("Renewal")),
            Column("heard", _("Last sign of life")),
            Column("promises", _("Promises"), rises=False),
            Column("handoffs", _("Handoffs"), rises=False),
            Column("signals", _("Signals"), "num", rises=False),
        ),
        filters=(
            Filter("mine", _("Whose"), [("yes", _("mine"))]),
            Filter("stands", _("Standing"), _stands()),
            Filter("segment", _("Segment"), [(one, one) for one in known.segments]),
            Filter("team", _("Team"), [(one, firm.team_title(one)) for one in known.teams]),
            Filter("renewal", _("Renewal"), [("soon", _("within %(days)d days") % {"days": RENEWS_WITHIN_DAYS})]),
            Filter("needs", _("Waits for us"), [("promise", _("broken promise")), ("handoff", _("handoff"))]),
            Filter("signal", _("Signal"), [(kind, title_of(kind)) for kind in kinds]),
        ),
        sort="name",
        search=_("Name or id"),
    )


def _stands() -> Sequence[tuple[str, str]]:
    return [
        (CustomerState.CUSTOMER, _("customers")),
        (CustomerState.PROSPECT, _("prospects")),
        (CustomerState.LOST, _("lost")),
    ]


def show(asked: Asked) -> Response:
    """The page, or the list as a file."""
    workspace = workspace_of(asked.parts)
    with asked.parts.database.read() as connection:
        declared = listing(connection, workspace.firm)
        wanted = wanted_of(asked, declared)
        asks = _asked(asked, wanted)
        rows, total = accounts_page(connection, asks, first=wanted.first, limit=wanted.limit)
        step = None if wanted.form else _next_step(connection, asked)
    if wanted.form:
        return exported(asked, "accounts", EXPORTED, _cells(rows, workspace.firm.time_zone), wanted.form)
    return asked.page(
        "accounts.html.j2",
        listing=declared,
        page=Page(rows, wanted, total, wanted.first + len(rows) < total),
        journeys=workspace.journeys,
        currency=workspace.firm.currency,
        teams=workspace.firm.teams,
        next=step,
        updates=("contexts", "runs"),
    )


def _asked(asked: Asked, wanted: Wanted) -> AccountsWanted:
    chosen = wanted.filters
    return AccountsWanted(
        now=asked.now,
        mine=asked.actor if chosen.get("mine") else None,
        segment=chosen.get("segment", ""),
        team=chosen.get("team", ""),
        stands=chosen.get("stands", ""),
        signal=chosen.get("signal", ""),
        needs=chosen.get("needs", ""),
        renews=bool(chosen.get("renewal")),
        text=wanted.text,
        sort=wanted.sort,
        falls=wanted.falls,
    )


def _next_step(connection: Connection, asked: Asked) -> NextStep | None:
    """What waits on one's own accounts, else on any; a firm without accounts learns so below."""
    for whose in (asked.actor, None):
        every = AccountsWanted(asked.now, mine=whose)
        if not accounts_page(connection, every, limit=1)[1]:
            continue
        mine = "&mine=yes" if whose else ""
        return _of_promises(connection, every, mine) or _of_handoffs(connection, every, mine) or _calm(bool(whose))
    return None


def _of_promises(connection: Connection, every: AccountsWanted, mine: str) -> NextStep | None:
    wanted = replace(every, needs="promise", sort="promises", falls=True)
    rows, total = accounts_page(connection, wanted, limit=1)
    if not rows:
        return None
    one = ngettext(
        "%(count)d account that you work with waits for a promise that was due, %(name)s first.",
        "%(count)d accounts that you work with wait for promises that were due, %(name)s first.",
        total,
    )
    every_one = ngettext(
        "%(count)d account waits for a promise that was due, %(name)s first.",
        "%(count)d accounts wait for promises that were due, %(name)s first.",
        total,
    )
    says = (one if mine else every_one) % {"count": total, "name": rows[0].name}
    return NextStep(says, _("Show them"), f"/accounts?needs=promise&sort=-promises{mine}", "late")


def _of_handoffs(connection: Connection, every: AccountsWanted, mine: str) -> NextStep | None:
    rows, total = accounts_page(connection, replace(every, needs="handoff", sort="handoffs", falls=True), limit=1)
    if not rows or not rows[0].late:
        return None
    says = ngettext(
        "%(count)d account waits for a handoff, %(name)s longer than it should.",
        "%(count)d accounts wait for a handoff, %(name)s longer than it should.",
        total,
    ) % {"count": total, "name": rows[0].name}
    return NextStep(says, _("Show them"), f"/accounts?needs=handoff&sort=-handoffs{mine}", "late")


def _calm(is_mine: bool) -> NextStep:
    if is_mine:
        return NextStep(_("No promise is broken and no handoff is late on your accounts."), kind="good")
    return NextStep(_("No promise is broken and no handoff is late."), kind="good")


def _cells(rows: Sequence[AccountRow], zone: str) -> Iterator[Sequence[Any]]:
    def day(at: int | None) -> str:
        return "" if at is None else date(at / US, zone)

    for one in rows:
        stages = "; ".join(f"{journey}: {stage or '-'}" for journey, stage in one.stages)
        revenue = None if one.revenue is None else one.revenue / 1_000_000
        yield (
            one.thread, one.name, one.segment, one.owner, one.team, one.stands, stages, revenue, day(one.renewal_at),
            day(one.heard_at), one.open, one.broken, one.waiting, one.signals,
        )  # fmt: skip
