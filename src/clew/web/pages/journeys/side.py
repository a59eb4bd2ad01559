"""One picture of a journey's page: what was worked out for it, what of it is shown, what is live upon it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from clew.journeys.model import Journey
from clew.reports.model import Picture, Table
from clew.reports.picture.frame import Show, To
from clew.reports.picture.text import flow_table, stage_table
from clew.texts import gettext as _
from clew.web.analytics.permitted import sees_accounts
from clew.web.frame.files import workspace_of
from clew.web.pages.journeys.drawing import Asks, Drawn, draw
from clew.web.pages.journeys.now import Leads, Live, overlay
from clew.web.pages.journeys.pictures import PLAN_ALONE, Framed, Pictures, pictures, plan_alone
from clew.web.pages.journeys.view import View, query_of
from clew.web.pages.journeys.worked import Worked, worked

if TYPE_CHECKING:
    from clew.live.fresh.asking import FreshWorkspace
    from clew.web.request import Asked

SIDES = {"both": Show(), "planned": PLAN_ALONE, "actual": Show(planned=False)}


@dataclass(frozen=True)
class Side:
    """One picture.

    picture   what is drawn: while nothing is worked out, the stages as they are planned
    shows     sides of it that are shown      is_live  what is so now stands upon it
    """

    title: str
    worked: Worked[Drawn]
    picture: Picture
    pictures: Pictures
    shows: Show
    is_live: bool

    @property
    def drawn(self) -> Drawn | None:
        return self.worked.value

    @property
    def tables(self) -> Sequence[Table]:
        """Every number of it, for whoever does not see it."""
        return (stage_table(self.picture), flow_table(self.picture)) if self.shows.actual else ()


def drawn_of(asked: Asked, view: View, live: Live) -> Worked[Drawn]:
    """What is worked out of the log for a view, or is being."""
    version = view.version or version_in_force(live)
    alone = replace(view, version=version, beside="", against="", show="")
    whole = view.is_whole
    work = partial(_draw, asked=asked, asks=partial(query_of, asked, alone), view=alone, here=live.here, whole=whole)
    return worked(asked, ("picture", alone, whole), work)


def _draw(
    workspace: FreshWorkspace, *, asked: Asked, asks: Asks, view: View, here: Mapping[str, int | None], whole: bool
) -> Drawn:
    return draw(workspace, asked.actor, asks, view, here, whole=whole)


def version_in_force(live: Live) -> str:
    """The version by which runs are read unless somebody asks for another: "" where its file is in force."""
    return live.force.published.version if live.force.published and live.force.differs else ""


def side_of(asked: Asked, view: View, live: Live, leads: Leads, key: str, *, alone: bool = True) -> Side:
    """Make one picture of the page.

    key    begins the ids of its drawings
    alone  no other stands beside it: else what the map says of customer and firm would be said twice
    """
    firm = workspace_of(asked.parts).firm
    found = drawn_of(asked, view, live)
    drawn = found.value
    base = drawn.picture if drawn else plan_alone(live.journey, firm, before=None in live.now.stages)
    shows, is_live = _shown(view, drawn, alone=alone), view.is_live
    framed = Framed(
        title=_title(view, live.journey),
        key=key,
        currency=firm.currency,
        show=shows,
        link=leads.runs(state="stalled") if view.is_now else "",
        to=leads.to if sees_accounts(asked.actor) and view.is_now else _to_stage(leads),
        overlay=overlay(live, leads, firm.currency) if is_live else None,
    )
    return Side(group_words(view), found, base, pictures(base, framed), shows, is_live)


def _shown(view: View, drawn: Drawn | None, *, alone: bool) -> Show:
    if drawn is None:
        return replace(PLAN_ALONE, lanes=alone)
    side, may = SIDES[view.show], drawn.show
    return Show(side.planned, side.actual and may.actual, side.times and may.times, lanes=alone)


def _to_stage(leads: Leads) -> To:
    def to(stage: Any, what: str) -> str:
        return leads.stage(stage.name) if what == "stage" and not stage.before else ""

    return to


def _title(view: View, journey: Journey) -> str:
    sides = {"both": _("planned and actual"), "planned": _("planned"), "actual": _("actual")}
    words = f"{journey.title or journey.name}: {sides[view.show]}"
    return f"{words}, {group_words(view)}" if group_words(view) else words


def group_words(view: View) -> str:
    """Which group, which version a picture is of; "" for everybody under the one in force."""
    parts = [view.of, _("version %(version)s") % {"version": view.version} if view.version else ""]
    return ", ".join(part for part in parts if part)
