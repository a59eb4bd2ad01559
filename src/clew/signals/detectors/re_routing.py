"""Passed on: a request is held by too many teams."""

from __future__ import annotations

import numpy as np

from clew.archive.model import Codes
from clew.engine.ordered import Positions, segment_starts
from clew.signals.model import Detector, Failure, Found, Seen, nothing
from clew.signals.parts import wording
from clew.signals.parts.earlier_events import groups
from clew.signals.parts.request_trail import blind_to_teams, held, who
from clew.signals.sight import Sight


def find(sight: Sight, number: int) -> Seen:
    """Find the event at which one team too many takes part in a request."""
    requests = sight.meanings.requests
    if requests is None:
        return nothing()
    trail = held(sight, number, requests.subject)
    place, first = _teams_beyond(trail.request, trail.team, requests.teams)
    return trail.seen(place, first, requests.teams + 1)


def _teams_beyond(request: Positions, team: Codes, teams: int) -> tuple[Positions, Positions]:
    """Return for each request of more teams than this the place where the first too many begins, and its first place.

    request, team  (n,) parallel, equal requests contiguous
    """
    begins = np.sort(np.unique(groups(request, team), return_index=True)[1])  # each team's first event in a request
    starts = segment_starts(request[begins])
    many = starts[:-1] + teams < starts[1:]
    return begins[starts[:-1][many] + teams], begins[starts[:-1][many]]


def sentence(sight: Sight, number: int, found: Found, place: int) -> str:
    """Say which teams a request went through, in their order."""
    names = _teams(sight, number, found, place)
    taken, when = wording.team_at(sight, number, int(found.last[place])), wording.day(sight, int(found.at[place]))
    what = who(sight, found, place) + wording.about(sight, number, int(found.first[place]))
    return f"{what} reached its {len(names)} teams ({', '.join(names)}) with {taken} ({when})."


def _teams(sight: Sight, number: int, found: Found, place: int) -> list[str]:
    requests = sight.meanings.requests
    assert requests is not None
    bucket = sight.buckets[number]
    rows = np.arange(int(found.first[place]), int(found.last[place]) + 1)
    rows = rows[(bucket.subject(requests.subject)[rows] == found.subject[place]) & (bucket.team[rows] >= 0)]
    return [wording.team(sight, code) for code in dict.fromkeys(bucket.team[rows].tolist())]


DETECTOR = Detector(
    name="re-routing",
    title="Passed on",
    failure=Failure.MESSAGES,
    definition="A request is held by more different teams than the firm allows; found at the first event of the first "
    "team too many. Over time a request counts in the quarter in which it was opened.",
    of="requests",
    blind=blind_to_teams,
    find=find,
    sentence=sentence,
    unit="teams",
)
