"""Answered late: a request of a customer gets no answer within the time that the firm gives itself."""

from __future__ import annotations

import numpy as np

from clew.archive.model import NO_CODE, Codes, Times
from clew.clock import HOUR_US
from clew.durations import Duration
from clew.engine.ordered import Mask, Positions, first_after, segment_starts
from clew.meanings.model import Requests
from clew.signals.model import NO_ROW, Detector, Exposed, Failure, Found, Seen, nothing
from clew.signals.parts import wording
from clew.signals.parts.blind_spots import absent, part_of, unsaid
from clew.signals.parts.signal_order import arranged
from clew.signals.sight import Sight


def find(sight: Sight, number: int) -> Seen:
    """Find requests that had no answer when one was due, each counted from its first opening."""
    requests = sight.meanings.requests
    if requests is None or requests.answered is None:
        return nothing()
    bucket, thing = sight.buckets[number], sight.buckets[number].subject(requests.subject)
    opened = _opened(sight, number, thing)
    due = due_by(sight, bucket.team[opened], bucket.at[opened], requests.answer_within)
    answer = _first_answer(sight, number, thing, opened)
    late = (answer == NO_ROW) | (bucket.at[answer] > due)
    known = due <= sight.as_of
    exposed = Exposed(bucket.thread[opened[known]].astype(np.int32), due[known])
    late, rows = late & known, opened[late & known]
    hours = (due[late] - bucket.at[rows]) / HOUR_US
    by_time = np.full(len(rows), NO_ROW, np.int64)
    subject = thing[rows].astype(np.int32)
    return arranged(Found(bucket.thread[rows].astype(np.int32), subject, due[late], rows, by_time, hours), exposed)


def due_by(sight: Sight, team: Codes, at: Times, within: Duration) -> Times:
    """Return when something is due: working time in the calendar of the team that each event names, else the firm's."""
    if not within.working:
        return sight.firm.calendar_of(None).add(at, within)
    due, names = np.zeros(len(at), np.int64), sight.view.names["team"]
    for code in np.unique(team).tolist():
        rows = np.flatnonzero(team == code)
        calendar = sight.firm.calendar_of(names.text(code) if code != NO_CODE else None)
        due[rows] = calendar.add(at[rows], within)
    return due


def _opened(sight: Sight, number: int, thing: Codes) -> Positions:
    """Row of the first opening of each request."""
    requests, thread = _said(sight), sight.buckets[number].thread
    rows = np.flatnonzero(sight.happens(number, requests.opened) & (thing != NO_CODE))
    rows = rows[np.argsort(_pair(thread[rows], thing[rows]), kind="stable")]
    return np.sort(rows[segment_starts(_pair(thread[rows], thing[rows]))[:-1]])


def _first_answer(sight: Sight, number: int, thing: Codes, opened: Positions) -> Positions:
    """Row of the first answer to each request, or of its closing if that came first; NO_ROW where there is none."""
    requests, thread = _said(sight), sight.buckets[number].thread
    ends: Mask = sight.happens(number, requests.answered) | sight.happens(number, requests.closed)
    rows = np.flatnonzero(ends & (thing != NO_CODE))
    rows = rows[np.argsort(_pair(thread[rows], thing[rows]), kind="stable")]
    of, wanted = _pair(thread[rows], thing[rows]), _pair(thread[opened], thing[opened])
    lo, hi = np.searchsorted(of, wanted, "left"), np.searchsorted(of, wanted, "right")
    place = first_after(rows, lo, hi, opened)
    return np.where(place < hi, np.append(rows, NO_ROW)[place], NO_ROW)


def _said(sight: Sight) -> Requests:
    requests = sight.meanings.requests
    assert requests is not None
    return requests


def _pair(thread: Codes, thing: Codes) -> Positions:
    return (thread.astype(np.int64) << 32) + thing


def blind(sight: Sight) -> list[str]:
    """Say what keeps slow answers from being seen."""
    requests = sight.meanings.requests
    if requests is None:
        return [unsaid("requests", "nobody knows which events open and answer a request")]
    if requests.answered is None:
        return [unsaid("requests: answered", "nobody knows which events answer a request")]
    if never := absent(sight, "requests: opened", requests.opened):
        return never
    return [*absent(sight, "requests: answered", requests.answered), *_by_day(sight, requests)]


def _by_day(sight: Sight, requests: Requests) -> list[str]:
    """Openings of which only the day is known: their hours cannot be counted."""
    rows = [sight.happens(number, requests.opened) for number in range(len(sight.buckets))]
    total = sum(int(mask.sum()) for mask in rows)
    days = sum(int((bucket.day & mask).sum()) for bucket, mask in zip(sight.buckets, rows, strict=True))
    return [part_of(days, total, "openings", "tell only the day: their time counts from its beginning")] if days else []


def sentence(sight: Sight, number: int, found: Found, place: int) -> str:
    """Say which request waited from when until when."""
    opened = int(sight.buckets[number].at[int(found.first[place])])
    what = wording.thing(sight, found, place) + wording.about(sight, number, int(found.first[place]))
    who = wording.account(sight, int(found.thread[place]))
    since, due = wording.moment(sight, opened), wording.moment(sight, int(found.at[place]))
    return f"{who}: {what}, opened {since}, had no answer by {due}, {_said(sight).answer_within} later."


DETECTOR = Detector(
    name="slow-answer",
    title="Answered late",
    failure=Failure.FRICTION,
    definition="A request had neither an answer nor its closing within the time that the firm gives itself, counted "
    "from its first opening in the calendar of the team that the opening names; found when that time is over.",
    of="requests",
    blind=blind,
    find=find,
    sentence=sentence,
    unit="hours",
)
