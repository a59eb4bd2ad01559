"""What the firm's map says, as the report draws it."""

from __future__ import annotations

from collections.abc import Mapping

from clew.clock import US
from clew.firm.model import Firm
from clew.journeys.model import Handoff, Journey, Mark, Stage
from clew.questions.stages import titled
from clew.reports.model import Place, Planned


def planned(journey: Journey, stage: Stage, firm: Firm) -> Planned:
    """Return what the map says of a stage."""
    view, limit = stage.customer, stage.limit
    return Planned(
        team=team_title(stage.team, firm),
        waiting_on=stage.waiting_on.value,
        limit=str(limit) if limit else "",
        limit_s=limit.micros / US if limit and not limit.working else None,
        optional=stage.optional,
        milestone=stage.milestone,
        does=view.does or "",
        needs=view.needs or "",
        expects=view.expects or "",
        feels=view.feels or "",
        pains=view.pains,
        touchpoints=tuple(
            Place(place.name, place.channel or "", team_title(place.team, firm)) for place in stage.touchpoints
        ),
        handoffs=tuple(_sentence(handoff, firm) for handoff in journey.handoffs if arrives(handoff, journey) is stage),
        evidence=_marks(journey, stage),
    )


def team_title(team: str | None, firm: Firm) -> str:
    """Return what a page calls a team, "" where none is named."""
    if not team:
        return ""
    return firm.teams[team].title if team in firm.teams else team


def person_title(person: str, firm: Firm) -> str:
    """Return what a page calls a person of the firm."""
    return firm.people[person].title if person in firm.people else person


def part_of(journey: Journey, journeys: Mapping[str, Journey]) -> str:
    """Say which stage of which journey this one details, by titles where that journey is known; "" where none."""
    if journey.part_of is None:
        return ""
    name, stage = journey.part_of
    if name not in journeys:
        return f"{name}, stage {stage}"
    whole = journeys[name]
    titles = {each.name: titled(each) for each in whole.stages}
    return f"{whole.title}, stage {titles.get(stage, stage)}"


def arrives(handoff: Handoff, journey: Journey) -> Stage | None:
    """The stage in which the receiving team takes over: best where the giving team had the one before."""
    taking = [place for place, stage in enumerate(journey.stages) if stage.team == handoff.target]
    after = [place for place in taking if place and journey.stages[place - 1].team == handoff.source]
    place = next(iter(after or taking), None)
    return None if place is None else journey.stages[place]


def _sentence(handoff: Handoff, firm: Firm) -> str:
    teams = f"{team_title(handoff.source, firm)} to {team_title(handoff.target, firm)}"
    receipt = f", receipt within {handoff.accept_within}" if handoff.accept_within else ""
    packet = f", packet of {len(handoff.packet)}" if handoff.packet else ""
    return f"{teams}{receipt}{packet}"


def _marks(journey: Journey, stage: Stage) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for key, mark in journey.marks.items():
        name, _, element = key.partition(".")
        if name == stage.name:
            found[element.removeprefix("customer.") or "stage"] = _words(mark)
    return found


def _words(mark: Mark) -> str:
    return f"{mark.kind}: {mark.source}"
