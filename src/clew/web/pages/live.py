"""Live events: what arrives now and what each event became."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.clock import HOUR_US, MINUTE_US
from clew.live.intake.model import Outcome
from clew.live.intake.recent import LATE, Recent, recent
from clew.live.model import RejectedState
from clew.texts import N_
from clew.texts import gettext as _
from clew.web.analytics.naming import accounts_of, names_of
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.rejected_lists import reason_words
from clew.web.pages.sources.standing import receives_of
from clew.web.queries.arrivals import counts_since, total
from clew.web.queries.runs import transitions_at

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

ROWS = 40
_BADGES: Mapping[str, tuple[str, str]] = {
    Outcome.ACCEPTED: ("good", N_("accepted")),
    LATE: ("late", N_("accepted late")),
    Outcome.HELD: ("waiting", N_("held")),
    Outcome.REJECTED: ("bad", N_("rejected")),
}
_SETTLED: Mapping[str, tuple[str, str]] = {
    RejectedState.REPLAYED: ("same", N_("taken in again")),
    RejectedState.DISCARDED: ("none", N_("discarded")),
}


@dataclass(frozen=True)
class Row:
    """One event as the page shows it.

    moves    what it did to runs
    thread   the account that they are of, "" where none moved
    account  the account that it is about, as far as that is known
    """

    event: Recent
    badge: tuple[str, str]
    moves: Sequence[Any]
    thread: str
    account: str


def rows_of(events: Sequence[Recent], moves: Sequence[Any], accounts: Mapping[str, str]) -> list[Row]:
    """Put events and the moves of runs together.

    accounts  which account the log takes an entity for: tools name one by ids of their own
    A move bears the instant of the event that caused it, and its account. Where the account is not known the instant
    decides, if no other of these events bears it too.
    """
    at_once = Counter(event.at for event in events)
    by_instant: dict[int, list[Any]] = {}
    for move in moves:
        by_instant.setdefault(move.at, []).append(move)
    return [
        _row(event, by_instant.get(event.at or 0, ()), accounts.get(event.account, ""), alone=at_once[event.at] == 1)
        for event in events
    ]


def _row(event: Recent, moves: Sequence[Any], account: str, *, alone: bool) -> Row:
    is_in = event.outcome in (Outcome.ACCEPTED, LATE)
    mine = [move for move in moves if is_in and (move.thread == (account or event.account) or (alone and not account))]
    threads = {move.thread for move in mine}
    badge = _SETTLED.get(event.state) or _BADGES[event.outcome]
    if len(threads) != 1:
        return Row(event, badge, (), "", account or event.account)
    return Row(event, badge, mine, mine[0].thread, mine[0].thread)


def next_step(events: Sequence[Recent], source: str, receiving: Sequence[str]) -> NextStep:
    """Without events say how to send one; with rejected ones among them, look at those."""
    if not receiving:
        return NextStep(_("No source receives events yet."), _("Connect a source"), "/sources/new")
    if not events:
        where = f"/sources/{source}" if source else f"/sources/{receiving[0]}"
        return NextStep(_("Nothing has arrived yet."), _("Send a first event"), where)
    if any(event.is_waiting for event in events):
        href = f"/rejected?source={source}" if source else "/rejected"
        return NextStep(_("Some of the latest events could not be used."), _("See why"), href, "bad")
    return NextStep(_("The latest events could all be used."), kind="good")


def show(asked: Asked) -> Response:
    """The page; ?source= shows one source."""
    workspace = workspace_of(asked.parts)
    sees_accounts = asked.may(Permission.SEE_ACCOUNTS)
    receiving = [name for name in sorted(workspace.sources) if receives_of(workspace, name)]
    source = asked.query("source") if asked.query("source") in receiving else ""
    with asked.parts.database.read() as connection:
        events = recent(connection, source or None, most=ROWS)
        at = [event.at for event in events if event.at is not None]
        moves = transitions_at(connection, at) if sees_accounts else ()
        minute = counts_since(connection, asked.now - MINUTE_US)
        hour = counts_since(connection, asked.now - HOUR_US)
    if source:
        minute, hour = ({source: counts[source]} if source in counts else {} for counts in (minute, hour))
    about = {event.account for event in events if event.account} if sees_accounts else set()
    rows = rows_of(events, moves, accounts_of(asked, about))
    return asked.page(
        "live.html.j2",
        next=next_step(events, source, receiving),
        updates=("arrived", "runs"),
        rows=rows,
        reason_words=reason_words,
        names=names_of(asked, {row.account for row in rows if row.account}) if sees_accounts else {},
        source=source,
        receiving=receiving,
        minute=total(minute),
        hour=total(hour),
        journeys=workspace.journeys,
    )


ENDPOINTS = (Endpoint("/live", ("GET",), Permission.CONNECT, show),)
