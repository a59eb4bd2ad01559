"""Bring a promise to its end: kept, or released by the customer."""

from __future__ import annotations

from clew.acts import vocabulary
from clew.acts.model import Act
from clew.context.model import Promise, PromiseState
from clew.errors import ClewError
from clew.texts import gettext as _
from clew.web.pages.acts.facts import Facts
from clew.web.pages.acts.told import Told


class NoSuchPromise(ClewError):
    """No promise of this account has this id."""

    code = "unknown-promise"


class NotOpen(ClewError):
    """This promise is settled already."""

    code = "not-open"


def keeping(facts: Facts, id: str, told: Told) -> tuple[Act, str]:
    """Return the act of keeping a promise, and what it settles; reads says. Raises NoSuchPromise, NotOpen"""
    promise = _unsettled(facts, id)
    says = told.text("says")
    told.check()
    act = vocabulary.promise_kept(facts.meanings, facts.thread, id=promise.id, says=says)
    return act, _settles(facts, promise)


def releasing(facts: Facts, id: str, told: Told) -> tuple[Act, str]:
    """Return the act of releasing a promise; reads reason. Raises NoSuchPromise, NotOpen, WrongFields"""
    promise = _unsettled(facts, id)
    reason = told.text("reason", needed=_("Say why the customer does without it."))
    told.check()
    act = vocabulary.promise_released(facts.meanings, facts.thread, id=promise.id, reason=reason)
    return act, _settles(facts, promise)


def _unsettled(facts: Facts, id: str) -> Promise:
    promise = next((one for one in facts.context.promises if one.id == id), None)
    if promise is None:
        raise NoSuchPromise(f"'{facts.thread}' has no promise '{id[:80]}'; its page lists those it has")
    state = promise.state(facts.now)
    if state not in (PromiseState.OPEN, PromiseState.BROKEN):
        raise NotOpen(
            _("This promise is settled already (%(state)s); nothing was changed.") % {"state": _(state.value)}
        )
    return promise


def _settles(facts: Facts, promise: Promise) -> str:
    return f"promise {facts.thread} {promise.id}"
