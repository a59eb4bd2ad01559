"""Contacted twice: two teams reach the same person about the same thing within a short time."""

from __future__ import annotations

import numpy as np

from clew.archive.model import NO_CODE, Codes
from clew.clock import HOUR_US
from clew.engine.ordered import Mask, Positions
from clew.signals.model import NO_ROW, Detector, Failure, Found, Seen, nothing
from clew.signals.parts import wording
from clew.signals.parts.blind_spots import (
    Column,
    absent,
    contacts_of,
    kept,
    lacking,
    one_team,
    teams_of,
    topics_of,
    unsaid,
)
from clew.signals.parts.earlier_events import Grouped, groups, known
from clew.signals.parts.signal_order import at_rows
from clew.signals.parts.unlinked_teams import strangers
from clew.signals.sight import Sight

LEFT_OUT = "name no team: they are left out, for nobody can say whether another team did it"
ANYONE = "name no contact: for them a touch with anybody of the account counts"
NO_TOPIC = "have no topic: they are compared only with each other"


def find(sight: Sight, number: int) -> Seen:
    """Find touches that follow one of another team closely."""
    sent = sight.meanings.sent
    if sent is None:
        return nothing()
    bucket = sight.buckets[number]
    rows = np.flatnonzero(sight.happens(number, sent.when) & known(bucket.team))
    topic = sight.codes(number, sight.meanings.about)[rows]
    earlier = _earlier((bucket.thread[rows], topic), bucket.contact[rows], bucket.team[rows])
    since = bucket.at[rows] - bucket.at[rows[earlier]]
    twice = np.flatnonzero((earlier != NO_ROW) & (since <= sent.within.micros))
    return at_rows(bucket, rows, last=rows[twice], first=rows[earlier[twice]], measure=since[twice] / HOUR_US)


def _earlier(about: tuple[Codes, Codes], contact: Codes, team: Codes) -> Positions:
    """Return for each touch the latest earlier one of another team that may have reached the same person.

    about  account and topic of each touch
    """
    unknown = np.asarray(contact) == NO_CODE
    of_person = Grouped(groups(*about, contact)).of_others(team)
    if not unknown.any():
        return of_person
    group = groups(*about)
    of_anybody, of_nobody = Grouped(group).of_others(team), _of_nobody(group, unknown, team)
    return np.where(unknown, of_anybody, np.maximum(of_person, of_nobody))


def _of_nobody(group: Positions, unknown: Mask, team: Codes) -> Positions:
    """Return for each touch the latest earlier one of another team that names no contact."""
    latest = Grouped(group).of_kind(unknown)
    nameless = np.flatnonzero(unknown)
    before = Grouped(group[nameless]).of_others(team[nameless])
    before_it = np.full(len(group), NO_ROW, np.int64)
    before_it[nameless] = np.where(before == NO_ROW, NO_ROW, nameless[before])
    return np.where((latest != NO_ROW) & (team[latest] == team), before_it[latest], latest)


def blind(sight: Sight) -> list[str]:
    """Say what keeps duplicate contacts from being seen."""
    sent = sight.meanings.sent
    if sent is None:
        return [unsaid("sent", "nobody knows which events are touches that the firm makes")]
    never = absent(sight, "sent", sent.when)
    if never:
        return never
    columns: dict[str, Column] = {LEFT_OUT: teams_of, ANYONE: contacts_of}
    topic, found = sight.meanings.about, []
    if topic is None:
        found.append("meanings.yaml does not say 'about': touches about different things count as the same thing.")
    elif not kept(sight, topic):
        found.append(f"No source keeps the property '{topic}' that 'about' names: touches about anything are compared.")
    else:
        columns[NO_TOPIC] = topics_of
    found += one_team(sight, sent.when, "touches") + strangers(sight, sent.when)
    return [*lacking(sight, sent.when, columns, of="touches"), *found]


def sentence(sight: Sight, number: int, found: Found, place: int) -> str:
    """Say who reached whom about what, and how soon after whom."""
    first, last = int(found.first[place]), int(found.last[place])
    contact = sight.buckets[number].contact
    whom = "the same person" if contact[first] == contact[last] != NO_CODE else "the same account"
    told = [f"{wording.event_at(sight, number, row)} by {wording.team_at(sight, number, row)}" for row in (last, first)]
    after = wording.later(sight, number, first, last=last)
    topic, when = wording.about(sight, number, last), wording.day(sight, int(found.at[place]))
    who = wording.account(sight, int(found.thread[place]))
    return f"{who}: {told[0]} reached {whom}{topic} {after} {told[1]} ({when})."


DETECTOR = Detector(
    name="duplicate-contact",
    title="Contacted twice",
    failure=Failure.MESSAGES,
    definition="A touch reaches the same person (the same account where either names no contact) about the same topic "
    "within a short time after another team's touch did; found at the later touch.",
    of="touches",
    blind=blind,
    find=find,
    sentence=sentence,
    unit="hours",
)
