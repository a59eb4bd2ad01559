"""Facts that rest on detectors: how many accounts show a signal, how late answers are, who is silent now."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Times
from clew.clock import US
from clew.conditions.happening import event_names
from clew.diagnosis.facts.accounts import year_begins
from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.journeys_at_stake import LATELY_US
from clew.diagnosis.facts.words import clustered_share, noticed, share_fact, unknown
from clew.diagnosis.model import Fact, Measure
from clew.questions.collect import each
from clew.questions.recording import events_ceased
from clew.questions.words import counted as many
from clew.questions.words import date, listed
from clew.signals.measuring.by_account import counted
from clew.signals.model import Detector
from clew.signals.registry import BY_NAME

Mask = NDArray[np.bool_]
SILENCE, SLOW = "silence", "slow-answer"
OF_ACCOUNTS = (
    "duplicate-contact",
    "repeated-question",
    "ping-pong",
    "re-routing",
    "contradiction",
    "broken-promise",
    "small-frictions",
    "missed-expansion",
)


def signal_facts(base: Base) -> Iterator[Fact]:
    """Yield silent-accounts, slow-answers, and the share of accounts with a signal of each detector of OF_ACCOUNTS."""
    yield silent_accounts(base)
    yield slow_answers(base)
    for name in OF_ACCOUNTS:
        yield accounts_with(base, name)


def accounts_with(base: Base, name: str) -> Fact:
    """The share of accounts with at least one signal in a year, of those with an occasion for one."""
    detector, see = BY_NAME[name], noticed(base.sight, name)
    counts = counted(base.sight, detector, year_begins(base.sight))
    if not len(counts):
        return unknown(name, Measure.SHARE, _nothing(base, detector), see)
    times = many(int(counts.signals.sum()), "time")
    words = (
        f"{{share}} of accounts looked at in the last 12 months ({detector.of}) show '{detector.title}', "
        f"{times} in all."
    )
    touched = int((counts.signals > 0).sum())
    return share_fact(name, touched, len(counts), words, n_of="accounts looked at", see=see)


def silent_accounts(base: Base) -> Fact:
    """The share of customers who are silent now: no sign of life since the signal of their silence."""
    name, see = "silent-accounts", f"clew signals {SILENCE}"
    unseen = _unseen_life(base)
    if unseen:
        return unknown(name, Measure.SHARE, unseen, see)
    seen = [BY_NAME[SILENCE].detect(base.sight, number) for number in range(len(base.sight.buckets))]
    judged = base.asked & base.among(np.concatenate([part.exposed.thread for part in seen]))
    if not judged.any():
        return unknown(name, Measure.SHARE, _nothing(base, BY_NAME[SILENCE]), see)
    thread, at = (np.concatenate([getattr(part.found, key) for part in seen]) for key in ("thread", "at"))
    silent = judged & base.among(thread[at > _last_signs(base)[base.place[thread]]])
    words = f"{{share}} of {base.noun} are silent now, for longer than their own rhythm explains."
    return share_fact(name, int(silent.sum()), int(judged.sum()), words, n_of=base.noun, see=see)


def slow_answers(base: Base) -> Fact:
    """The share of the year's requests that were answered late or not at all."""
    name, detector, see = "slow-answers", BY_NAME[SLOW], noticed(base.sight, SLOW)
    counts = counted(base.sight, detector, year_begins(base.sight))
    requests = base.sight.meanings.requests
    if not len(counts) or requests is None:
        return unknown(name, Measure.SHARE, _nothing(base, detector), see)
    words = f"{{share}} of requests of the last 12 months were not answered within {requests.answer_within}."
    of = counts.occasions.astype(np.float64)
    return clustered_share(name, counts.signals.astype(np.float64), of, words, n_of="requests", see=see)


def lately(base: Base) -> dict[str, Mask]:
    """Detector -> (a,) accounts with a signal of it in the last 90 days."""
    return {name: _since(base, detector, base.sight.as_of - LATELY_US) for name, detector in BY_NAME.items()}


def _since(base: Base, detector: Detector, begin: int) -> Mask:
    seen = [detector.detect(base.sight, number).found for number in range(len(base.sight.buckets))]
    return base.among(np.concatenate([found.thread[found.at > begin] for found in seen]))


def _last_signs(base: Base) -> Times:
    """(a,) the latest event of each account that meanings.yaml takes for a sign of life."""
    sight, when = base.sight, base.sight.meanings.silence.when
    if when is None:
        return base.accounts.last
    last = np.full(len(base.accounts), -1, np.int64)

    def of_bucket(number: int) -> tuple[NDArray[np.int64], Times]:
        rows = np.flatnonzero(sight.happens(number, when))
        return base.place[sight.buckets[number].thread[rows]], np.asarray(sight.buckets[number].at)[rows]

    for place, at in each(range(len(sight.buckets)), of_bucket):
        np.maximum.at(last, place, at)
    return last


def _unseen_life(base: Base) -> str:
    """Why nobody can tell who is silent now: no sign of life is recorded any more; "" where one is."""
    names = event_names(base.sight.meanings.silence.when) if base.sight.meanings.silence.when is not None else []
    dried = events_ceased(base.sight.view, names)
    if not names or len(dried) < len(set(names)):
        return ""
    day = date(max(each.until for each in dried) / US, base.sight.firm.time_zone)
    return f"signs of life ({listed(sorted(set(names)))}) are hardly recorded any more after {day}."


def _nothing(base: Base, detector: Detector) -> str:
    """Why a detector had no occasion."""
    blind = detector.blind(base.sight)
    return blind[0] if blind else f"there were no {detector.of} in the last 12 months."
