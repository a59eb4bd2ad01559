"""How long a handoff may still wait for its receipt, in working time of the team that receives it."""

from __future__ import annotations

from dataclasses import dataclass

from clew.context.model import Handoff, HandoffState
from clew.firm.model import Firm
from clew.texts import gettext as _
from clew.web.frame.spans import clock_words, worked, worked_words


@dataclass(frozen=True)
class Clock:
    """What the clock of a handoff says.

    kind  shape beside the words: waiting | late | good | bad | none
    """

    kind: str
    words: str


def clock_of(handoff: Handoff, firm: Firm, now: int) -> Clock:
    """Read the clock of a handoff."""
    if handoff.state is HandoffState.ACCEPTED:
        return Clock("good", _("accepted"))
    if handoff.lapsed_at is not None:
        return Clock("none", _("lapsed: its journey ended first"))
    if handoff.state is HandoffState.RETURNED:
        return Clock("bad", _("returned"))
    if handoff.due_at is None:
        return Clock("waiting", _("waits, without a limit"))
    words = clock_words(firm.calendar_of(handoff.target), handoff.due_at, now)
    return Clock("late" if handoff.is_late(now) else "waiting", words)


def took_of(handoff: Handoff, firm: Firm) -> str:
    """Say in how much working time of the receiving team a handoff was accepted, "" while it is not."""
    if handoff.state is not HandoffState.ACCEPTED:
        return ""
    calendar = firm.calendar_of(handoff.target)
    span = worked_words(worked(calendar, handoff.sent.at, handoff.history[-1].at), calendar)
    return _("after %(span)s of working time") % {"span": span}
