"""Small frictions of customers: what annoys and is told to nobody, brought together from journeys, requests, scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clew.archive.model import NO_CODE, Codes, Times
from clew.clock import NEVER
from clew.engine.ordered import Mask, segment_starts
from clew.journeys.model import Back
from clew.questions.ground import Ground
from clew.signals.detectors import slow_answer, stall
from clew.signals.model import Rows
from clew.signals.parts.customers import spells
from clew.signals.parts.scores import lukewarm
from clew.signals.parts.stalls_judged import entered
from clew.signals.sight import Sight

KINDS = (  # one, many
    ("step back", "steps back"),
    ("stall", "stalls"),
    ("reopened request", "reopened requests"),
    ("slow answer", "slow answers"),
    ("lukewarm score", "lukewarm scores"),
    ("friction that the firm named", "frictions that the firm named"),
)
BACK, STALL, REOPENED, SLOW, LUKEWARM, OWN = range(len(KINDS))
Part = tuple[Codes, Times, int, Rows]


@dataclass(frozen=True)
class Frictions:
    """Small frictions of the customers of one bucket, in order of (thread, at): at one instant there is one at most.

    kind  place in KINDS      row  event that shows it, -1 where time alone does
    """

    thread: Codes
    at: Times
    kind: Codes
    row: Rows

    def __len__(self) -> int:
        return len(self.thread)


def frictions(sight: Sight, number: int) -> Frictions:
    """Collect the small frictions of a bucket's customers, of every kind, in order of account and instant."""
    return sight.made(("frictions", number), lambda: _collected(sight, number))


def _collected(sight: Sight, number: int) -> Frictions:
    parts = list(_parts(sight, number))
    thread = np.concatenate([part[0] for part in parts])
    at, row = np.concatenate([part[1] for part in parts]), np.concatenate([part[3] for part in parts])
    kind = np.repeat([part[2] for part in parts], [len(part[0]) for part in parts])
    order = np.lexsort((kind, at, thread))
    order = order[segment_starts(thread[order], at[order])[:-1]]
    order = order[spells(sight, number).hold(thread[order], at[order])]
    return Frictions(thread[order], at[order], kind[order], row[order])


def _parts(sight: Sight, number: int) -> Iterator[Part]:
    for name in sorted(sight.journeys):
        yield _back(sight.journeys[name], number)
    for kind, detector in ((STALL, stall.DETECTOR), (SLOW, slow_answer.DETECTOR)):
        found = detector.detect(sight, number).found
        yield found.thread, found.at, kind, found.last
    requests, own = sight.meanings.requests, sight.meanings.frictions.when
    reopened = sight.happens(number, requests.reopened if requests else None)
    for kind, mask in ((REOPENED, reopened), (LUKEWARM, lukewarm(sight, number)), (OWN, sight.happens(number, own))):
        yield _at(sight, number, mask, kind)


def _back(ground: Ground, number: int) -> Part:
    """Visits of an earlier stage where the map says that this should not be."""
    folded = ground.buckets[number]
    unwanted = np.array([stage.back is Back.FRICTION for stage in ground.journey.stages], np.bool_)
    visits = folded.visits
    back = np.flatnonzero(visits.back & (visits.stage >= 0) & unwanted[np.maximum(visits.stage, 0)])
    thread = folded.runs.thread[visits.run[back]]
    return thread, visits.enter[back], BACK, entered(folded, back)


def _at(sight: Sight, number: int, mask: Mask, kind: int) -> Part:
    bucket, rows = sight.buckets[number], np.flatnonzero(mask)
    return bucket.thread[rows], bucket.at[rows], kind, rows


def seen_from(sight: Sight) -> int:
    """Return from when on frictions could be seen: the first run of a journey, or the first record of a request, a
    score or what the firm named; clock.NEVER where there is none.
    """
    return sight.made("frictions seen from", lambda: _seen_from(sight))


def _seen_from(sight: Sight) -> int:
    requests, own = sight.meanings.requests, sight.meanings.frictions.when
    conditions = [requests.opened, requests.reopened, own] if requests is not None else [own]
    first = NEVER
    for number, bucket in enumerate(sight.buckets):
        shown = np.logical_or.reduce([sight.happens(number, condition) for condition in conditions])
        for score in sight.meanings.scores.values():
            shown |= sight.codes(number, score.property) != NO_CODE
        starts = [ground.buckets[number].runs.start for ground in sight.journeys.values()]
        first = min(first, *(int(at.min(initial=NEVER)) for at in (bucket.at[shown], *starts)))
    return first


def hidden(sight: Sight) -> list[str]:
    """Name the kinds of friction that nothing in this firm's files lets be seen."""
    meanings = sight.meanings
    backs = any(stage.back is Back.FRICTION for ground in sight.journeys.values() for stage in ground.journey.stages)
    requests = meanings.requests
    seen = {
        BACK: backs,
        STALL: bool(sight.journeys),
        REOPENED: requests is not None and requests.reopened is not None,
        SLOW: requests is not None and requests.answered is not None,
        LUKEWARM: bool(meanings.scores),
    }
    return [KINDS[kind][1] for kind, visible in seen.items() if not visible]
