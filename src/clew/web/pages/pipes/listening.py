"""What occurs and nobody listens to, and what is listened to and never occurs: counted over the whole log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clew.clock import MINUTE_US
from clew.conditions.happening import event_names
from clew.context import vocabulary
from clew.errors import FileProblems, nearest_name
from clew.meanings.listens import events_of
from clew.questions.heard import event_counts, listens_to
from clew.web.analytics.keeping import analytics_of

if TYPE_CHECKING:
    from clew.journeys.model import Journey
    from clew.live.fresh.asking import FreshWorkspace
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

KEPT = "listening"
WAIT_S = 0.5  # the page does not wait longer: the counts stand there when it is opened again
HOLDS_US = MINUTE_US


@dataclass(frozen=True)
class Deaf:
    """A stage that was never entered: none of its events is in the log.

    of, stage  titles of the journey and of the stage       nearest  name of the log that reads most like it, or ""
    """

    journey: str
    of: str
    stage: str
    event: str
    nearest: str


@dataclass(frozen=True)
class Log:
    """What the log holds: events by name, contacts that are of no account."""

    counts: Mapping[str, int]
    strays: int


@dataclass(frozen=True)
class Listening:
    """What goes unheard.

    unheard  events with their count that no journey, meaning or rule names, the most frequent first
    deaf     stages without their events
    strays   contacts of no account
    """

    unheard: Sequence[tuple[str, int]]
    deaf: Sequence[Deaf]
    strays: int


def listening(asked: Asked, workspace: Workspace) -> Listening | None:
    """Compare files with the log; None while the log is not counted yet."""
    log = _log(asked)
    return None if log is None else compared(workspace, log)


def compared(workspace: Workspace, log: Log) -> Listening:
    """Compare the files of a workspace with what its log holds."""
    journeys = [workspace.journeys[name] for name in workspace.sound_journeys()]
    named = {*vocabulary.DEFAULTS, *_meant(workspace), *(event for one in journeys for event in _named(one))}
    unheard = [(event, count) for event, count in log.counts.items() if event not in named]
    deaf = [one for journey in journeys for one in _deaf(journey, log.counts)] if log.counts else []
    return Listening(sorted(unheard, key=lambda each: (-each[1], each[0])), deaf, log.strays)


def _meant(workspace: Workspace) -> Sequence[str]:
    try:
        return events_of(workspace.meanings)
    except FileProblems:  # said on the page of sources; until then nothing of it counts
        return ()


def _named(journey: Journey) -> Iterator[str]:
    """Events that a journey listens to, and those that its map shows."""
    yield from listens_to(journey)
    yield from (place.event for stage in journey.stages for place in stage.touchpoints if place.event)


def _deaf(journey: Journey, counts: Mapping[str, int]) -> Iterator[Deaf]:
    for stage in journey.stages:
        names = event_names(stage.enter)
        if names and not any(one in counts for one in names):
            nearest = nearest_name(names[0], counts)
            yield Deaf(journey.name, journey.title or journey.name, stage.title or stage.name, names[0], nearest)


def _log(asked: Asked) -> Log | None:
    known: tuple[int, Log] | None = asked.parts.kept.get(KEPT)
    if known is not None and known[0] > asked.now - HOLDS_US:
        return known[1]
    found = analytics_of(asked.parts).soon(KEPT, asked.now, _counted, wait_s=WAIT_S)
    if found is not None:
        asked.parts.kept[KEPT] = (asked.now, found)
        return found
    return known[1] if known is not None else None


def _counted(workspace: FreshWorkspace) -> Log:
    view = workspace.view()
    entity, thread = view.threads_of("contact")
    return Log(event_counts(view), int((entity == thread).sum()))
