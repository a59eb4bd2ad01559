"""Events of runs that no part of any map mentions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from clew.archive.model import NO_CODE, Bucket
from clew.conditions.happening import event_names
from clew.conditions.model import Condition, Score
from clew.discovery.conformance.deviations import Marks, Places
from clew.engine.model import FoldedBucket
from clew.engine.ordered import Mask
from clew.engine.stream import leaves_of
from clew.engine.terms import Terms
from clew.journeys.model import Journey, points_of


def unplanned_events(folded: FoldedBucket, places: Places, mentioned: Mention) -> Marks:
    """Mark every event of a run that is mentioned nowhere; each run is judged."""
    row = folded.steps.row
    bare = np.flatnonzero(~mentioned.events(folded.bucket)[row])
    run = folded.steps.run[bare].astype(np.int64)
    place = places.at_event + np.asarray(folded.bucket.event)[row[bare]].astype(np.int64)
    none = np.zeros(0, np.int64)
    return Marks(run, place, none, none)


class Mention:
    """What maps speak of: events by name, and events that carry a score that they ask for."""

    def __init__(self, journeys: Iterable[Journey], terms: Terms) -> None:
        listed = list(journeys)
        leaves = leaves_of([condition for journey in listed for condition in conditions_in(journey)], terms)
        names = {name for leaf in leaves for name in event_names(leaf)}
        names.update(name for journey in listed for name in named_in(journey))
        self.names = frozenset(names)
        self.named = terms.named(tuple(sorted(names)))
        self.scores = sorted({leaf.name for leaf in leaves if isinstance(leaf, Score)})

    def events(self, bucket: Bucket) -> Mask:
        """Say of every event of a bucket whether a map mentions it."""
        found: Mask = self.named[np.asarray(bucket.event)]
        for score in self.scores:
            found = found | (np.asarray(bucket.property(score)) != NO_CODE)
        return found


def conditions_in(journey: Journey) -> Iterator[Condition]:
    """Every condition of a map: starts, stages, ends, variants, handoffs."""
    if journey.starts is not None:
        yield journey.starts
    yield from (stage.enter for stage in journey.stages)
    yield from (end.when for end in journey.ends)
    yield from (variant.when for variant in journey.variants)
    for handoff in journey.handoffs:
        yield from (each for each in (handoff.sent, handoff.accepted) if each is not None)


def named_in(journey: Journey) -> Iterator[str]:
    """Events that a map names outside of conditions: of its touchpoints and its KPIs."""
    touchpoints = (touchpoint for stage in journey.stages for touchpoint in stage.touchpoints)
    yield from (touchpoint.event for touchpoint in touchpoints if touchpoint.event)
    points = (point for kpi in journey.kpis for point in points_of(kpi) if point not in journey.stage_names)
    yield from (point.removeprefix("event:") for point in points)
