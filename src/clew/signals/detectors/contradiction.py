"""Told differently: two teams tell a customer different things about one topic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clew.clock import DAY_US
from clew.engine.ordered import Mask
from clew.meanings.model import Stated
from clew.signals.model import NO_ROW, Detector, Failure, Found, Seen, nothing
from clew.signals.parts import wording
from clew.signals.parts.blind_spots import (
    absent,
    kept,
    kept_as,
    lacking,
    no_topic,
    one_team,
    teams_of,
    topics_of,
    unsaid,
)
from clew.signals.parts.earlier_events import Grouped, groups, known
from clew.signals.parts.signal_order import at_rows
from clew.signals.sight import Sight


def find(sight: Sight, number: int) -> Seen:
    """Find statements that differ from what another team said last."""
    stated = sight.meanings.stated
    if stated is None or sight.meanings.about is None:
        return nothing()
    bucket, says = sight.buckets[number], sight.codes(number, stated.says)
    rows = np.flatnonzero(sight.happens(number, stated.when) & _comparable(sight, number, stated))
    topic = sight.codes(number, sight.meanings.about)[rows]
    other = Grouped(groups(bucket.thread[rows], topic)).of_others(bucket.team[rows])
    since, said = bucket.at[rows] - bucket.at[rows[other]], says[rows]
    differs = np.flatnonzero((other != NO_ROW) & (said != said[other]) & (since <= stated.within.micros))
    days = since[differs] / DAY_US
    return at_rows(bucket, rows, last=rows[differs], first=rows[other[differs]], measure=days)


def _comparable(sight: Sight, number: int, stated: Stated) -> Mask:
    topic, says = sight.codes(number, sight.meanings.about), sight.codes(number, stated.says)
    return known(topic, says, sight.buckets[number].team)


def blind(sight: Sight) -> list[str]:
    """Say what keeps contradictions from being seen."""
    stated = sight.meanings.stated
    if stated is None:
        return [unsaid("stated", "nobody knows which events tell a customer something")]
    if topicless := no_topic(sight):
        return topicless
    if not kept(sight, stated.says):
        return [f"No source keeps the property '{stated.says}' that 'stated: says' names, so nothing is compared."]
    if never := absent(sight, "stated", stated.when):
        return never
    columns = {
        "name no team: they are left out": teams_of,
        "have no topic: they are left out": topics_of,
        "do not record what was said: they are left out": kept_as(stated.says),
    }
    return [*lacking(sight, stated.when, columns, of="statements"), *one_team(sight, stated.when, "statements")]


def sentence(sight: Sight, number: int, found: Found, place: int) -> str:
    """Say who told what, and what another team had told before."""
    stated = sight.meanings.stated
    assert stated is not None
    first, last = int(found.first[place]), int(found.last[place])
    told = [
        f"{wording.team_at(sight, number, row)} said '{wording.property_at(sight, number, row, name=stated.says)}'"
        for row in (last, first)
    ]
    return _told(sight, number, found, place, told=told)


def plain(sight: Sight, number: int, found: Found, place: int) -> str:
    """Say who told something else than who before: what it was is read by those who may."""
    last, first = (wording.team_at(sight, number, int(rows[place])) for rows in (found.last, found.first))
    return _told(sight, number, found, place, told=(f"{last} said something else", f"{first} did"))


def _told(sight: Sight, number: int, found: Found, place: int, *, told: Sequence[str]) -> str:
    first, last = int(found.first[place]), int(found.last[place])
    topic, after = wording.about(sight, number, last), wording.later(sight, number, first, last=last)
    who, when = wording.account(sight, int(found.thread[place])), wording.day(sight, int(found.at[place]))
    return f"{who}: {told[0]}{topic} {after} {told[1]} ({when})."


DETECTOR = Detector(
    name="contradiction",
    title="Told differently",
    failure=Failure.MESSAGES,
    definition="A team tells this account something else on a topic than what any other team told it last, while that "
    "still holds; found at the later statement.",
    of="statements",
    blind=blind,
    find=find,
    sentence=sentence,
    unit="days",
    plain=plain,
)
