"""Find one handoff, and take it over, give it back or send it again: each from the state that it has now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.acts import vocabulary
from clew.acts.model import Act
from clew.context.model import Handoff, HandoffState
from clew.errors import BadRequest, ClewError
from clew.live.contexts.queries import account_team, context_of
from clew.texts import gettext as _
from clew.web.pages.accounts.finding import Opened
from clew.web.pages.acts.told import Told
from clew.web.queries.acts import threads_of_handoff
from clew.workspace.succession import in_force

if TYPE_CHECKING:
    from clew.journeys.model import Journey
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace


class NoSuchHandoff(ClewError):
    """No handoff has this id."""

    code = "unknown-handoff"


class NotWaiting(ClewError):
    """This handoff does not wait for that."""

    code = "not-waiting"


@dataclass(frozen=True)
class Move:
    """Something that can be done with a handoff.

    action  as the audit log names it
    act     the act that does it            settles  what of two who do it the first does
    """

    action: str
    act: Act
    settles: str


def found_handoff(asked: Asked, id: str) -> tuple[Opened, Handoff]:
    """Return a handoff and its account. Raises NoSuchHandoff"""
    with asked.parts.database.read() as connection:
        threads = threads_of_handoff(connection, id)
        wanted = asked.query("account") or asked.form("account")
        thread = next((one for one in threads if one == wanted), threads[0] if threads else None)
        context = context_of(connection, thread) if thread is not None else None
        team = account_team(connection, thread or "")
    handoff = handoff_in(context.handoffs if context else (), id)
    assert thread is not None
    sees, acts = asked.may(Permission.SEE_PERSONS, team), asked.may(Permission.ACT, team)
    return Opened(thread, context, team, sees, acts), handoff


def handoff_in(handoffs: Sequence[Handoff], id: str) -> Handoff:
    """Return the handoff of an id. Raises NoSuchHandoff"""
    found = next((one for one in handoffs if one.id == id), None)
    if found is None:
        raise NoSuchHandoff(f"there is no handoff '{id[:120]}'; the page Handoffs lists those there are")
    return found


def journey_of(workspace: Workspace, name: str) -> Journey:
    """Return a journey as it is in force. Raises BadRequest where its file is gone or holds mistakes"""
    if name not in workspace.sound_journeys():
        raise BadRequest(f"journey '{name}' is not there, or its file holds mistakes; mend it, then try again")
    return in_force(workspace, name).journey


def accepting(workspace: Workspace, account: Opened, handoff: Handoff) -> Move:
    """Take a handoff over. Raises NotWaiting"""
    _check_waits(handoff)
    journey, number = journey_of(workspace, handoff.journey), number_of(handoff)
    act = vocabulary.handoff_accepted(
        journey, number, account=account.thread, subject=handoff.subject, handoff=handoff.id
    )
    return Move("accept handoff", act, settled_by(account, handoff))


def returning(workspace: Workspace, account: Opened, handoff: Handoff, told: Told) -> Move:
    """Give a handoff back; reads reason. Raises NotWaiting, WrongFields"""
    _check_waits(handoff)
    reason = told.text("reason", needed=_("Say what is missing, so that the other team can mend it."))
    told.check()
    act = vocabulary.handoff_returned(
        journey_of(workspace, handoff.journey),
        number_of(handoff),
        account=account.thread,
        subject=handoff.subject,
        handoff=handoff.id,
        reason=reason,
    )
    return Move("return handoff", act, settled_by(account, handoff))


def sending_again(workspace: Workspace, account: Opened, handoff: Handoff, packet: Mapping[str, str]) -> Move:
    """Send a returned handoff again, with a packet that was mended. Raises NotWaiting"""
    if handoff.state is not HandoffState.RETURNED or handoff.lapsed_at is not None:
        raise NotWaiting(_("Only a handoff that was returned can be sent again; this one is not."))
    act = vocabulary.handoff_sent(
        journey_of(workspace, handoff.journey),
        number_of(handoff),
        account=account.thread,
        subject=handoff.subject,
        packet=packet,
        handoff=handoff.id,
    )
    return Move("send handoff again", act, settled_by(account, handoff))


def number_of(handoff: Handoff) -> int:
    """The number of a handoff in its journey's file."""
    return int(handoff.id.split("/")[-2])


def settled_by(account: Opened, handoff: Handoff) -> str:
    """Name the step from the state a handoff has now: it is taken once."""
    return f"handoff {account.thread} {handoff.id} {len(handoff.history)}"


def _check_waits(handoff: Handoff) -> None:
    last = handoff.history[-1]
    words = {"who": last.by or _("a system")}
    if handoff.state is HandoffState.ACCEPTED:
        raise NotWaiting(_("%(who)s has accepted this handoff already; nothing was changed.") % words)
    if handoff.state is HandoffState.RETURNED:
        raise NotWaiting(_("%(who)s has returned this handoff already; it waits for the team that sent it.") % words)
    if handoff.lapsed_at is not None:
        raise NotWaiting(_("The journey of this handoff has ended; nobody waits for the receipt any more."))
