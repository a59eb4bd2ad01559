"""Names that fields propose while somebody types: events that occur, teams, people, attributes, channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from clew.errors import FileProblems
from clew.live.fresh.log import Fresh
from clew.sources.parts import PLACE
from clew.web.analytics.keeping import analytics_of
from clew.web.frame.files import workspace_of

if TYPE_CHECKING:
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

PATIENCE_S = 0.5  # a form waits so long for the log; without it, it proposes what the files name


def proposed(asked: Asked) -> Mapping[str, Sequence[str]]:
    """Names by what they are names of."""
    workspace = workspace_of(asked.parts)
    logged = analytics_of(asked.parts).glance(asked.now, _logged, wait_s=PATIENCE_S) or {}
    declared = [spec.event for source in workspace.sources.values() for spec in source.events]
    return {
        "events": sorted({*logged.get("event", ()), *(one for one in declared if not PLACE.search(one))}),
        "channels": sorted(logged.get("channel", ())),
        "attributes": sorted({spec.name for source in workspace.sources.values() for spec in source.attributes}),
        **_of_firm(workspace),
    }


def _logged(fresh: Fresh) -> Mapping[str, Sequence[str]]:
    names = fresh.standing.whole.names
    return {name: list(names[name].texts()) for name in ("event", "channel")}


def _of_firm(workspace: Workspace) -> Mapping[str, Sequence[str]]:
    try:
        firm = workspace.firm
    except FileProblems:
        return {"teams": (), "people": (), "calendars": ()}
    return {"teams": sorted(firm.teams), "people": sorted(firm.people), "calendars": sorted(firm.calendars)}
