"""What watching and the history say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clew.clock import US
from clew.diagnosis.scoring.model import Scoring
from clew.diagnosis.scoring.sensitivity import distance
from clew.diagnosis.scoring.thresholds import Threshold
from clew.diagnosis.telling.words import BY_ID, figure
from clew.diagnosis.watching.stored import Stored
from clew.diagnosis.watching.watch import Crossing, Watched
from clew.questions.words import counted, date, listed, time

NEAREST = 3


def watched_lines(watched: Watched, scoring: Scoring, zone: str) -> Iterator[str]:
    """Say which thresholds are crossed since the last diagnosis, which are nearest, and what to do."""
    stored = watched.stored
    yield f"Last diagnosis, {date(stored.made_at / US, zone)}: {stored.headline}"
    total = counted(len(stored.thresholds), "threshold")
    if not watched.crossed:
        yield f"None of {total} is crossed since."
        yield from (nearest_words(each, watched, scoring) for each in _nearest(watched))
    else:
        yield f"{len(watched.crossed)} of {total} crossed since:"
        yield from (crossing_words(each, scoring) for each in watched.crossed)
        yield "Next: 'clew diagnose' weighs everything anew."
    if watched.lost:
        names = listed(sorted({each.fact for each in watched.lost}))
        yield f"Not measured any more: {names}. 'clew diagnose --evidence' says why."


def crossing_words(crossing: Crossing, scoring: Scoring) -> str:
    """One crossed threshold: where it was, where it is, what it does."""
    one, fact = crossing.threshold, crossing.fact
    limit, before, now = (figure(value, fact.measure) for value in (one.value, one.now, fact.value or 0.0))
    effect = f"By itself it makes it '{BY_ID[one.alone]}'" if one.alone else _towards(one, scoring)
    change = f"{scoring.indicator(one.indicator).title}: {now}, {one.comparison} {limit}; it was {before}"
    return f"{change}. {effect}. {fact.sentence}"


def nearest_words(one: Threshold, watched: Watched, scoring: Scoring) -> str:
    """One threshold that is not crossed, with the present value."""
    measure = watched.facts[one.fact].measure
    now, limit = figure(watched.now[one.fact], measure), figure(one.value, measure)
    return f"Nearest: {scoring.indicator(one.indicator).title}, {now}; {one.comparison} {limit} would cross it."


def history_lines(stored: Sequence[Stored], zone: str) -> Iterator[str]:
    """One line per diagnosis, the oldest first; the verdict that differs from the one before says so."""
    before = ""
    for one in stored:
        seen = f"log as of {date(one.as_of / US, zone)}" if one.as_of is not None else "no log"
        heard = f"answers of {listed(list(one.leaders))}" if one.leaders else "no answers"
        changed = f" (was: {BY_ID[before]})" if before and before != one.verdict else ""
        yield f"{time(one.made_at / US, zone)}  {BY_ID[one.verdict]}{changed}  {seen}, {heard}"
        before = one.verdict


def _nearest(watched: Watched) -> list[Threshold]:
    open_ones = [each for each in watched.stored.thresholds if each.fact in watched.now]
    return sorted(open_ones, key=lambda each: distance(watched.now[each.fact], each.value))[:NEAREST]


def _towards(one: Threshold, scoring: Scoring) -> str:
    title = scoring.element(one.element).title
    return f"It counts {'towards' if one.raises else 'against'} {title[:1].lower() + title[1:]}, with others"
