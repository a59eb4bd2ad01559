"""One journey: its picture with what is so now upon it, and every switch of it as a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.clock import DAY_US
from clew.errors import UnknownName
from clew.journeys.changes import Change, compare
from clew.journeys.model import Journey
from clew.reports.cell import column_units, is_numeric, show_in
from clew.reports.legend import legend
from clew.reports.marks import state_shape
from clew.web.analytics.naming import names_of
from clew.web.analytics.permitted import sees_accounts
from clew.web.analytics.shown import columns_of
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.pages.journeys.drawing import Difference, difference
from clew.web.pages.journeys.first import next_step
from clew.web.pages.journeys.header import header_of
from clew.web.pages.journeys.now import Leads, Live, elsewhere, live_of
from clew.web.pages.journeys.side import Side, side_of
from clew.web.pages.journeys.switches import switches_of
from clew.web.pages.journeys.view import FILE, View, query_of, view_of
from clew.web.pages.journeys.worked import Worked, worked
from clew.web.queries.runs import ended_since, latest_transitions
from clew.workspace.publications import published_versions
from clew.workspace.versions import read_version

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.live.fresh.asking import FreshWorkspace
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

MOVES = 10  # latest ones that are shown


def show(asked: Asked) -> Response:
    """The page, or the part of it that renews itself."""
    workspace, name = workspace_of(asked.parts), asked.path["journey"]
    if name not in workspace.journeys:
        raise UnknownName("journey", name, workspace.journeys)
    view = view_of(asked, versions_of(workspace, name))
    with asked.parts.database.read() as connection:
        live = live_of(asked, connection, name, ended_since(connection, asked.now - DAY_US))
        sees = asked.may(Permission.SEE_ACCOUNTS)
        moves = latest_transitions(connection, journey=name, limit=MOVES) if sees else ()
    leads = Leads(asked, name)
    faulty = [name] if name not in workspace.sound_journeys() else []
    sides = [] if faulty else _sides(asked, view, live, leads)
    return asked.page(
        "journey.html.j2",
        journey=live.journey,
        live=live,
        view=view,
        runs=leads.runs(state="open"),
        at_stake=live.now.at_stake,
        next=next_step([live], [leads], workspace.firm.currency, faulty),
        latest=moves,
        names=names_of(asked, {one.thread for one in moves}),
        journeys=workspace.journeys,
        currency=workspace.firm.currency,
        updates=("runs",),
        renews=asked.request.headers.get("hx-target", ""),
        **_seen(asked, view, live, leads, sides),
        **SETTING,
        show=show_in(workspace.firm.currency),
    )


# What the template calls to put figures into words.
SETTING: dict[str, Any] = {
    "legend": legend(),
    "state_shape": state_shape,
    "units": column_units,
    "numeric": is_numeric,
    "columns_of": columns_of,
}


def versions_of(workspace: Workspace, name: str) -> list[str]:
    """Published versions of a journey, the latest first, then its file."""
    published = published_versions(workspace, name)
    return [*dict.fromkeys(one.version for one in reversed(published)), FILE]


def _sides(asked: Asked, view: View, live: Live, leads: Leads) -> list[Side]:
    other = view.second()
    first = side_of(asked, view, live, leads, "first", alone=other is None)
    return [first] if other is None else [first, side_of(asked, other, live, leads, "second", alone=False)]


def _seen(asked: Asked, view: View, live: Live, leads: Leads, sides: Sequence[Side]) -> dict[str, Any]:
    """What the page shows beside what is so now."""
    drawn = sides[0].drawn if sides else None
    compared = _compared(asked, view) if len(sides) > 1 else None
    stages = [stage.name for stage in sides[0].picture.stages] if sides else []
    workspace = workspace_of(asked.parts)
    return {
        "sides": sides,
        "is_coming": any(side.worked.is_coming for side in sides) or (compared is not None and compared.is_coming),
        "header": header_of(asked, live.force, drawn.staleness if drawn else None),
        "switches": switches_of(asked, view, versions_of(workspace, view.journey), drawn),
        "changes": _changes(workspace, live.journey, view),
        "compared": compared,
        "elsewhere": elsewhere(live, stages, leads) if sides else [],
    }


def _changes(workspace: Workspace, journey: Journey, view: View) -> Sequence[Change] | None:
    """What differs between two versions in words, None where two are not compared."""
    if not view.against:
        return None
    one, other = (_version(workspace, journey, name) for name in (view.version, view.against))
    return compare(other, one)


def _version(workspace: Workspace, journey: Journey, name: str) -> Journey:
    if not name:
        return journey
    if name == FILE:
        return workspace.journey(journey.name)
    return read_version(workspace, journey.name, name)[0]


def _compared(asked: Asked, view: View) -> Worked[Difference] | None:
    """What differs; two versions differ by few, so they are compared for whoever sees single accounts."""
    if not view.beside and not sees_accounts(asked.actor):
        return None
    work = partial(_difference, asked=asked, view=view)
    return worked(asked, ("difference", replace(view, show="")), work)


def _difference(workspace: FreshWorkspace, *, asked: Asked, view: View) -> Difference:
    return difference(workspace, asked.actor, partial(query_of, asked, view), view)


ENDPOINTS = (Endpoint("/journeys/{journey}", ("GET",), Permission.SEE, show),)
