"""The one thing to do next for an account: what is broken first, then what waits, then what could be won."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clew.clock import DAY_US, NEVER
from clew.context.model import Context, Promise, PromiseState
from clew.firm.model import Firm
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.frame.next_step import NextStep
from clew.web.frame.spans import span_words
from clew.web.frame.times import relative
from clew.web.pages.accounts.finding import Opened
from clew.web.pages.accounts.standing import Standing
from clew.web.queries.accounts_list import RENEWS_WITHIN_DAYS
from clew.web.queries.signals import READY, beside_name

if TYPE_CHECKING:
    from sqlalchemy import Row

SOON_DAYS = 14  # a promise that is due so soon is the next thing to do


@dataclass(frozen=True)
class Stands:
    """All that the next step follows from.

    silent_after  so long without a sign of life counts as silence (microseconds)
    found         the account, and what of it the reader may see and do
    """

    context: Context
    firm: Firm
    runs: Sequence[Standing]
    signals: Sequence[Row[Any]]
    found: Opened
    silent_after: int


def next_step(told: Stands, now: int) -> NextStep:
    """Return the most urgent one; that nothing waits is an answer too."""
    return next(_steps(told, now))


def _steps(told: Stands, now: int) -> Iterator[NextStep]:
    if told.context.header.lost_at is None:
        yield from _broken(told, now)
        yield from _unanswered(told, now)
        yield from _returned(told, now)
        yield from _stalled(told, now)
        yield from _renewing(told, now)
        yield from _waiting(told, now)
        yield from _ready(told)
        yield from _due_next(told, now)
        yield NextStep(
            _("Nothing waits for us here: no promise is broken, no handoff is late, no stage stalls."), kind="good"
        )
    days = span_words(now - (told.context.header.lost_at or now))
    yield NextStep(_("This account was lost %(since)s ago; nothing is due.") % {"since": days}, kind="none")


def _broken(told: Stands, now: int) -> Iterator[NextStep]:
    broken = [one for one in told.context.promises if one.state(now) is PromiseState.BROKEN]
    if not broken:
        return
    first = min(broken, key=lambda one: one.due_at)
    words = {
        "what": _what(first, names=told.found.sees_persons),
        "since": span_words(now - first.due_at),
        "more": len(broken) - 1,
    }
    says = _("A promise is broken: %(what)s was due %(since)s ago.")
    if len(broken) > 1:
        says = ngettext(
            "A promise is broken: %(what)s was due %(since)s ago; so is %(more)d more.",
            "A promise is broken: %(what)s was due %(since)s ago; so are %(more)d more.",
            len(broken) - 1,
        )
    yield NextStep(says % words, _("See the promises"), f"{told.found.address}#promises", "late")


def _what(promise: Promise, *, names: bool) -> str:
    return f"“{promise.says}”" if promise.says and names else promise.topic or _("what we promised")


def _unanswered(told: Stands, now: int) -> Iterator[NextStep]:
    late = [one for one in told.context.handoffs if one.is_late(now)]
    for one in sorted(late, key=lambda each: each.due_at or 0)[:1]:
        words = {
            "from": told.firm.team_title(one.source),
            "to": told.firm.team_title(one.target),
            "since": span_words(now - (one.due_at or now)),
        }
        says = _("%(to)s has not taken over from %(from)s: the receipt was due %(since)s ago.") % words
        yield NextStep(says, _("See the handoff"), f"{told.found.address}#handoffs", "late")


def _returned(told: Stands, now: int) -> Iterator[NextStep]:
    back = [one for one in told.context.handoffs if one.is_returned]
    for one in sorted(back, key=lambda each: each.history[-1].at)[:1]:
        words = {
            "from": told.firm.team_title(one.source),
            "to": told.firm.team_title(one.target),
            "when": relative(one.history[-1].at, now),
        }
        says = _("%(to)s returned the handoff %(when)s: %(from)s adds what is missing and sends it again.") % words
        yield NextStep(says, _("See the handoff"), f"{told.found.address}#handoffs", "late")


def _stalled(told: Stands, now: int) -> Iterator[NextStep]:
    late = [one for one in told.runs if one.is_late(now)]
    for one in sorted(late, key=lambda each: each.expected_at or 0)[:1]:
        words = {
            "stage": one.stage or _("the beginning"),
            "journey": one.title,
            "days": span_words(now - one.since),
            "over": span_words(now - (one.expected_at or now)),
            "who": one.waiting_on,
        }
        limit = _("%(journey)s has stood in %(stage)s for %(days)s, %(over)s over its limit; it waits on %(who)s.")
        usual = _("%(journey)s has stood in %(stage)s for %(days)s, longer than nine of ten do; it waits on %(who)s.")
        says = (limit if one.limit_at is not None else usual) % words
        yield NextStep(says, _("See where it stands"), f"{told.found.address}#track", "late")


def _renewing(told: Stands, now: int) -> Iterator[NextStep]:
    header = told.context.header
    if header.renewal_at is None or not 0 <= header.renewal_at - now <= RENEWS_WITHIN_DAYS * DAY_US:
        return
    words = {"in": span_words(header.renewal_at - now)}
    if header.heard_at is None:
        says = _("The contract renews in %(in)s, and no sign of life is on file.")
    elif now - header.heard_at >= told.silent_after:
        says = _("The contract renews in %(in)s, and we have heard nothing for %(silent)s.")
        words["silent"] = span_words(now - header.heard_at)
    else:
        return
    do, href = (_("Log a touch"), f"{told.found.address}/act/touch") if told.found.may_act else ("", "")
    yield NextStep(says % words, do, href, "late")


def _waiting(told: Stands, now: int) -> Iterator[NextStep]:
    """A handoff that waits within its time."""
    waits = [one for one in told.context.handoffs if one.waits and not one.is_late(now)]
    for one in sorted(waits, key=lambda each: each.due_at or NEVER)[:1]:
        words = {"from": told.firm.team_title(one.source), "to": told.firm.team_title(one.target)}
        says = _("%(to)s is to take over from %(from)s.") % words
        if one.due_at is not None:
            left = {"in": span_words(one.due_at - now)}
            says = _("%(to)s is to take over from %(from)s: the receipt is due in %(in)s.") % (words | left)
        yield NextStep(says, _("See the handoff"), f"{told.found.address}#handoffs", "waiting")


def _due_next(told: Stands, now: int) -> Iterator[NextStep]:
    """The open promise that is due first, where that is soon."""
    near = [
        one
        for one in told.context.promises
        if one.state(now) is PromiseState.OPEN and one.due_at - now <= SOON_DAYS * DAY_US
    ]
    for one in sorted(near, key=lambda each: each.due_at)[:1]:
        words = {"what": _what(one, names=told.found.sees_persons), "in": span_words(one.due_at - now)}
        says = _("Nothing is late. Next is a promise: %(what)s, due in %(in)s.") % words
        yield NextStep(says, _("See the promises"), f"{told.found.address}#promises", "waiting")


def _ready(told: Stands) -> Iterator[NextStep]:
    header = told.context.header
    for one in told.signals:
        if one.kind == READY:
            says = beside_name(one.says, header.thread, header.name)
            yield NextStep(says, _("See why"), f"{told.found.address}#signals", "waiting")
            return
