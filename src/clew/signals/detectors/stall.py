"""Stood still: a visit of a stage lasts longer than its owner's limit, else than the norm that was known then."""

from __future__ import annotations

import numpy as np

from clew.clock import DAY_US
from clew.engine.ordered import Positions
from clew.questions.stages import limit_of, titled
from clew.signals.measuring.stall_places import in_words
from clew.signals.model import NO_ROW, Detector, Exposed, Failure, Found, Seen, together
from clew.signals.parts import wording
from clew.signals.parts.signal_order import arranged
from clew.signals.parts.stall_blind import blind
from clew.signals.parts.stalls_judged import Judged, entered, judged
from clew.signals.sight import Sight

Standing = tuple[Judged, int]  # a judged visit: of which journey, which row


def find(sight: Sight, number: int) -> Seen:
    """Find visits that stand longer than they may, of every journey."""
    seen = together(Seen(_found(part), _exposed(part)) for part in judged(sight, number))
    return arranged(seen.found, seen.exposed)


def _found(part: Judged) -> Found:
    runs, run, at = part.folded.runs, part.run[part.stalled], part.due[part.stalled]
    visit = part.visit[part.stalled]
    days = (at - part.folded.visits.enter[visit]) / DAY_US
    alone = np.full(len(at), NO_ROW, np.int64)
    return Found(runs.thread[run], runs.subject[run], at, entered(part.folded, visit), alone, days)


def _exposed(part: Judged) -> Exposed:
    return Exposed(part.folded.runs.thread[part.run], part.due)


def sentence(sight: Sight, number: int, found: Found, place: int) -> str:
    """Say who stood where, since when, and beyond what."""
    part, row = _standing(sight, number, place)
    journey, visits = part.ground.journey, part.folded.visits
    visit = int(part.visit[row])
    stage, variant = int(visits.stage[visit]), int(part.folded.runs.variant[visits.run[visit]])
    limit = limit_of(journey, variant, stage)
    beyond = f"its limit of {limit}" if limit else "the time by which nine in ten have left"
    entry = int(found.first[place])
    told = wording.day if entry != NO_ROW and sight.buckets[number].day[entry] else wording.moment
    who, at = wording.account(sight, int(found.thread[place])), told(sight, int(found.at[place]))
    if found.subject[place] != found.thread[place]:
        who = f"{who}: {wording.thing(sight, found, place)}"
    since = told(sight, int(visits.enter[visit]))
    return (
        f"{who} stood in '{titled(journey.stages[stage])}' of {journey.name} since {since}, beyond {beyond} from {at}."
    )


def _standing(sight: Sight, number: int, place: int) -> Standing:
    """The visit behind a signal; signals stand in the order in which `arranged` puts them."""
    parts = judged(sight, number)
    of, row, order = sight.made(("stalls in order", number), lambda: _in_order(parts))
    return parts[of[order[place]]], int(row[order[place]])


def _in_order(parts: list[Judged]) -> tuple[Positions, Positions, Positions]:
    rows = [np.flatnonzero(part.stalled) for part in parts]
    of = np.repeat(np.arange(len(parts)), [len(each) for each in rows])
    at = np.concatenate([part.due[each] for part, each in zip(parts, rows, strict=True)])
    thread = np.concatenate([part.folded.runs.thread[part.run[each]] for part, each in zip(parts, rows, strict=True)])
    return of, np.concatenate(rows), np.lexsort((at, thread))


DETECTOR = Detector(
    name="stall",
    title="Stood still",
    failure=Failure.FRICTION,
    definition="A visit of a stage lasts longer than its owner's limit, in working time where the limit says so, else "
    "than the stored P90 of the stage in the run's segment; found when that is reached. A mere timer is none.",
    of="visits",
    blind=blind,
    find=find,
    sentence=sentence,
    unit="days",
    more=in_words,
)
