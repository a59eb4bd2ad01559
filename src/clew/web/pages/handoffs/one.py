"""/handoffs/ID: what one team passes to another, what is promised, who is there; taken over or given back here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from clew.access.model import Permission
from clew.context.model import Handoff, HandoffState, Promise, PromiseState
from clew.texts import gettext as _
from clew.web.addresses import address_of_handoff
from clew.web.frame.files import workspace_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.accounts.committee import called, committee_of
from clew.web.pages.accounts.finding import Opened
from clew.web.pages.acts.doing import audited, do, done_already, form_once, go_on
from clew.web.pages.acts.facts import facts_on
from clew.web.pages.acts.told import Told, WrongFields
from clew.web.pages.handoffs.clock import Clock, clock_of, took_of
from clew.web.pages.handoffs.packet import Part, parts_of, typed
from clew.web.pages.handoffs.settling import (
    Move,
    NotWaiting,
    accepting,
    found_handoff,
    returning,
    sending_again,
)
from clew.web.queries.accounts import persons_of
from clew.web.queries.acts import Overtaken

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.firm.model import Firm
    from clew.web.request import Asked


def show(asked: Asked) -> Response:
    """The page."""
    account, handoff = found_handoff(asked, asked.path["handoff"])
    if account.sees_persons and not asked.request.headers.get("hx-request"):
        asked.note_read(audited(account.thread))
    return page(asked, account, handoff)


def accept(asked: Asked) -> Response:
    """Take it over, in one click."""
    account, handoff = _acting(asked)
    return _done(
        asked, account, handoff, lambda: accepting(workspace_of(asked.parts), account, handoff), said="handoff-accepted"
    )


def give_back(asked: Asked) -> Response:
    """Return it with a reason."""
    account, handoff = _acting(asked)
    told = Told({"reason": asked.form("reason")})
    try:
        return _done(
            asked,
            account,
            handoff,
            lambda: returning(workspace_of(asked.parts), account, handoff, told),
            said="handoff-returned",
        )
    except WrongFields as fault:
        return page(asked, account, handoff, wrong=fault.wrong, status=422)


def send_again(asked: Asked) -> Response:
    """Send it again with a packet that was mended; a part that was left empty is asked for once."""
    account, handoff = _acting(asked)
    told = Told({name: asked.form(name) for name in asked.fields})
    packet = typed(told, handoff.wanted)
    missing = [part for part in handoff.wanted if part not in packet]
    if told.wrong or (missing and not told.is_checked("without")):
        parts = [Part(name, told.said.get(Part(name, "").field, "")) for name in handoff.wanted]
        return page(asked, account, handoff, parts=parts, wrong=told.wrong, missing=missing, status=422)
    workspace = workspace_of(asked.parts)
    return _done(
        asked, account, handoff, lambda: sending_again(workspace, account, handoff, packet), said="handoff-sent"
    )


def _acting(asked: Asked) -> tuple[Opened, Handoff]:
    account, handoff = found_handoff(asked, asked.path["handoff"])
    asked.require(Permission.ACT, account.team)
    return account, handoff


def _done(asked: Asked, account: Opened, handoff: Handoff, moving: Callable[[], Move], *, said: str) -> Response:
    """Do it; who comes second is told who was first, and sees how it stands."""
    once, address = form_once(asked), address_of_handoff(account.thread, handoff.id)
    try:
        if before := done_already(asked, once):
            return go_on(asked, before, address, said=said)
        move = moving()
        done = do(asked, move.act, replace(once, settles=move.settles), action=move.action, handoff=handoff.id)
    except NotWaiting as late:
        return page(asked, account, handoff, too_late=str(late), status=409)
    except Overtaken as late:
        words = _("%(who)s was faster: this handoff was settled a moment ago, and nothing was changed by you.")
        return page(asked, account, handoff, too_late=words % {"who": late.by}, status=409)
    return go_on(asked, done, address, said=said)


def next_step(handoff: Handoff, clock: Clock, firm: Firm, *, may_act: bool) -> NextStep:
    """Say what is to be done, and by which team."""
    source, target = firm.team_title(handoff.source), firm.team_title(handoff.target)
    words = {"source": source, "target": target, "clock": clock.words}
    if handoff.waits:
        says = _("%(target)s takes over from %(source)s, or returns it with a reason: %(clock)s.") % words
        return NextStep(says, kind=clock.kind)  # the form stands right below
    if handoff.state is HandoffState.RETURNED and handoff.lapsed_at is None:
        says = _("%(source)s adds what is missing and sends it again.") % words
        return NextStep(says, _("Complete the packet") if may_act else "", "#again" if may_act else "", "bad")
    if handoff.state is HandoffState.ACCEPTED:
        return NextStep(_("%(target)s has taken over; nothing waits.") % words, kind="good")
    return NextStep(_("The journey ended before %(target)s took over; nobody waits any more.") % words, kind="none")


def page(
    asked: Asked,
    account: Opened,
    handoff: Handoff,
    *,
    wrong: Mapping[str, str] | None = None,
    parts: Sequence[Part] | None = None,
    missing: Sequence[str] = (),
    too_late: str = "",
    status: int = 200,
) -> Response:
    """Draw it.

    parts     what was typed of a packet that is sent again       missing  parts that are asked for once more
    too_late  why nothing was done
    """
    workspace, context = workspace_of(asked.parts), account.context
    assert context is not None
    clock = clock_of(handoff, workspace.firm, asked.now)
    sees = account.sees_persons
    persons = persons_of(asked.parts.folder, {one.contact for one in context.memberships}) if sees else {}
    journey = workspace.journeys.get(handoff.journey)
    is_returned = handoff.state is HandoffState.RETURNED and handoff.lapsed_at is None
    if parts is None and is_returned and account.may_act:
        parts = parts_of(facts_on(asked, account), handoff.wanted, handoff.packet)
    return asked.page(
        "handoff.html.j2",
        status=status,
        account=account,
        header=context.header,
        names={account.thread: context.header.name},
        handoff=handoff,
        here_address=address_of_handoff(account.thread, handoff.id),
        form_address=lambda name: address_of_handoff(account.thread, handoff.id, name),
        journey_title=(journey and journey.title) or handoff.journey,
        clock=clock,
        took=took_of(handoff, workspace.firm),
        next=next_step(handoff, clock, workspace.firm, may_act=account.may_act),
        promises=_carried(handoff, context.promises, asked.now),
        members=committee_of(context, persons).present,
        called=lambda contact: called(contact, persons),
        team_words=workspace.firm.team_title,
        packet=[(name, handoff.packet.get(name, "")) for name in dict.fromkeys([*handoff.wanted, *handoff.packet])],
        parts=parts or [],
        is_returned=is_returned,
        wrong=wrong or {},
        missing=missing,
        too_late=too_late,
        reason=asked.form("reason"),
        once=uuid4().hex,
        updates=("contexts",),
    )


def _carried(handoff: Handoff, promises: Sequence[Promise], now: int) -> list[tuple[PromiseState, Promise]]:
    """Promises that travel with it, as they stand now, those due first first."""
    mine = [one for one in promises if one.id in set(handoff.promises)]
    return [(one.state(now), one) for one in sorted(mine, key=lambda one: one.due_at)]
