"""Asked again: a question about what this account has already answered."""

from __future__ import annotations

import numpy as np

from clew.clock import DAY_US
from clew.engine.ordered import Mask, Positions
from clew.meanings.model import Asked
from clew.signals.model import NO_ROW, Detector, Failure, Found, Seen, nothing
from clew.signals.parts import wording
from clew.signals.parts.blind_spots import absent, lacking, no_topic, one_team, teams_of, topics_of, unsaid
from clew.signals.parts.earlier_events import Grouped, groups, known
from clew.signals.parts.signal_order import at_rows
from clew.signals.sight import Sight

LEFT_OUT = "have no topic: they are left out, for nobody can say what they are about"
TEAMLESS = "name no team: they are left out, for nobody can say whether another team asked"


def find(sight: Sight, number: int) -> Seen:
    """Find questions whose answer the firm already had."""
    asked = sight.meanings.asked
    if asked is None or sight.meanings.about is None:
        return nothing()
    bucket = sight.buckets[number]
    questions = sight.happens(number, asked.when) & _comparable(sight, number, asked)
    answers = sight.happens(number, asked.answered) & known(sight.codes(number, sight.meanings.about))
    rows = np.flatnonzero(questions | answers)
    source = _source(sight, number, rows, answers=answers[rows])
    since = bucket.at[rows] - bucket.at[rows[source]]
    again = np.flatnonzero(questions[rows] & (source != NO_ROW) & (since <= asked.within.micros))
    days = since[again] / DAY_US
    return at_rows(bucket, np.flatnonzero(questions), last=rows[again], first=rows[source[again]], measure=days)


def _comparable(sight: Sight, number: int, asked: Asked) -> Mask:
    """Where an event has what the comparison needs: a topic, and a team where teams are compared."""
    topic = sight.codes(number, sight.meanings.about)
    return known(topic) if asked.answered is not None else known(topic, sight.buckets[number].team)


def _source(sight: Sight, number: int, rows: Positions, *, answers: Mask) -> Positions:
    """Return for each event what made the question needless: the latest answer, else the other team's question."""
    bucket, asked = sight.buckets[number], sight.meanings.asked
    topic = sight.codes(number, sight.meanings.about)[rows]
    grouped = Grouped(groups(bucket.thread[rows], topic))
    if asked is not None and asked.answered is not None:
        return grouped.of_kind(answers)
    return grouped.of_others(bucket.team[rows])


def blind(sight: Sight) -> list[str]:
    """Say what keeps repeated questions from being seen."""
    asked = sight.meanings.asked
    if asked is None:
        return [unsaid("asked", "nobody knows which events are questions to a customer")]
    if topicless := no_topic(sight):
        return topicless
    if never := absent(sight, "asked", asked.when):
        return never
    columns = {LEFT_OUT: topics_of}
    found = lacking(sight, asked.when, columns, of="questions")
    if asked.answered is not None:
        return found + absent(sight, "asked: answered", asked.answered) + _answers(sight, asked)
    teams = lacking(sight, asked.when, {TEAMLESS: teams_of}, of="questions")
    unknown = "meanings.yaml does not say 'asked: answered': any question that another team asked before counts."
    return [*found, *teams, unknown, *one_team(sight, asked.when, "questions")]


def _answers(sight: Sight, asked: Asked) -> list[str]:
    assert asked.answered is not None
    columns = {"have no topic: what they answer is not known": topics_of}
    return lacking(sight, asked.answered, columns, of="answers")


def sentence(sight: Sight, number: int, found: Found, place: int) -> str:
    """Say who asked what again, and since when the answer was there."""
    first, last = int(found.first[place]), int(found.last[place])
    asked = sight.meanings.asked
    by_answer = asked is not None and asked.answered is not None
    before = "the customer had answered it" if by_answer else f"{wording.team_at(sight, number, first)} had asked it"
    after = wording.later(sight, number, first, last=last)
    topic = wording.about(sight, number, last)
    who, when = wording.account(sight, int(found.thread[place])), wording.day(sight, int(found.at[place]))
    return f"{who}: {wording.team_at(sight, number, last)} asked again{topic} {after} {before} ({when})."


DETECTOR = Detector(
    name="repeated-question",
    title="Asked again",
    failure=Failure.MESSAGES,
    definition="The firm asks about a topic on which this account already gave an answer (where answers are not "
    "recorded: on which another team already asked); found at the repeated question. Asking again before any answer "
    "is a reminder.",
    of="questions asked",
    blind=blind,
    find=find,
    sentence=sentence,
    unit="days",
)
