"""Dated attributes as timelines: which value is in force for a subject at an instant, and when a date comes due."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Bucket, Codes, Times
from clew.clock import NEVER
from clew.conditions.model import Date
from clew.engine.ordered import Positions, first_after, segment_starts, spans
from clew.engine.terms import NO_INSTANT, Terms


@dataclass(frozen=True)
class Units:
    """The subjects of a bucket, each in its thread, in order of (thread, subject).

    thread, subject  (u,) int32 codes in "entity"; for subject account both are the thread
    of_account       the subject is the account itself
    """

    thread: Codes
    subject: Codes
    of_account: bool

    def __len__(self) -> int:
        return len(self.thread)


@dataclass(frozen=True)
class Timeline:
    """The values of one attribute, contiguous by unit and rising in time.

    at, code  (m,) from when the value holds, and its code     lo, hi  (u,) the span of each unit
    """

    at: Times
    code: Codes
    lo: Positions
    hi: Positions

    def in_force(self, unit: Positions, when: Times) -> Codes:
        """Return the code in force for each unit at each instant, NO_CODE where none is."""
        lo = self.lo[unit]
        place = first_after(self.at, lo, self.hi[unit], when) - 1
        found = place >= lo
        if not len(self.code):
            return np.full(len(when), NO_CODE, np.int64)
        return np.where(found, self.code[np.where(found, place, 0)], NO_CODE)


def code_in_force(bucket: Bucket, terms: Terms, units: Units, name: str, unit: Positions, when: Times) -> Codes:
    """Return the code of an attribute at each (unit, instant): the subject's own before its account's."""
    code = account_timeline(bucket, terms, units, name).in_force(unit, when)
    if units.of_account:
        return code
    own = own_timeline(bucket, terms, units, name).in_force(unit, when)
    return np.where(own != NO_CODE, own, code)


def account_timeline(bucket: Bucket, terms: Terms, units: Units, name: str) -> Timeline:
    """Collect what is said of the account of each unit; of several linked ids the latest value counts, then the id."""
    table = bucket.attributes
    named = np.asarray(table.name) == terms.view.names["attribute"].code(name)
    keep = np.flatnonzero(named & (~terms.is_thing()[table.entity] | (table.entity == table.thread)))
    thread, entity, at = table.thread[keep], table.entity[keep], table.at[keep]
    if not _rising(thread, at, entity):
        order = np.lexsort((_text_rank(terms, entity), at, thread))
        keep, thread, at = keep[order], thread[order], at[order]
    lo, hi = np.searchsorted(thread, units.thread, "left"), np.searchsorted(thread, units.thread, "right")
    return Timeline(at, table.value[keep], lo, hi)


def own_timeline(bucket: Bucket, terms: Terms, units: Units, name: str) -> Timeline:
    """Collect what is said of the subject of each unit itself."""
    table = bucket.attributes
    keep = np.flatnonzero(np.asarray(table.name) == terms.view.names["attribute"].code(name))
    said = _pair(table.thread[keep], table.entity[keep])
    wanted = _pair(units.thread, units.subject)
    lo, hi = np.searchsorted(said, wanted, "left"), np.searchsorted(said, wanted, "right")
    return Timeline(table.at[keep], table.value[keep], lo, hi)


def _pair(thread: Codes, entity: Codes) -> NDArray[np.int64]:
    return (thread.astype(np.int64) << 32) + entity


def _rising(thread: Codes, at: Times, entity: Codes) -> bool:
    """Whether rows already stand in the order of (thread, at) and no instant is told by two ids of one account."""
    same_thread = thread[1:] == thread[:-1]
    wrong = same_thread & ((at[1:] < at[:-1]) | ((at[1:] == at[:-1]) & (entity[1:] != entity[:-1])))
    return not bool(wrong.any())


def _text_rank(terms: Terms, entity: Codes) -> Positions:
    """Rank entities by their texts, for codes depend on arrival."""
    codes, place = np.unique(entity, return_inverse=True)
    dictionary = terms.view.names["entity"]
    texts = [dictionary.text(int(code)) for code in codes]
    rank = np.empty(len(codes), np.int64)
    rank[sorted(range(len(codes)), key=texts.__getitem__)] = np.arange(len(codes))
    return rank[place]


@dataclass(frozen=True)
class Due:
    """Instants at which a date comes due for a unit, as the values in force plan them.

    unit (k,), at (k,) instants; fresh (k,) bool: the instant lay ahead when its value came into force
    """

    unit: Positions
    at: Times
    fresh: NDArray[np.bool_]


def instants_due(bucket: Bucket, terms: Terms, units: Units, date: Date) -> Due:
    """Plan when a Date condition comes true for each unit: each value while it is in force, late ones when learnt.

    A value that names the same instant as the one before it changes nothing; one that moves it withdraws an instant
    that has not come yet; a text that is no date withdraws it too.
    """
    unit, since, code = _combined(bucket, terms, units, date.attribute)
    instant = shifted(terms.instants(date.attribute)[code], date)
    repeated = np.zeros(len(unit), np.bool_)
    repeated[1:] = (unit[1:] == unit[:-1]) & (instant[1:] == instant[:-1])
    unit, since, instant = unit[~repeated], since[~repeated], instant[~repeated]
    until = np.full(len(unit), NEVER, np.int64)
    until[:-1] = np.where(unit[1:] == unit[:-1], since[1:], NEVER)
    at = np.maximum(instant, since)
    comes = (instant != NO_INSTANT) & (at < until)
    return Due(unit[comes], at[comes], (instant >= since)[comes])


def shifted(instant: Times, date: Date) -> Times:
    """Move date values by the `before` and `after` of a condition."""
    shift = (date.after.micros if date.after else 0) - (date.before.micros if date.before else 0)
    return np.where(instant == NO_INSTANT, NO_INSTANT, instant + shift)


def _combined(bucket: Bucket, terms: Terms, units: Units, name: str) -> tuple[Positions, Times, Codes]:
    """One timeline per unit: the account's values until the subject has its own, then its own."""
    account = account_timeline(bucket, terms, units, name)
    if units.of_account:
        return _flat(account)
    own = own_timeline(bucket, terms, units, name)
    has_own = own.hi > own.lo
    first_own = np.full(len(units), NEVER, np.int64)
    first_own[has_own] = own.at[own.lo[has_own]]
    unit, at, code = _flat(account)
    before = at < first_own[unit]
    own_unit, own_at, own_code = _flat(own)
    unit = np.concatenate((unit[before], own_unit))
    at, code = np.concatenate((at[before], own_at)), np.concatenate((code[before], own_code))
    order = np.argsort(unit, kind="stable")
    return unit[order], at[order], code[order]


def _flat(timeline: Timeline) -> tuple[Positions, Times, Codes]:
    """List every (unit, at, code) of a timeline; of several values at one instant the last."""
    unit = np.repeat(np.arange(len(timeline.lo)), timeline.hi - timeline.lo)
    place = spans(timeline.lo, timeline.hi)
    at = timeline.at[place]
    starts = segment_starts(unit, at)
    last = starts[1:] - 1
    return unit[last], at[last], timeline.code[place[last]]
