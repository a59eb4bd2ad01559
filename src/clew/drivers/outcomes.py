"""Outcomes: whose is known, since when, and at which instant; always the latest of each account."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np

from clew.archive.model import NO_VALUE, UNIT, Codes, Times
from clew.conditions.model import Condition
from clew.drivers.model import Cases, Figures, Outcome
from clew.engine.amounts import amounts
from clew.engine.ordered import Mask, Positions, first_at_or_after, segment_starts
from clew.errors import BadRequest, UnknownName
from clew.meanings.model import ScoreMeaning
from clew.questions.ground import Ground
from clew.signals.parts.customers import spells
from clew.signals.sight import Sight

RENEWED, EXPANDED, LOST, ACHIEVED = "renewed", "expanded", "lost", "achieved"
OF_MEANINGS = (RENEWED, EXPANDED, LOST)
_LIKE_AGE = (
    "Accounts without it have no such instant: each is looked at when it had been a customer for as long as one of "
    "those with it; those that have not been for so long are left out."
)


def outcome_of(sight: Sight, name: str, journey: str | None = None) -> Outcome:
    """Find an outcome: renewed, expanded or lost, achieved (the good end of a journey), or a score by its name.

    Raises UnknownName, BadRequest where meanings.yaml or a journey does not say what the outcome is
    """
    if name == ACHIEVED:
        return _achieved(_journey(sight, journey))
    if name in sight.meanings.scores:
        return _score(sight.meanings.scores[name])
    if name not in OF_MEANINGS:
        raise UnknownName("outcome", name, (*OF_MEANINGS, ACHIEVED, *sight.meanings.scores))
    said: Condition | None = getattr(sight.meanings, name)
    if said is None:
        raise BadRequest(f"meanings.yaml does not say '{name}'; add it, as {name}: {{event: contract {name}}}")
    return _of_meanings(sight, name, said)


def _of_meanings(sight: Sight, name: str, said: Condition) -> Outcome:
    if name == RENEWED:
        if sight.meanings.lost is None:
            raise BadRequest("meanings.yaml does not say 'lost', so nobody knows who did not renew; add it")
        left = ("Accounts count once they renewed or were lost, the latest of the two; the others are undecided.",)
        return Outcome(name, "renewed", "were lost", _decided, left)
    words = {EXPANDED: ("expanded", "did not expand"), LOST: ("were lost", "stayed")}[name]

    def cases(seen: Sight, number: int) -> Cases:
        return _happened(seen, number, said, is_loss=name == LOST)

    return Outcome(name, *words, cases, (_LIKE_AGE,), wanted=name != LOST)


def _decided(sight: Sight, number: int) -> Cases:
    """Customers that renewed (1) or were lost (0), whichever came last."""
    bucket = sight.buckets[number]
    renewed, lost = (sight.happens(number, said) for said in (sight.meanings.renewed, sight.meanings.lost))
    rows, since = _of_customers(sight, number, np.flatnonzero(renewed | lost))
    last = _last_of_thread(bucket.thread[rows])
    rows, since = rows[last], since[last]
    return Cases(bucket.thread[rows], bucket.at[rows], renewed[rows].astype(np.float64), since)


def _happened(sight: Sight, number: int, said: Condition, *, is_loss: bool) -> Cases:
    """Customers to whom it happened (1, at its latest time), and those to whom it did not (0, at a like age)."""
    bucket = sight.buckets[number]
    rows, since = _of_customers(sight, number, np.flatnonzero(sight.happens(number, said)))
    last = _last_of_thread(bucket.thread[rows])
    rows, since = rows[last], since[last]
    thread, at = bucket.thread[rows], bucket.at[rows]
    others, began, until = _without(sight, number, thread, is_loss=is_loss)
    when, found = _at_like_age(sight, others, began, until, of=_ages(sight, said))
    return _in_order(
        np.concatenate((thread, others[found])),
        np.concatenate((at, when[found])),
        np.repeat([1.0, 0.0], [len(thread), int(found.sum())]),
        np.concatenate((since, began[found])),
    )


def _of_customers(sight: Sight, number: int, rows: Positions) -> tuple[Positions, Times]:
    """Keep events inside or at the end of a spell as customer, with the instant at which that began."""
    bucket, found = sight.buckets[number], spells(sight, number)
    thread, at = bucket.thread[rows], bucket.at[rows]
    lo, hi = np.searchsorted(found.thread, thread, "left"), np.searchsorted(found.thread, thread, "right")
    place = first_at_or_after(found.since, lo, hi, at) - 1  # the last spell that began before
    inside = place >= lo
    inside[inside] = at[inside] <= found.until[place[inside]]
    return rows[inside], found.since[place[inside]]


def _without(sight: Sight, number: int, thread: Codes, *, is_loss: bool) -> tuple[Codes, Times, Times]:
    """Latest spells of customers to whom it never happened; of a loss only those who are customers still."""
    found = spells(sight, number)
    last = _last_of_thread(found.thread)
    last = last[~np.isin(found.thread[last], thread)]
    if is_loss:
        last = last[found.until[last] > sight.as_of]
    until = np.minimum(found.until[last], sight.as_of + 1)
    return found.thread[last], found.since[last], until


def _ages(sight: Sight, said: Condition) -> Times:
    """For how long accounts had been customers when it happened to them, in any bucket, rising."""

    def found() -> Times:
        ages = []
        for number, bucket in enumerate(sight.buckets):
            rows, since = _of_customers(sight, number, np.flatnonzero(sight.happens(number, said)))
            last = _last_of_thread(bucket.thread[rows])
            ages.append(bucket.at[rows[last]] - since[last])
        return np.sort(np.concatenate(ages)) if ages else np.zeros(0, np.int64)

    return sight.made(("ages", said), found)


def _at_like_age(sight: Sight, thread: Codes, since: Times, until: Times, *, of: Times) -> tuple[Times, Mask]:
    """Pick for each account an instant at which it had been a customer for as long as one to whom it happened.

    Which one follows from the account's id alone, evenly spread: neither the order of loading nor any outcome decides.
    An account that has not been one for so long has none.
    """
    ages = np.searchsorted(of, until - since, "left")
    names = sight.view.names["entity"]
    place = np.array([zlib.crc32(names.text(int(code)).encode()) for code in thread], np.float64) / 2**32
    found = ages > 0
    picked = np.where(found, (place * ages).astype(np.int64), 0)
    return since + (of[picked] if len(of) else 0), found


def _score(score: ScoreMeaning) -> Outcome:
    return Outcome(
        score.name,
        f"{score.good:g} or more",
        f"{score.poor:g} or less",
        lambda sight, number: _scored(sight, number, score.property),
        ("The latest answer of each account counts.",),
        high=score.good,
        low=score.poor,
        is_score=True,
    )


def _achieved(ground: Ground) -> Outcome:
    good = np.array([end.good for end in ground.journey.ends], np.bool_)
    if not good.any():
        allowed = "mark an end with 'good: true', as ends: {live: {event: went live, good: true}}"
        raise BadRequest(f"no end of journey '{ground.journey.name}' is good; {allowed}")

    def cases(sight: Sight, number: int) -> Cases:
        runs = ground.buckets[number].runs
        ended = np.flatnonzero(runs.outcome >= 0)
        order = ended[np.lexsort((runs.end[ended], runs.thread[ended]))]
        last = order[_last_of_thread(runs.thread[order])]
        last = last[~sight.terms.is_thing()[runs.thread[last]]]
        value = good[runs.outcome[last]].astype(np.float64)
        return Cases(runs.thread[last], runs.end[last], value, _first_seen(sight, number, runs.thread[last]))

    left = (f"The latest ended run of journey {ground.journey.name} counts; runs that are open are undecided.",)
    return Outcome(ACHIEVED, "came to a good end", "ended otherwise", cases, left)


def _journey(sight: Sight, name: str | None) -> Ground:
    if name is not None:
        if name not in sight.journeys:
            raise UnknownName("journey", name, sight.journeys)
        return sight.journeys[name]
    if len(sight.journeys) != 1:
        known = ", ".join(sorted(sight.journeys)) or "none yet"
        raise BadRequest(f"achieved is the good end of a journey: which one? add --journey with one of: {known}")
    return next(iter(sight.journeys.values()))


def _scored(sight: Sight, number: int, kept: str) -> Cases:
    bucket = sight.buckets[number]
    value = scores_of(sight, kept)[bucket.property(kept)]
    rows = np.flatnonzero(~np.isnan(value) & ~sight.terms.is_thing()[bucket.thread])
    rows = rows[_last_of_thread(bucket.thread[rows])]
    thread = bucket.thread[rows]
    return Cases(thread, bucket.at[rows], value[rows], _first_seen(sight, number, thread))


def scores_of(sight: Sight, kept: str) -> Figures:
    """The number each text of a kept property names; nan where it is none, and at the end for NO_CODE."""
    return sight.made(("scores", kept), lambda: numbers(sight.view.names[f"property:{kept}"].texts))


def numbers(texts: Callable[[], object]) -> Figures:
    """The number each text names; nan where it is none, and one nan more at the end."""
    found = amounts(texts())  # type: ignore[arg-type]
    return np.where(found == NO_VALUE, np.nan, found / UNIT)


def _first_seen(sight: Sight, number: int, thread: Codes) -> Times:
    bucket = sight.buckets[number]
    return bucket.at[np.searchsorted(bucket.thread, thread, "left")]


def _last_of_thread(thread: Codes) -> Positions:
    """The last row of each account."""
    return segment_starts(thread)[1:] - 1 if len(thread) else np.zeros(0, np.int64)


def _in_order(thread: Codes, at: Times, value: Figures, since: Times) -> Cases:
    order = np.argsort(thread, kind="stable")
    return Cases(thread[order], at[order], value[order], since[order])
