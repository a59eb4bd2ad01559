"""Sent back and forth: a request goes from one team to another and straight back."""

from __future__ import annotations

import numpy as np

from clew.engine.kernels.handoffs import changes, pingpongs
from clew.signals.model import Detector, Failure, Found, Seen, nothing
from clew.signals.parts import wording
from clew.signals.parts.request_trail import blind_to_teams, held, who
from clew.signals.sight import Sight


def find(sight: Sight, number: int) -> Seen:
    """Find the first A, B, A of teams on each request, as the question 'pingpong' tells runs that have any."""
    requests = sight.meanings.requests
    if requests is None:
        return nothing()
    trail = held(sight, number, requests.subject)
    back = pingpongs(trail.request, trail.team)
    again = back.row[np.unique(back.segment, return_index=True)[1]]
    turns = changes(trail.request, trail.team)[0]
    away = turns[np.searchsorted(turns, again) - 1]  # where it was B's
    return trail.seen(again, away - 1)


def sentence(sight: Sight, number: int, found: Found, place: int) -> str:
    """Say between which teams a request went and for how long it was away."""
    first, last = int(found.first[place]), int(found.last[place])
    back, away = wording.team_at(sight, number, last), _between(sight, number, found, place)
    after, when = wording.later(sight, number, first, last=last), wording.day(sight, int(found.at[place]))
    what = who(sight, found, place) + wording.about(sight, number, first)
    return f"{what} went from {back} to {away} and back to {back}, {after} it had left ({when})."


def _between(sight: Sight, number: int, found: Found, place: int) -> str:
    """Name the team that held the request between two events."""
    requests = sight.meanings.requests
    assert requests is not None
    first, last = int(found.first[place]), int(found.last[place])
    bucket = sight.buckets[number]
    rows = np.arange(first + 1, last)
    rows = rows[(bucket.subject(requests.subject)[rows] == found.subject[place]) & (bucket.team[rows] >= 0)]
    return wording.team_at(sight, number, int(rows[0]))


DETECTOR = Detector(
    name="ping-pong",
    title="Sent back and forth",
    failure=Failure.MESSAGES,
    definition="A request goes from a team to another and straight back, events in a row by one team counting once; "
    "found at the event that goes back. Over time a request counts in the quarter in which it was opened.",
    of="requests",
    blind=blind_to_teams,
    find=find,
    sentence=sentence,
)
