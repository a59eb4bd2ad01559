"""/handoffs: what waits for my teams, what came back to them, what they sent, what is settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clew.live.contexts.lists import HandoffRow
from clew.live.contexts.queries import handoffs_page
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.addresses import address_of_handoff
from clew.web.frame.files import workspace_of
from clew.web.frame.lists import Column, Filter, Listing, Page, exported, wanted_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.handoffs.clock import clock_of
from clew.web.signing_in.reading import told_time

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

WAITING, RETURNED, SENT, SETTLED, ALL = "waiting", "returned", "sent", "settled", "all"
VIEWS = (WAITING, RETURNED, SENT, SETTLED, ALL)
COLUMNS = (
    "id",
    "account",
    "name",
    "journey",
    "from",
    "to",
    "state",
    "sent_at",
    "due_at",
    "late",
    "missing",
    "promises",
)


def show(asked: Asked) -> Response:
    """The page, or all that is chosen as a file."""
    workspace, view = workspace_of(asked.parts), _view(asked)
    declared = listing(workspace, view)
    wanted = wanted_of(asked, declared, keep=("of",))
    with asked.parts.database.read() as connection:
        counts = {
            each: handoffs_page(connection, asked.actor, now=asked.now, filters=_filters(each), limit=0).total
            for each in VIEWS
        }
        found = handoffs_page(
            connection,
            asked.actor,
            now=asked.now,
            filters={**_filters(view), **wanted.filters},
            text=wanted.text,
            sort=wanted.sort or "due",
            falls=wanted.falls,
            first=wanted.first,
            limit=wanted.limit,
        )
        urgent = _urgent(connection, asked)
    if wanted.form:
        return exported(asked, "handoffs", COLUMNS, _cells(found.rows), wanted.form)
    return asked.page(
        "handoffs.html.j2",
        view=view,
        tabs=[(each, words, counts[each]) for each, words in view_words(asked).items()],
        next=next_step(asked, workspace, counts, urgent),
        listing=declared,
        page=Page(found.rows, wanted, found.total, wanted.first + len(found.rows) < found.total),
        clock=lambda one: clock_of(one, workspace.firm, asked.now),
        address=address_of_handoff,
        team_words=workspace.firm.team_title,
        journeys=workspace.journeys,
        updates=("contexts",),
    )


def listing(workspace: Workspace, view: str) -> Listing:
    """Declare the list; what is settled comes latest first."""
    teams = [(name, team.title) for name, team in workspace.firm.teams.items()]
    titles = [(name, one.title or name) for name, one in workspace.journeys.items() if one.handoffs]
    states = [("late", _("too late")), ("sent", _("waits for its receipt")), ("returned", _("returned"))]
    states += [("accepted", _("accepted")), ("lapsed", _("lapsed"))]
    filters = [
        Filter("source", _("From"), teams),
        Filter("team", _("To"), teams),
        Filter("journey", _("Journey"), titles),
    ]
    if view in (WAITING, SENT, ALL):
        filters.append(Filter("state", _("State"), states))
    columns = (
        Column("account", _("Account")),
        Column("source", _("From")),
        Column("target", _("To")),
        Column("due", _("Receipt")),
        Column("sent", _("Sent"), rises=False),
        Column("packet", _("Packet"), sorts=False),
        Column("carried", _("Promises"), kind="num", sorts=False),
    )
    return Listing(columns, filters, sort="-sent" if view in (SETTLED, ALL) else "due", search=_("Account"))


def view_words(asked: Asked) -> Mapping[str, str]:
    """What each view is called: one's own teams, where one has any."""
    if asked.actor.teams:
        return {
            WAITING: _("Wait for us"),
            RETURNED: _("Returned to us"),
            SENT: _("Sent by us"),
            SETTLED: _("Settled"),
            ALL: _("All"),
        }
    return {
        WAITING: _("Wait"),
        RETURNED: _("Returned"),
        SENT: _("Sent"),
        SETTLED: _("Settled"),
        ALL: _("All"),
    }


def next_step(asked: Asked, workspace: Workspace, counts: Mapping[str, int], urgent: Sequence[HandoffRow]) -> NextStep:
    """Begin with the handoff whose receipt is due first."""
    if urgent:
        first = urgent[0]
        clock = clock_of(first.handoff, workspace.firm, asked.now)
        words = {
            "account": first.account,
            "source": workspace.firm.team_title(first.handoff.source),
            "clock": clock.words,
            "more": counts[WAITING] - 1,
        }
        says = _("%(account)s comes from %(source)s: %(clock)s.") % words
        if words["more"]:
            more = ngettext("%(more)d more waits.", "%(more)d more wait.", counts[WAITING] - 1) % words
            says = f"{says} {more}"
        return NextStep(says, _("Open it"), address_of_handoff(first.thread, first.handoff.id), clock.kind)
    if counts[RETURNED]:
        says = ngettext(
            "%(count)d handoff came back: something is missing.",
            "%(count)d handoffs came back: something is missing.",
            counts[RETURNED],
        )
        return NextStep(says % {"count": counts[RETURNED]}, _("See what"), f"/handoffs?of={RETURNED}", "bad")
    return NextStep(_("No handoff waits for a receipt."), kind="good")


def _urgent(connection: Any, asked: Asked) -> Sequence[HandoffRow]:
    return handoffs_page(connection, asked.actor, now=asked.now, filters=_filters(WAITING), limit=1).rows


def _view(asked: Asked) -> str:
    """The view that is asked for; who looks for words without choosing one looks everywhere."""
    view = asked.query("of")
    return view if view in VIEWS else ALL if asked.query("q") else WAITING


def _filters(view: str) -> dict[str, str]:
    return {} if view == ALL else {"of": view}


def _cells(rows: Sequence[HandoffRow]) -> Iterator[Sequence[Any]]:
    for row in rows:
        one = row.handoff
        times = (told_time(one.sent.at), told_time(one.due_at), row.late)
        missing, promises = "; ".join(one.missing), len(one.promises)
        state = "lapsed" if one.lapsed_at is not None else one.state.value
        yield (one.id, row.thread, row.account, one.journey, one.source, one.target, state, *times, missing, promises)
