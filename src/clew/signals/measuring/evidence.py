"""Signals as sentences: those of the most valuable accounts, and all of one account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from clew.archive.model import NO_VALUE, Codes
from clew.engine.ordered import Positions
from clew.errors import BadRequest
from clew.questions.figures import money
from clew.signals.measuring.by_account import Counts, revenue_of
from clew.signals.model import Detector, Found
from clew.signals.parts import wording
from clew.signals.sight import Sight


@dataclass(frozen=True)
class Told:
    """One signal: which detector, about what, when, and its sentence."""

    detector: str
    title: str
    account: str
    subject: str
    at: int
    measure: float | None
    sentence: str


@dataclass(frozen=True)
class Example:
    """One account with signals of a detector: what it brings a year (None unknown), how many, and the newest."""

    account: str
    revenue: float | None
    signals: int
    told: Sequence[Told]


def examples(
    sight: Sight, detector: Detector, counts: Counts, *, top: int, each: int = 1, since: int | None = None
) -> list[Example]:
    """Return the most valuable accounts with a signal, each with its newest `each` sentences (0: all); top 0: all."""
    chosen = _ranked(sight, counts, top)
    homes = {thread: number for number, thread in _homes(sight, counts.thread[chosen])}
    return [
        Example(
            wording.account(sight, int(counts.thread[row])),
            _money(int(counts.revenue[row])),
            int(counts.signals[row]),
            signals_of(sight, detector, homes[int(counts.thread[row])], int(counts.thread[row]), since=since)[
                : each or None
            ],
        )
        for row in chosen
    ]


def signals_of(sight: Sight, detector: Detector, number: int, thread: int, *, since: int | None = None) -> list[Told]:
    """Tell the signals of one account of a bucket, the newest first."""
    found = detector.detect(sight, number).found
    rows = range(*(int(np.searchsorted(found.thread, thread, side)) for side in ("left", "right")))
    return [
        _told(sight, detector, number, found, row) for row in reversed(rows) if since is None or found.at[row] >= since
    ]


def of_account(sight: Sight, detectors: Iterable[Detector], account: str, *, since: int | None = None) -> Example:
    """Tell every signal of one account, the newest first. Raises BadRequest for an account that nobody knows."""
    thread = thread_named(sight, account)
    number = bucket_of(sight, thread)
    told = [signal for detector in detectors for signal in signals_of(sight, detector, number, thread, since=since)]
    told.sort(key=lambda signal: -signal.at)
    revenue = int(revenue_of(sight, number, np.array([thread]))[0])
    return Example(wording.account(sight, thread), _money(revenue), len(told), told)


def thread_named(sight: Sight, account: str) -> int:
    """Return the account of an id as its source writes it, with or without its kind.

    Raises BadRequest, also for a person without an account
    """
    entity = sight.view.names["entity"]
    if account.partition(":")[0] == wording.PERSON:
        raise BadRequest(f"'{account}' is a person, and signals of a person are not shown; name an account by its id")
    no_accounts = {*sight.view.subject_kinds, wording.PERSON}
    kinds = [kind for kind in sorted(sight.view.entity_kinds()) if kind not in no_accounts]
    for text in (account, *(f"{kind}:{account}" for kind in kinds)):
        code = entity.code(text)
        if code >= 0:
            known, threads = sight.view.threads_of(text.partition(":")[0])
            found = threads[known == code]
            if len(found):
                return int(found[0])
    forms = " or ".join(f"{kind}:ID" for kind in kinds[:3]) or "account:ID"
    raise BadRequest(f"there is no account '{account}'; write its id as the source does, as ID or {forms}")


def bucket_of(sight: Sight, thread: int) -> int:
    """Return the number of the bucket that an account lies in."""
    return next((number for number, _ in _homes(sight, np.array([thread]))), 0)


def _told(sight: Sight, detector: Detector, number: int, found: Found, row: int) -> Told:
    measure = float(found.measure[row])
    return Told(
        detector.name,
        detector.title,
        wording.account(sight, int(found.thread[row])),
        wording.thing(sight, found, row),
        int(found.at[row]),
        None if np.isnan(measure) else measure,
        detector.sentence(sight, number, found, row),
    )


def _ranked(sight: Sight, counts: Counts, top: int) -> list[int]:
    """Accounts with a signal: the largest revenue first, then the most and the latest signals, then by name."""
    rows = np.flatnonzero(counts.signals > 0)
    keys = np.stack((-_known_first(counts.revenue[rows]), -counts.signals[rows], -counts.latest[rows]))
    rows = rows[np.lexsort(keys[::-1])]
    most = top or len(rows)
    if len(rows) > most:
        ordered = keys[:, np.lexsort(keys[::-1])]
        tied = np.flatnonzero((ordered == ordered[:, most - 1 : most]).all(axis=0))
        rows = rows[: max(most, int(tied[-1]) + 1)]
    named = sorted(
        rows.tolist(),
        key=lambda row: (
            -_known_first(counts.revenue[row]),
            -counts.signals[row],
            -counts.latest[row],
            wording.account(sight, int(counts.thread[row])),
        ),
    )
    return named[:most]


def _known_first(revenue: Positions) -> Positions:
    """Revenue as a number to rank by: unknown comes after 0."""
    return np.where(revenue == NO_VALUE, -1, revenue)


def _homes(sight: Sight, threads: Codes) -> Iterator[tuple[int, int]]:
    """(bucket, account) of each of these accounts that has events; accounts rise inside a bucket."""
    for number, bucket in enumerate(sight.buckets):
        place = np.searchsorted(bucket.thread, threads)
        here = np.flatnonzero(place < len(bucket))
        for row in here[bucket.thread[place[here]] == threads[here]].tolist():
            yield number, int(threads[row])


def _money(revenue: int) -> float | None:
    return None if revenue == NO_VALUE else money(revenue)
