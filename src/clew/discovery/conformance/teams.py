"""Stages entered, and handoffs taken over, by another team than the map says.

A stage may be entered by its own team, by that of the stage before, whose work the entering event completes, and by the
giver of a handoff that the map declares, to the stage's team or sent by that very event. A handoff is taken over by the
team it goes to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Bucket
from clew.clock import NEVER
from clew.conditions.happening import event_names
from clew.conditions.model import Condition, Score
from clew.discovery.conformance.deviations import Kind, Marks, Places, joined
from clew.engine.model import FoldedBucket
from clew.engine.ordered import Mask, first_after
from clew.engine.receipts import Receipts
from clew.engine.stream import leaves_of
from clew.engine.terms import Terms
from clew.questions.ground import Ground
from clew.questions.stages import by_variant

Values = NDArray[np.int64]
_SILENT = -2  # and below: teams that the map names and no event does
_NO_ROW = -1


def other_teams(folded: FoldedBucket, places: Places, ground: Ground, received: Sequence[Receipts]) -> Marks:
    """Mark them; where no team is known of the event, or none is planned, nothing is judged.

    received  of every handoff of the journey
    """
    at = np.asarray(folded.bucket.at)[folded.steps.row]
    parts = []
    for stage in range(places.stages):
        visit, wrong = _entered(folded, ground, stage, at)
        place = places.at_stage(Kind.OTHER_TEAM) + stage
        parts.append(_marks(folded.visits.run[visit].astype(np.int64), wrong, np.ones(len(visit), np.bool_), place))
    parts += [_taken_over(folded, places, ground, number, (at, each)) for number, each in enumerate(received)]
    return joined(parts)


def entered_by_others(folded: FoldedBucket, ground: Ground, *, at: Values) -> Values:
    """List the visits (rows) that another team entered than the map knows there. at: of all the bucket's steps."""
    parts = [_entered(folded, ground, stage, at) for stage in range(len(ground.journey.stages))]
    return np.concatenate([np.zeros(0, np.int64), *(visit[wrong] for visit, wrong in parts)])


def _entered(folded: FoldedBucket, ground: Ground, stage: int, at: Values) -> tuple[Values, Mask]:
    """Return the visits of a stage whose team is planned and known, and which of them another team entered."""
    visits, journey = folded.visits, ground.journey
    teams = np.array([[_code(ground, team) for team in row] for row in by_variant(journey, "team")], np.int64)
    visit = np.flatnonzero(visits.stage == stage) if (teams[:, stage] != NO_CODE).any() else np.zeros(0, np.int64)
    run = visits.run[visit].astype(np.int64)
    enter = [journey.stages[stage].enter]
    row = deciding_rows(folded, ground.terms, enter, run=run, when=visits.enter[visit], at=at)
    variant = folded.runs.variant[run].astype(np.int64) + 1
    planned, came = teams[variant, stage], visits.came[visit].astype(np.int64)
    former = np.where(came >= 0, teams[variant, np.maximum(came, 0)], NO_CODE)
    acted = _acting(folded.bucket, row)
    wrong = (acted != planned) & (acted != former)
    for handoff in journey.handoffs:
        to_this = planned == _code(ground, handoff.target)
        sent = listens(folded.bucket, ground.terms, [handoff.sent], row)
        wrong &= ~((to_this | sent) & (acted == _code(ground, handoff.source)))
    judged = (planned != NO_CODE) & (acted != NO_CODE)
    return visit[judged], wrong[judged]


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
    code, teams = ground.view.names["team"].code(str(team)), list(ground.firm.teams)
    silent = teams.index(str(team)) if team in teams else len(teams)
    return code if code != NO_CODE else _SILENT - silent


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
