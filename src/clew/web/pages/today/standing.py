"""Where runs stand too long: those of one's teams, and journeys by what is at stake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.clock import ALWAYS, DAY_US
from clew.questions.stages import titled
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.addresses import address_of_account, address_of_journey
from clew.web.frame.spans import clock_words
from clew.web.pages.journeys.now import Live, live_of
from clew.web.pages.today.model import MOST, Line, Section
from clew.web.pages.today.person import Person
from clew.web.queries.runs import ended_since
from clew.web.queries.today import limits

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

MICRO = 1_000_000


def slipped(connection: Connection, who: Person, workspace: Workspace, now: int) -> Section:
    """Runs in stages of one's teams that stand there longer than their limit."""
    found = limits(connection, who.stages, since=ALWAYS, until=now, limit=MOST)
    lines = []
    for one in found.rows:
        journey = workspace.journey(one.id)
        stage = next((each for each in journey.stages if each.name == one.what), None)
        says = _("Stands in %(stage)s beyond its limit (%(journey)s).") % {
            "stage": titled(stage) if stage else one.what,
            "journey": journey.title or journey.name,
        }
        left = clock_words(workspace.firm.calendar_of(stage.team if stage else None), one.at, now)
        where = address_of_account(one.thread)
        lines.append(Line("late", _("Slipped"), says, where, one.name, left, _("See why"), f"{where}#track", over=True))
    most = max(who.stages, key=lambda name: sum(one.id == name for one in found.rows), default="")
    return Section("slipped", _("Slipped in your stages"), lines, found.total, address_of_journey(most))


def journeys_at_stake(asked: Asked, connection: Connection, who: Person, workspace: Workspace) -> Section:
    """One's journeys, or all of them, with what is stalled in each, most at stake first."""
    ended = ended_since(connection, asked.now - DAY_US)
    names = list(who.journeys) or list(workspace.sound_journeys())
    live = sorted(
        ((name, live_of(asked, connection, name, ended)) for name in names),
        key=lambda one: (-one[1].now.at_stake, -one[1].now.figures.late.least),
    )
    lines = [_journey(name, one, workspace) for name, one in live if one.now.figures.late.least]
    return Section("journeys", _("Where customers stall"), lines, len(lines), "/journeys")


def _journey(name: str, live: Live, workspace: Workspace) -> Line:
    now = live.now
    late = now.figures.late.least
    says = ngettext(
        "%(count)d run stands longer than it should.", "%(count)d runs stand longer than they should.", late
    ) % {"count": late}
    worst = max(now.stages, key=lambda stage: now.stages[stage].weight, default=None)
    stages = {stage.name: titled(stage) for stage in live.journey.stages}
    if worst is not None and now.stages[worst].stalled:
        says += " " + _("Most of it in %(stage)s.") % {"stage": stages.get(worst, worst)}
    stake = f"{now.at_stake / MICRO:,.0f} {workspace.firm.currency}" if now.at_stake else ""
    left = _("%(amount)s at stake") % {"amount": stake} if stake else ""
    where, title = address_of_journey(name), workspace.journey(name).title or name
    return Line("late", _("Stalled"), says, where, title, left, do=_("Choose what to fix"), href=where)
