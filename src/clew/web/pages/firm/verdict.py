"""The diagnosis that is kept, as far as somebody may know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clew.access.model import Actor
from clew.access.policy import may_see_figure
from clew.reports.board_page import BoardPage, Shown, Watched, from_kept
from clew.texts import gettext as _
from clew.web.frame.next_step import NextStep
from clew.web.queries.firm import crossed_since, kept_diagnosis

if TYPE_CHECKING:
    from sqlalchemy import Connection

NAME = "diagnosis"  # under which the schedule keeps it
CROSSED = "threshold crossed"  # kind of the signals that tell so
KINDS = {"no": "good", "not-yet": "same", "start": "late", "orchestrate": "bad"}


@dataclass(frozen=True)
class Threshold:
    """A threshold, and since when it was noticed to be crossed, None where it is not or nobody has noticed."""

    watched: Watched
    since: int | None


@dataclass(frozen=True)
class Verdict:
    """The diagnosis as somebody may see it.

    made_at, as_of  when it was worked out, and of which log      hidden  sentences left out, of few accounts
    """

    page: BoardPage
    made_at: int
    as_of: int
    thresholds: Sequence[Threshold]
    hidden: int

    @property
    def kind(self) -> str:
        return KINDS.get(self.page.verdict, "none")


def verdict_of(connection: Connection, actor: Actor) -> Verdict | None:
    """Read it; None before the schedule has worked it out, or after another version of Clew did."""
    found = kept_diagnosis(connection, NAME)
    if found is None:
        return None
    try:
        page = from_kept(found[2])
    except (TypeError, KeyError, ValueError):
        return None
    shown = [_seen(actor, one) for one in page.shown]
    watched = [one for one in page.watched if may_see_figure(actor, one.n)]
    journeys = [one for one in page.journeys if may_see_figure(actor, one.open_runs)]
    left_out = sum(one.evidence != other.evidence for one, other in zip(shown, page.shown, strict=True))
    left_out += len(page.watched) - len(watched) + len(page.journeys) - len(journeys)
    since = crossed_since(connection, CROSSED, [one.name for one in watched if one.crossed])
    return Verdict(
        replace(page, shown=shown, watched=watched, journeys=journeys),
        found[0],
        found[1],
        [Threshold(one, since.get(one.name)) for one in watched],
        left_out,
    )


def _seen(actor: Actor, one: Shown) -> Shown:
    """A sentence about few accounts is about those accounts."""
    if one.n is None or may_see_figure(actor, one.n):
        return one
    return replace(one, evidence="")


def next_step(found: Verdict | None, *, may_edit: bool) -> NextStep:
    """The verdict itself, and where to go with it."""
    if found is None:
        return NextStep(_("The verdict is being worked out; a worker does so every hour."), kind="waiting")
    crossed = [one for one in found.thresholds if one.watched.crossed and one.since is not None]
    says = found.page.headline
    if crossed:
        title = crossed[0].watched.ruler.title
        says += " " + _("Since then a threshold was crossed: %(title)s.") % {"title": title}
    if found.page.verdict in ("start", "orchestrate"):
        do = _("Choose what to fix") if may_edit else _("See where customers stall")
        return NextStep(says, do, "/journeys", found.kind)
    return NextStep(says, kind=found.kind)
