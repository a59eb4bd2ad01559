"""What of a journey's picture somebody may see who sees no single accounts: nothing of few, nothing it follows from.

Runs that enter a stage are those that leave it and those that stand there, so ways that few went could be worked out
from exact counts of the others. Only ways of ten accounts and more are drawn, so that one that is not drawn need not be
of few; counts are rounded to tens, sums are of what is shown, and the number of observations of a time is not told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from clew.access.policy import LEAST_ACCOUNTS
from clew.engine.model import OPEN, RESTARTED, FoldedBucket, ended
from clew.questions.ground import Ground
from clew.reports.actual import BEFORE, START
from clew.reports.model import End, Figure, Flow, Picture, Stage
from clew.texts import gettext as _

ROUNDED = 2 * LEAST_ACCOUNTS
FIRST_VISIT = -2  # Visits.came of a run's first visit
Move = tuple[int, int]  # (stage or -2 for the start, `Visits.next`)


@dataclass(frozen=True)
class Behind:
    """Accounts behind each flow, by the names of its ends, and behind each stage."""

    flows: Mapping[tuple[str, str], int]
    stages: Mapping[str, int]


def behind(ground: Ground) -> Behind:
    """Count the accounts behind every flow and every stage of a folded journey."""
    flows: Counter[Move] = Counter()
    stages: Counter[int] = Counter()
    for folded in ground.buckets:
        moves, places = _pairs(folded)
        flows.update(moves)
        stages.update(places)
    names = {-1: BEFORE, -2: START, **dict(enumerate(ground.journey.stage_names))}
    names |= {ended(place): end.name for place, end in enumerate(ground.journey.ends)}
    names |= {ended(RESTARTED): "restarted"}
    return Behind(
        {(names[source], names.get(target, "")): count for (source, target), count in flows.items()},
        {names[place]: count for place, count in stages.items()},
    )


def _pairs(folded: FoldedBucket) -> tuple[Iterable[Move], Iterable[int]]:
    visits = folded.visits
    thread = folded.runs.thread[visits.run].astype(np.int64)
    stage, following = visits.stage.astype(np.int64), visits.next.astype(np.int64)
    left, first = following != OPEN, visits.came == FIRST_VISIT
    begun = np.full(int(first.sum()), -2)
    rows = np.concatenate(
        (
            np.stack((stage[left], following[left], thread[left]), axis=1),
            np.stack((begun, stage[first], thread[first]), axis=1),
        )
    )
    moves = np.unique(rows, axis=0)[:, :2]
    places = np.unique(np.stack((stage, thread), axis=1), axis=0)[:, 0]
    return [(int(a), int(b)) for a, b in moves.tolist()], [int(one) for one in places.tolist()]


def permitted(picture: Picture, known: Behind, here: Mapping[str, int | None]) -> Picture:
    """Return a picture as somebody may see it who sees no single accounts.

    here  runs that stand in a stage, by its name, as they are told elsewhere; None where that is hidden
    """
    flows = _shown_flows(picture, known)
    entered = Counter[int]()
    for flow in flows:
        if flow.target is not None:
            entered[flow.target] += flow.visits
    stages = [_stage(stage, entered[place], known, here) for place, stage in enumerate(picture.stages)]
    started = sum(flow.visits for flow in flows if flow.source is None)
    return Picture(tuple(stages), flows, tuple(_end(end, flows) for end in picture.ends), started)


def name_of(stage: Stage) -> str:
    """The name under which `Behind` counts a stage."""
    return BEFORE if stage.before else stage.name


def _shown_flows(picture: Picture, known: Behind) -> tuple[Flow, ...]:
    names = [name_of(stage) for stage in picture.stages]
    return tuple(
        replace(flow, visits=rounded(flow.visits)) for flow in picture.flows if _accounts(flow, names, known) >= ROUNDED
    )


def rounded(count: int) -> int:
    """Round to tens, a half upwards."""
    return (count + LEAST_ACCOUNTS) // ROUNDED * ROUNDED


def _accounts(flow: Flow, names: list[str], known: Behind) -> int:
    source = START if flow.source is None else names[flow.source]
    target = flow.end if flow.target is None else names[flow.target]
    return min(known.flows.get((source, target), 0), flow.visits)


def _stage(stage: Stage, entered: int, known: Behind, here: Mapping[str, int | None]) -> Stage:
    name = name_of(stage)
    words = _("about %(count)s visits") % {"count": f"{entered:,}"} if entered else _("few")
    seen = known.stages.get(name, 0) >= ROUNDED  # none, few and some read alike: their difference would tell
    nothing = Figure(None, stage.median.unit, words=_("few"))
    return replace(
        stage,
        runs=Figure(float(entered), words=words),
        visits=entered,
        here=here.get(name) or 0,
        median=replace(stage.median, n=None) if seen and stage.median.needed is None else nothing,
        p90=replace(stage.p90, n=None) if seen and stage.p90.needed is None else nothing,
        censored=Figure(None),
        stalled=0,
        stalled_value=None,
    )


def _end(end: End, flows: tuple[Flow, ...]) -> End:
    return replace(end, runs=Figure(float(sum(flow.visits for flow in flows if flow.end == end.name))))
