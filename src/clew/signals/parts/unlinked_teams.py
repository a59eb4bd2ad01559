"""Teams whose systems do not know one another's persons: contacts of the same accounts, and never the same contact."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Codes
from clew.conditions.model import Condition
from clew.signals.parts import wording
from clew.signals.parts.earlier_events import known
from clew.signals.sight import Sight

TEAMS = 20  # the most active ones are looked at
ACCOUNTS = 10  # so many common accounts without one common contact are no chance


def strangers(sight: Sight, condition: Condition) -> list[str]:
    """Name pairs of teams that touch persons of the same accounts and never the same person."""
    teams = _most_active(sight, condition)
    accounts, contacts = np.zeros((2, len(teams), len(teams)), np.int64)
    for number in range(len(sight.buckets)):
        bucket = sight.buckets[number]
        rows = np.flatnonzero(sight.happens(number, condition) & known(bucket.team, bucket.contact))
        rows = rows[np.isin(bucket.team[rows], teams)]
        place = np.searchsorted(teams, bucket.team[rows])
        accounts += _shared(bucket.thread[rows], place, len(teams))
        contacts += _shared(bucket.contact[rows], place, len(teams))
    return [
        f"{wording.team(sight, teams[a])} and {wording.team(sight, teams[b])} name contacts of the same "
        f"{accounts[a, b]:,} accounts and never the same contact: their systems may not know that it is one person; "
        "see 'contact' of sources."
        for a, b in combinations(range(len(teams)), 2)
        if accounts[a, b] >= ACCOUNTS and not contacts[a, b]
    ]


def _most_active(sight: Sight, condition: Condition) -> list[int]:
    """Codes of the teams with most touches that name a contact, rising."""
    count = np.zeros(len(sight.view.names["team"]), np.int64)
    for number, bucket in enumerate(sight.buckets):
        mask = sight.happens(number, condition) & known(bucket.team, bucket.contact)
        count += np.bincount(bucket.team[mask], minlength=len(count))
    order = np.argsort(-count, kind="stable")[:TEAMS]
    return sorted(order[count[order] > 0].tolist())


def _shared(code: Codes, team: Codes, teams: int) -> NDArray[np.int64]:
    """(teams, teams) how many different codes each two of them have in common."""
    codes = np.unique(code, return_inverse=True)[1]
    met = np.zeros((int(codes.max(initial=NO_CODE)) + 1, teams), np.float32)
    met[codes, team] = 1
    return (met.T @ met).astype(np.int64)
