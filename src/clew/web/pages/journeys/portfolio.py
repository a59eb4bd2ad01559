"""All journeys: those that need somebody first, each with its band as it is now, parts under what they detail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.clock import DAY_US, to_micros
from clew.discovery.staleness.measured import Staleness
from clew.discovery.staleness.workspace import staleness_in
from clew.firm.model import Firm
from clew.journeys.reviews import last_review
from clew.questions.model import Query
from clew.questions.stages import titled
from clew.reports.plan import part_of, team_title
from clew.texts import gettext as _
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.pages.journeys.first import next_step
from clew.web.pages.journeys.header import badge_of, owners_of, review_words
from clew.web.pages.journeys.now import Leads, Live, live_of
from clew.web.pages.journeys.worked import Worked, worked
from clew.web.queries.journeys import StageNow
from clew.web.queries.runs import ended_since
from clew.workspace.publications import published_versions

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.live.fresh.asking import FreshWorkspace
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

FULL = 100.0  # width of the longest bar
Stale = Mapping[str, Staleness]


@dataclass(frozen=True)
class Cell:
    """One stage of a band; bar: 0..100, to the scale of the journey's fullest stage that is shown."""

    title: str
    href: str
    team: str
    limit: str
    now: StageNow
    bar: float


@dataclass(frozen=True)
class Entry:
    """One journey of the list.

    depth   0, 1 under the journey that it details, and so on
    badge   shape and words of its age, "" for none
    """

    live: Live
    title: str
    depth: int
    owners: Sequence[tuple[str, str]]
    review: str
    badge: tuple[str, str]
    part_of: str
    cells: Sequence[Cell]


def show(asked: Asked) -> Response:
    """The list."""
    workspace = workspace_of(asked.parts)
    names = workspace.sound_journeys()
    with asked.parts.database.read() as connection:
        ended = ended_since(connection, asked.now - DAY_US)
        live = [live_of(asked, connection, name, ended) for name in names]
    stale: Worked[Stale] = worked(asked, ("stale",), _staleness)
    faulty = sorted(set(workspace.journeys) - set(names))
    ordered = list(in_order(live))
    leads = [Leads(asked, one.journey.name) for one in live]
    return asked.page(
        "journeys.html.j2",
        entries=[_entry(asked, workspace, one, depth, stale.value or {}) for one, depth in ordered],
        is_coming=stale.is_coming,
        faulty=faulty,
        currency=workspace.firm.currency,
        next=next_step(live, leads, workspace.firm.currency, faulty) if names or faulty else None,
        updates=("runs",),
    )


def in_order(live: Sequence[Live]) -> Iterator[tuple[Live, int]]:
    """Yield journeys with their depth: most value x time over the norm first, parts behind what they detail."""
    names = {one.journey.name for one in live}
    wholes = {one.journey.name: _whole(one, names) for one in live}

    def below(whole: str, depth: int, seen: frozenset[str]) -> Iterator[tuple[Live, int]]:
        for one in sorted((one for one in live if wholes[one.journey.name] == whole), key=_pressing):
            name = one.journey.name
            if name not in seen:
                yield one, depth
                yield from below(name, depth + 1, seen | {name})

    told = list(below("", 0, frozenset()))
    yield from told
    found = {one.journey.name for one, _depth in told}
    yield from ((one, 0) for one in sorted(live, key=_pressing) if one.journey.name not in found)  # parts of each other


def _whole(one: Live, names: set[str]) -> str:
    part = one.journey.part_of
    return part[0] if part and part[0] in names else ""


def _pressing(one: Live) -> tuple[float, float, str]:
    over = sum(stage.over for stage in one.now.stages.values())
    return -one.now.weight, -over, one.journey.name


def _staleness(workspace: FreshWorkspace) -> Stale:
    names = workspace.sound_journeys()
    return {name: staleness_in(workspace, workspace.ground(Query("runs", journey=name))) for name in names}


def _entry(asked: Asked, workspace: Workspace, live: Live, depth: int, stale: Stale) -> Entry:
    journey, firm = live.journey, workspace.firm
    published = published_versions(workspace, journey.name)
    since = to_micros(published[-1].at) if published else None
    review = last_review(workspace.journey(journey.name), asked.now, firm.time_zone, since)
    return Entry(
        live=live,
        title=journey.title or journey.name,
        depth=depth,
        owners=owners_of(journey, firm),
        review=review_words(journey, review),
        badge=badge_of(stale.get(journey.name), review),
        part_of=part_of(journey, workspace.journeys),
        cells=cells_of(live, Leads(asked, journey.name), firm),
    )


def cells_of(live: Live, leads: Leads, firm: Firm) -> list[Cell]:
    """The band of a journey; a former stage is shown while runs stand in it."""
    stages = live.now.stages
    known = [stage for stage in live.journey.stages if stage.name in live.force.stages or stage.name in stages]
    most = max((one.open or 0 for one in stages.values()), default=0)
    found = []
    if None in stages:
        found.append(Cell(_("Before any stage"), "", "", "", stages[None], _bar(stages[None], most)))
    for stage in known:
        now = stages.get(stage.name, StageNow())
        team, limit = team_title(stage.team, firm), str(stage.limit or "")
        found.append(Cell(titled(stage), leads.stage(stage.name), team, limit, now, _bar(now, most)))
    names = {stage.name for stage in known}
    found += [
        Cell(name, "", "", "", now, _bar(now, most)) for name, now in stages.items() if name and name not in names
    ]
    return found


def _bar(now: StageNow, most: int) -> float:
    return FULL * now.open / most if most and now.open else 0.0


ENDPOINTS = (Endpoint("/journeys", ("GET",), Permission.SEE, show),)
