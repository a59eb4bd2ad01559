"""Stages entered, and handoffs taken over, by another team than the map says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Bucket
from clew.clock import NEVER
from clew.conditions.happening import event_names
from clew.conditions.model import Condition, Score
from clew.discovery.deviations import Kind, Marks, Places, joined
from clew.engine.model import FoldedBucket
from clew.engine.ordered import Mask, first_after
from clew.engine.receipts import Receipts
from clew.engine.stream import leaves_of
from clew.engine.terms import Terms
from clew.questions.ground import Ground
from clew.questions.stages import by_variant

Values = NDArray[np.int64]
_SILENT = -2  # a team that the map names and no event does
_NO_ROW = -1


def other_teams(folded: FoldedBucket, places: Places, ground: Ground, received: Sequence[Receipts]) -> Marks:
    """Mark them; where no team is known of the event, or none is planned, nothing is judged.

    received  of every handoff of the journey
    """
    at = np.asarray(folded.bucket.at)[folded.steps.row]
    parts = [_entered(folded, places, ground, stage, at) for stage in range(places.stages)]
    parts += [_taken_over(folded, places, ground, number, (at, each)) for number, each in enumerate(received)]
    return joined(parts)


def _entered(folded: FoldedBucket, places: Places, ground: Ground, stage: int, at: Values) -> Marks:
    """The team of the event that entered a stage; where a handoff is sent by that event, its giver is right too."""
    visits, journey = folded.visits, ground.journey
    teams = np.array([_code(ground, row[stage]) for row in by_variant(journey, "team")], np.int64)
    visit = np.flatnonzero(visits.stage == stage) if (teams != NO_CODE).any() else np.zeros(0, np.int64)
    run = visits.run[visit].astype(np.int64)
    enter = [journey.stages[stage].enter]
    row = deciding_rows(folded, ground.terms, enter, run=run, when=visits.enter[visit], at=at)
    planned = teams[folded.runs.variant[run].astype(np.int64) + 1]
    acted = _acting(folded.bucket, row)
    wrong = acted != planned
    for handoff in journey.handoffs:
        sent = listens(folded.bucket, ground.terms, [handoff.sent], row)
        wrong &= ~(sent & (acted == _code(ground, handoff.source)))
    judged = (planned != NO_CODE) & (acted != NO_CODE)
    return _marks(run, wrong & judged, judged, places.at_stage(Kind.OTHER_TEAM) + stage)


def _taken_over(
    folded: FoldedBucket, places: Places, ground: Ground, number: int, moments: tuple[Values, Receipts]
) -> Marks:
    at, received = moments
    handoff = ground.journey.handoffs[number]
    run = np.flatnonzero(received.accepted != NEVER)
    asked = [handoff.accepted] if handoff.accepted is not None else []
    row = deciding_rows(folded, ground.terms, asked, run=run, when=received.accepted[run], at=at)
    acted = _acting(folded.bucket, row)
    judged = acted != NO_CODE
    return _marks(
        run, judged & (acted != _code(ground, handoff.target)), judged, places.at_handoff(Kind.OTHER_TEAM) + number
    )


def _marks(run: Values, wrong: Mask, judged: Mask, place: int) -> Marks:
    return Marks(run[wrong], np.full(int(wrong.sum()), place), run[judged], np.full(int(judged.sum()), place, np.int64))


def _code(ground: Ground, team: object) -> int:
    if team is None:
        return NO_CODE
    code = ground.view.names["team"].code(str(team))
    return code if code != NO_CODE else _SILENT


def _acting(bucket: Bucket, row: Values) -> Values:
    """Team of each event, NO_CODE where there is no event."""
    team = np.asarray(bucket.team)
    if not len(team):
        return np.full(len(row), NO_CODE, np.int64)
    return np.where(row >= 0, team[row], NO_CODE).astype(np.int64)


def deciding_rows(
    folded: FoldedBucket, terms: Terms, conditions: Iterable[Condition], *, run: Values, when: Values, at: Values
) -> Values:
    """Find the event of each run at an instant that conditions listen to, the last where there are several.

    run, when  (k,) runs and instants      at  instants of all of the bucket's steps
    Returns    (k,) rows of the bucket's events, -1 where a date or a silence decided
    """
    steps, asked = folded.steps, list(conditions)
    lo, hi = np.searchsorted(steps.run, run, "left"), np.searchsorted(steps.run, run, "right")
    place = first_after(at, lo, hi, when) - 1
    found = np.full(len(run), _NO_ROW, np.int64)
    looking = np.arange(len(run))
    while len(looking):
        here = place[looking]
        inside = here >= lo[looking]
        inside[inside] = at[here[inside]] == when[looking][inside]
        looking, here = looking[inside], here[inside]
        row = steps.row[here]
        heard = listens(folded.bucket, terms, asked, row)
        found[looking[heard]] = row[heard]
        looking = looking[~heard]
        place[looking] -= 1
    return found


def listens(bucket: Bucket, terms: Terms, conditions: Sequence[Condition], row: Values) -> Mask:
    """Say of events whether conditions listen to them: by their name, or by the score they carry.

    row  (k,) rows of the bucket's events; -1 is none
    """
    leaves = leaves_of(conditions, terms)
    names = tuple(name for leaf in leaves for name in event_names(leaf))
    event = np.asarray(bucket.event)
    heard = np.zeros(len(row), np.bool_)
    some = np.flatnonzero(row >= 0)
    heard[some] = terms.named(names)[event[row[some]]]
    for leaf in leaves:
        if isinstance(leaf, Score):
            heard[some] |= bucket.property(leaf.name)[row[some]] != NO_CODE
    return heard
