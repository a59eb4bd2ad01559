"""Which teams held each request: its events that name a team, request by request."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.archive.model import NO_CODE, Bucket, Codes
from clew.engine.ordered import Positions, segment_of_row, segment_starts
from clew.signals.model import Exposed, Found, Rows, Seen
from clew.signals.parts import wording
from clew.signals.parts.blind_spots import part_of, unsaid
from clew.signals.parts.signal_order import arranged
from clew.signals.sight import Sight


@dataclass(frozen=True)
class Held:
    """The events of requests that name a team, those of one request together and in the total order.

    request  (n,) number of the request, rising      row  (n,) row of the bucket      team  (n,) code
    """

    bucket: Bucket
    subject: Codes
    request: Positions
    row: Rows
    team: Codes

    def seen(self, place: Positions, first: Positions, measure: float = np.nan) -> Seen:
        """Say what was found, every request being an occasion at its first event.

        place, first  (f,) places at which signals come true, and those on which they rest
        """
        row, begins = self.row[place], self.row[segment_starts(self.request)[:-1]]
        opened = self.bucket.at[begins[self.request[place]]]
        found = Found(
            thread=self.bucket.thread[row].astype(np.int32),
            subject=self.subject[row].astype(np.int32),
            at=self.bucket.at[row],
            first=self.row[first],
            last=row,
            measure=np.full(len(row), measure),
            occasion=opened,
        )
        return arranged(found, Exposed(self.bucket.thread[begins].astype(np.int32), self.bucket.at[begins]))


def held(sight: Sight, number: int, kind: str) -> Held:
    """Collect which team held each request of a bucket; kind is the subject that a request is."""
    bucket = sight.buckets[number]
    subject = bucket.subject(kind)
    row = np.flatnonzero((subject != NO_CODE) & (np.asarray(bucket.team) != NO_CODE))
    row = row[np.lexsort((row, subject[row], bucket.thread[row]))]
    request = segment_of_row(segment_starts(bucket.thread[row], subject[row]))
    return Held(bucket, subject, request, row, bucket.team[row])


def blind_to_teams(sight: Sight) -> list[str]:
    """Say what keeps the way of a request from team to team from being seen."""
    requests = sight.meanings.requests
    if requests is None:
        return [unsaid("requests", "nobody knows what a request is")]
    about, teamless, without = 0, 0, 0
    for bucket in sight.buckets:
        subject = bucket.subject(requests.subject)
        rows = np.flatnonzero(subject != NO_CODE)
        named = np.asarray(bucket.team)[rows] != NO_CODE
        about, teamless = about + len(rows), teamless + int((~named).sum())
        without += len(np.unique(subject[rows])) - len(np.unique(subject[rows[named]]))
    if not about:
        return [
            f"No event is about a '{requests.subject}', which 'requests: subject' names: see 'subjects' of sources."
        ]
    found = [part_of(teamless, about, "events of requests", "name no team: they are passed over")] if teamless else []
    if not without:
        return found
    name = "request names" if without == 1 else "requests name"
    return [*found, f"{without:,} {name} no team in any event: left out."]


def who(sight: Sight, found: Found, place: int) -> str:
    """Name the account and the request, the request alone where it has no account."""
    account, request = wording.account(sight, int(found.thread[place])), wording.thing(sight, found, place)
    return f"{account}: {request}" if found.subject[place] != found.thread[place] else request
