"""Gone silent: no sign of life for much longer than the account's own rhythm lets expect."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import ceil

import numpy as np

from clew.archive.model import Codes, Times
from clew.clock import DAY_US, NEVER
from clew.conditions.happening import event_names
from clew.engine.kernels.silence import RHYTHM
from clew.engine.ordered import Positions, segment_starts
from clew.questions.recording import events_ceased
from clew.questions.words import counted, listed
from clew.signals.model import NO_ROW, Detector, Exposed, Failure, Found, Seen
from clew.signals.parts import wording
from clew.signals.parts.customers import customer_quarters, spells, without_begin
from clew.signals.sight import Sight

MOST_NAMED = 10  # of those who are silent now


@dataclass(frozen=True)
class Signs:
    """Moments at which accounts of one bucket showed life, in order of (thread, at); those of one instant are one.

    row  event, the last of its instant      gaps  gaps known before it, 0 for the first sign of an account
    following  instant of the next sign, clock.NEVER where there is none
    """

    thread: Codes
    at: Times
    row: Positions
    gaps: Positions
    following: Times

    def __len__(self) -> int:
        return len(self.thread)


def find(sight: Sight, number: int) -> Seen:
    """Find signs after which nothing came for longer than the earlier gaps of the account explain."""
    signs = _signs(sight, number)
    rows, usual = _usual(sight, number, signs)
    at = _silent_from(sight, signs.at[rows], usual)
    found = (at < signs.following[rows]) & (at <= sight.as_of)
    rows, at = rows[found], at[found]
    held = spells(sight, number).hold(signs.thread[rows], at)
    rows, at = rows[held], at[held]
    days, alone = (at - signs.at[rows]) / DAY_US, np.full(len(rows), NO_ROW, np.int64)
    thread = signs.thread[rows].astype(np.int32)
    return Seen(Found(thread, thread, at, signs.row[rows], alone, days), _exposed(sight, number, signs))


def _signs(sight: Sight, number: int) -> Signs:
    bucket, when = sight.buckets[number], sight.meanings.silence.when
    rows = np.arange(len(bucket)) if when is None else np.flatnonzero(sight.happens(number, when))
    thread, at = bucket.thread[rows], bucket.at[rows]
    last = segment_starts(thread, at)[1:] - 1
    rows, thread, at = rows[last], thread[last], at[last]
    starts = segment_starts(thread)
    gaps = np.arange(len(rows)) - np.repeat(starts[:-1], np.diff(starts))
    following = np.full(len(rows), NEVER, np.int64)
    following[:-1] = np.where(thread[1:] == thread[:-1], at[1:], NEVER)
    return Signs(thread, at, rows, gaps, following)


def _usual(sight: Sight, number: int, signs: Signs) -> tuple[Positions, Times]:
    """Signs that may begin a silence, and the P90 of the gaps that the account had until then."""
    asked = sight.meanings.silence
    after = np.minimum(signs.following, sight.as_of) - signs.at
    rows = np.flatnonzero((signs.gaps >= asked.gaps) & (after >= asked.at_least.micros))
    rows = rows[np.isin(signs.thread[rows], spells(sight, number).thread)]
    return rows, _p90_before(signs, rows)


def _p90_before(signs: Signs, rows: Positions) -> Times:
    """P90 of the gaps known at each of some signs, the smallest gap that so many do not exceed.

    rows  rising, each with a gap before it. The gaps of an account are merged into one sorted list as they come: no
    pause copies what was before it
    """
    usual, first, known = np.zeros(len(rows), np.int64), -1, 0
    ordered: list[int] = []
    for place, row in enumerate(rows.tolist()):
        begin, gaps = row - int(signs.gaps[row]), int(signs.gaps[row])
        if begin != first:
            first, known, ordered = begin, 0, []
        ordered.extend(np.diff(signs.at[begin + known : row + 1]).tolist())
        ordered.sort()  # what was sorted before is one run of the merge
        known = gaps
        usual[place] = ordered[ceil(RHYTHM * gaps - 1e-9) - 1]
    return usual


def _silent_from(sight: Sight, at: Times, usual: Times) -> Times:
    """Instant at which a silence that began at `at` is longer than usual."""
    asked = sight.meanings.silence
    silent_from: Times = at + np.maximum(np.rint(usual * asked.times).astype(np.int64), asked.at_least.micros)
    return silent_from


def _exposed(sight: Sight, number: int, signs: Signs) -> Exposed:
    """Quarters of customers from the moment on at which their rhythm is known."""
    known, quarters = np.flatnonzero(signs.gaps == sight.meanings.silence.gaps), customer_quarters(sight, number)
    place = np.searchsorted(signs.thread[known], quarters.thread)
    rows = np.flatnonzero(np.append(signs.thread[known], -1)[place] == quarters.thread)
    begin = np.maximum(quarters.begin[rows], signs.at[known[place[rows]]])
    inside = begin < quarters.end[rows]
    return Exposed(quarters.thread[rows[inside]], begin[inside])


def blind(sight: Sight) -> list[str]:
    """Say what passes for a sign of life, and of whom no rhythm is known."""
    lines, asked = [], sight.meanings.silence
    if asked.when is None:
        lines.append(
            "meanings.yaml does not say 'silence: when': every event counts as a sign of life, also mails that the "
            "firm sends to somebody who has gone silent."
        )
    if sight.meanings.lost is None:
        lines.append("meanings.yaml does not say 'lost': accounts that left count as silent.")
    lines += _ended(sight)
    customers, known = _with_rhythm(sight)
    if known < customers:
        few = counted(customers - known, "customer")
        lines.append(
            f"{few} of {customers:,} had fewer than {asked.gaps} gaps: no rhythm of their own to compare with."
        )
    return [*lines, *without_begin(sight)]


def _ended(sight: Sight) -> list[str]:
    """Signs of life whose recording ended before the view: an export that ends makes everybody silent."""
    gone = events_ceased(sight.view, _signs_of_life(sight))
    if not gone:
        return []
    named = listed([f"'{each.event}' after {wording.day(sight, each.until)}" for each in gone])
    return [
        f"Hardly recorded any more: {named}; who is silent since then may be so only because the export ends there."
    ]


def _signs_of_life(sight: Sight) -> Collection[str]:
    when = sight.meanings.silence.when
    return event_names(when) if when is not None else sight.view.names["event"].texts()


def _with_rhythm(sight: Sight) -> tuple[int, int]:
    """How many accounts are or were customers, and how many of them have a rhythm."""

    buckets = range(len(sight.buckets))
    watched = [DETECTOR.detect(sight, number).exposed.thread for number in buckets]
    customers = sum(len(np.unique(spells(sight, number).thread)) for number in buckets)
    return customers, sum(len(segment_starts(thread)) - 1 for thread in watched)


def sentence(sight: Sight, number: int, found: Found, place: int) -> str:
    """Say since when nothing came, and what was usual until then."""
    row, at = int(found.first[place]), int(found.at[place])
    last = int(sight.buckets[number].at[row])
    who, event = wording.account(sight, int(found.thread[place])), wording.event_at(sight, number, row)
    asked = sight.meanings.silence
    by_rhythm = at - last > asked.at_least.micros
    limit = f"{asked.times:g} times the P90 of its own gaps" if by_rhythm else f"never less than {asked.at_least}"
    return (
        f"{who}: nothing since {event} on {wording.day(sight, last)}; silent from {wording.day(sight, at)} on, "
        f"{wording.length(at - last)} later ({limit})."
    )


def silent_now(sight: Sight) -> list[str]:
    """Say how many customers are silent as of the view, who they are, and how to see all of them."""
    parts = [_silent_now(sight, number) for number in range(len(sight.buckets))]
    thread, at = (np.concatenate([part[place] for part in parts]) for place in (0, 1))
    watched = sum(part[2] for part in parts)
    if not watched:
        return []
    said = f"{len(thread):,} of {counted(watched, 'customer')} with a rhythm of their own"
    if not len(thread):
        return [f"{said} are silent as of {wording.day(sight, sight.as_of)}."]
    newest = np.lexsort((thread, -at))
    named = listed([wording.account(sight, int(thread[row])) for row in newest], MOST_NAMED)
    since = wording.day(sight, int(at.min()))
    return [
        f"{said} {'is' if len(thread) == 1 else 'are'} silent as of {wording.day(sight, sight.as_of)}, the last that "
        f"fell silent first: {named}.",
        f"All of them, beside any who came back since: clew signals silence --since {since} --top 0",
    ]


def _silent_now(sight: Sight, number: int) -> tuple[Codes, Times, int]:
    """Customers of one bucket who are silent as of the view, since when, and how many have a rhythm."""
    seen, signs = DETECTOR.detect(sight, number), _signs(sight, number)
    found, held = seen.found, spells(sight, number)
    last = segment_starts(signs.thread)[1:] - 1
    latest = signs.at[last[np.searchsorted(signs.thread[last], found.thread)]]
    now = np.full(len(found), sight.as_of, np.int64)
    rows = np.flatnonzero((found.at > latest) & held.hold(found.thread, now))
    watched = np.unique(seen.exposed.thread)
    today = held.hold(watched, np.full(len(watched), sight.as_of, np.int64))
    return found.thread[rows], found.at[rows], int(np.count_nonzero(today))


DETECTOR = Detector(
    name="silence",
    title="Gone silent",
    failure=Failure.FRICTION,
    definition="A customer shows no sign of life for longer than a multiple of the P90 of its own earlier gaps, and "
    "for a fixed time at least; found when that is over. A lost account is not silent.",
    of="customer quarters",
    blind=blind,
    find=find,
    sentence=sentence,
    unit="days",
    more=silent_now,
)
