"""What happened between the firm and an account: the latest of each kind, and counts of all."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, NO_VALUE
from clew.context import vocabulary
from clew.context.model import Touch, TouchKind
from clew.context.seen import Seen
from clew.engine.ordered import Mask, Positions

LATEST = 20  # touches of each kind that are kept
KINDS = tuple(TouchKind)
NO_TOUCH = -1
_WITHIN = (*vocabulary.HANDOFFS, *vocabulary.ROLES)  # acts among ourselves: nothing reached the customer


@dataclass
class Touches:
    """Of one account. latest  by kind, latest first; by_team  their number; last  the latest of each team."""

    latest: dict[TouchKind, list[Touch]] = field(default_factory=dict)
    counts: dict[TouchKind, int] = field(default_factory=dict)
    by_team: dict[str, int] = field(default_factory=dict)
    last: dict[str, Touch] = field(default_factory=dict)


def kinds_of(seen: Seen) -> NDArray[np.int64]:
    """(n,) place in KINDS of each event, NO_TOUCH for what is none.

    Content first: who opens a mail engaged with it, whoever sent it.
    """
    meanings = seen.words.meanings
    did = meanings.did if meanings.did is not None else meanings.silence.when
    told = {
        TouchKind.ENGAGED: seen.happens(meanings.engaged),
        TouchKind.RECEIVED: seen.happens(meanings.sent.when if meanings.sent else None),
        TouchKind.DID: seen.happens(did),
    }
    kinds = np.full(len(seen.bucket), KINDS.index(TouchKind.OTHER), np.int64)
    for kind in reversed(told):
        kinds[told[kind]] = KINDS.index(kind)
    kinds[seen.acted(_WITHIN) | (seen.place < 0)] = NO_TOUCH
    return kinds


def touches_of(seen: Seen, kinds: NDArray[np.int64]) -> list[Touches]:
    """Return the touches of each account."""
    rows = np.flatnonzero(kinds != NO_TOUCH)
    place = seen.place[rows]
    latest = _latest(place * len(KINDS) + kinds[rows], rows)
    teams, team_rows, team_counts = _by_team(seen, rows)
    every = np.union1d(latest, team_rows)
    made = dict(zip(every.tolist(), _made(seen, every, kinds), strict=True))
    found = [Touches() for _ in seen.threads]
    for row in reversed(latest.tolist()):
        touch = made[row]
        found[seen.place[row]].latest.setdefault(touch.kind, []).append(touch)
    for key, count in zip(*np.unique(place * len(KINDS) + kinds[rows], return_counts=True), strict=True):
        found[key // len(KINDS)].counts[KINDS[key % len(KINDS)]] = int(count)
    for team, row, count in zip(teams, team_rows.tolist(), team_counts.tolist(), strict=True):
        mine = found[seen.place[row]]
        mine.by_team[team], mine.last[team] = count, made[row]
    return found


def _latest(group: Positions, rows: Positions) -> Positions:
    """The last LATEST rows of each group, rising."""
    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group[order], group[order], "right")
    return np.sort(rows[order[np.arange(len(order)) >= ends - LATEST]])


def _by_team(seen: Seen, rows: Positions) -> tuple[list[str], Positions, Positions]:
    """Team, latest row and number of touches of each (account, team) that touched."""
    team = np.asarray(seen.bucket.team)[rows].astype(np.int64)
    rows, team = rows[team != NO_CODE], team[team != NO_CODE]
    key = (seen.place[rows] << 32) + team
    order = np.argsort(key, kind="stable")
    ends = np.flatnonzero(np.append(key[order][1:] != key[order][:-1], True)) if len(order) else order
    last = rows[order[ends]]
    texts = seen.texts("team", np.asarray(seen.bucket.team)[last])
    return [text or "" for text in texts], last, np.diff(ends, prepend=-1)


def _made(seen: Seen, rows: Positions, kinds: NDArray[np.int64]) -> list[Touch]:
    bucket, words = seen.bucket, seen.words
    sources = list(seen.view.sources)
    values = (None if value == NO_VALUE else value for value in np.asarray(bucket.value)[rows].tolist())
    columns = (
        seen.at(rows),
        seen.column("event", rows),
        [KINDS[kind] for kind in kinds[rows].tolist()],
        [sources[rank] for rank in np.asarray(bucket.source)[rows].tolist()],
        np.asarray(bucket.day)[rows].tolist(),
        *(seen.column(name, rows) for name in ("team", "channel", "user")),
        seen.contacts(rows),
        seen.said(words.topics, rows),
        seen.said(words.texts, rows),
        values,
    )
    return [Touch(*each) for each in zip(*columns, strict=True)]


def heard(seen: Seen) -> Mask:
    """(n,) signs of life: as the firm says, else every event that is not an act of ours."""
    when = seen.words.meanings.silence.when
    return seen.happens(when) if when is not None else ~seen.acted(vocabulary.DEFAULTS) & (seen.place >= 0)
