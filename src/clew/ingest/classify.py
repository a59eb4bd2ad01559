"""Tell new rows from known ones, and changed ones from contradictions: by row keys, a range of keys at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import IntEnum

import numpy as np

from clew.archive.endings import Endings
from clew.archive.layout import Array
from clew.clock import NEVER
from clew.ingest.versions import Versions, previous_of, repeats_the_one_before

_NTH = np.uint64(0x9E3779B97F4A7C15)  # odd, so every n gives another key


class Verdict(IntEnum):
    """What became of a row."""

    ACCEPTED = 0
    DUPLICATE = 1
    SUPERSEDING = 2
    CONFLICT = 3  # rejected: its id was loaded with other content


@dataclass(frozen=True)
class Seen:
    """Rows of the log in force, of one source and one range of keys, sorted by hi; all arrays (n,)."""

    hi: Array
    lo: Array
    content: Array
    known: Array
    file: Array
    party: Array

    def __len__(self) -> int:
        return len(self.hi)

    def chosen(self, rows: Array) -> Seen:
        """Return some of the rows."""
        return Seen(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True)
class Found:
    """Rows of the load in one range of keys, in the order of reading; all arrays (n,)."""

    hi: Array
    lo: Array
    content: Array
    known: Array
    file: Array
    party: Array

    def __len__(self) -> int:
        return len(self.hi)


@dataclass(frozen=True)
class Outcome:
    """What became of the found rows and of the seen ones.

    lo        lower half of the row key, with which of several identical rows it is
    verdict   Verdict of each found row
    kept      found rows whose content enters the log (an older state of a row that changed within the load does not)
    until     when a kept row ended already, else NEVER
    endings   seen rows that end           vanished  indices of seen rows that the load does not hold
    rows      columns of the rows table from now on
    older     number of found rows that are older than what the log knows of them; counted as duplicates
    """

    lo: Array
    verdict: Array
    kept: Array
    until: Array
    endings: Endings
    vanished: Array
    rows: Mapping[str, Array]
    older: int


def number_identical(found: Found) -> Array:
    """Return the lower key halves with the n-th identical row of each file told apart, n counted from 0.

    Counted per file: a row that two exports both hold is one row, a row that one export holds twice is two.
    """
    lo = found.lo.copy()
    order = np.lexsort((found.file, found.lo, found.hi))  # stable: inside a group the order of reading
    hi, low, file = found.hi[order], found.lo[order], found.file[order]
    same = np.zeros(len(order), np.bool_)
    same[1:] = (hi[1:] == hi[:-1]) & (low[1:] == low[:-1]) & (file[1:] == file[:-1])
    if same.any():
        position = np.arange(len(order))
        first = np.maximum.accumulate(np.where(same, 0, position))
        lo[order] += (position - first).astype(np.uint64) * _NTH
    return lo


def classify(seen: Seen, found: Found, *, identified: bool, supersedes: bool) -> Outcome:
    """Compare a load with the log.

    identified   the source has an id; without one identical rows of a file are told apart by their number
    supersedes   other content under a known key is the row's newer state; else it is a contradiction
    """
    deciding = _Deciding(seen, found, found.lo if identified else number_identical(found), supersedes)
    deciding.decide()
    return deciding.outcome()


def redefine(seen: Seen, found: Found, *, read_again: Array, identified: bool, supersedes: bool, now: int) -> Outcome:
    """Compare a load by a changed definition with the log: what the old one made of the same files or rows ends.

    read_again  says of each seen row whether its file is read again
    now         when the rows of the old definition end
    """
    lo = found.lo if identified else number_identical(found)
    old = Endings.joined([Endings(seen.hi, seen.lo, np.full(len(seen), now), seen.party)])
    new = Endings.joined([Endings(found.hi, lo, np.full(len(found), now), found.party)])
    stale = read_again | (new.until_of(seen.hi, seen.lo) != NEVER)
    outcome = classify(seen.chosen(np.flatnonzero(~stale)), found, identified=identified, supersedes=supersedes)
    remade = (outcome.verdict == Verdict.ACCEPTED) & (old.until_of(found.hi, lo) != NEVER)
    outcome.verdict[remade] = Verdict.SUPERSEDING
    gone = np.flatnonzero(stale)
    ended = Endings(seen.hi[gone], seen.lo[gone], np.full(len(gone), now), seen.party[gone])
    return replace(outcome, endings=Endings.joined([outcome.endings, ended]))


class _Deciding:
    """Decisions about one range of keys, the easy ones all at once."""

    def __init__(self, seen: Seen, found: Found, lo: Array, supersedes: bool) -> None:
        self._seen, self._found, self._lo, self._supersedes = seen, found, lo, supersedes
        self.verdict = np.zeros(len(found), np.uint8)
        self.kept = np.ones(len(found), np.bool_)
        self.until = np.full(len(found), NEVER, np.int64)
        self._present = np.zeros(len(seen), np.bool_)
        self._ended = np.full(len(seen), NEVER, np.int64)
        self._older = 0

    def decide(self) -> None:
        """Settle every row: alone with a new key, alone and equal to the known one, and all that need a closer look."""
        order = np.argsort(self._found.hi)
        hi = self._found.hi[order]
        crowded = np.zeros(len(hi), np.bool_)
        crowded[1:] |= hi[1:] == hi[:-1]
        crowded[:-1] |= crowded[1:]
        place = np.searchsorted(self._seen.hi, hi)
        matched = self._matches(hi, place)
        equal = matched & ~crowded
        equal[equal] = self._equal(order[equal], place[equal])
        self.verdict[order[equal]] = Verdict.DUPLICATE
        self.kept[order[equal]] = False
        self._present[place[equal]] = True
        contested = np.sort(order[(crowded | matched) & ~equal])
        if len(contested):
            self._look_closer(contested)

    def _matches(self, hi: Array, place: Array) -> Array:
        inside = place < len(self._seen)
        inside[inside] = self._seen.hi[place[inside]] == hi[inside]
        return inside

    def _equal(self, rows: Array, place: Array) -> Array:
        """Say which rows are the seen ones at these places; where seen keys share the upper half: not here."""
        seen = self._seen
        equal: Array = (seen.lo[place] == self._lo[rows]) & (seen.content[place] == self._found.content[rows])
        return equal

    def _look_closer(self, rows: Array) -> None:
        """Settle rows that share a key with others: sort each key's versions and walk them."""
        seen, found = self._seen, self._found
        near = np.flatnonzero(np.isin(seen.hi, found.hi[rows]))
        old = len(near)
        hi, lo = np.concatenate([seen.hi[near], found.hi[rows]]), np.concatenate([seen.lo[near], self._lo[rows]])
        known = np.concatenate([seen.known[near], found.known[rows]])
        reading = np.concatenate([np.full(old, -1), np.arange(len(rows))])
        if not self._supersedes:
            known = np.zeros_like(known)  # the first one read counts, whenever the system learnt of the others
        order = np.lexsort((reading, known, reading >= 0, lo, hi))
        key_starts = np.ones(len(order), np.bool_)
        key_starts[1:] = (hi[order][1:] != hi[order][:-1]) | (lo[order][1:] != lo[order][:-1])
        walk = Versions(
            key=np.cumsum(key_starts) - 1,
            starts=np.flatnonzero(key_starts),
            item=np.where(reading[order] < 0, near[np.minimum(order, old - 1)] if old else 0, rows[reading[order]]),
            old=reading[order] < 0,
            known=known[order],
        )
        self._settle(walk)

    def _settle(self, walk: Versions) -> None:
        content = np.where(walk.old, self._pick(self._seen.content, walk), self._pick(self._found.content, walk))
        if self._supersedes:
            self._supersede(walk, content)
        else:
            self._contradict(walk, content)

    @staticmethod
    def _pick(values: Array, walk: Versions) -> Array:
        return values[np.minimum(walk.item, len(values) - 1)] if len(values) else np.zeros(len(walk.item), np.uint64)

    def _contradict(self, walk: Versions, content: Array) -> None:
        """The first of each key is what the log holds; others repeat or contradict it."""
        first = walk.starts[walk.key]
        fresh = ~walk.old
        alone = fresh & (first == np.arange(len(first)))
        repeats = fresh & ~alone & (content == content[first])
        contradicts = fresh & ~alone & ~repeats
        self.verdict[walk.item[repeats]] = Verdict.DUPLICATE
        self.verdict[walk.item[contradicts]] = Verdict.CONFLICT
        self.kept[walk.item[repeats | contradicts]] = False
        self._present[walk.item[walk.old & walk.followed()]] = True

    def _supersede(self, walk: Versions, content: Array) -> None:
        first = walk.starts[walk.key]
        stored = walk.old[first]  # the log holds the key
        older = ~walk.old & stored & (walk.known < walk.known[first])
        effective = walk.last_of_moment() & ~older  # of several states at one moment the last one read counts
        previous = previous_of(effective, first)
        repeats = effective & ~walk.old & (previous >= 0)
        repeats &= content == content[previous]
        enters = effective & ~walk.old & ~repeats
        changes = np.zeros(len(walk.starts), np.bool_)
        changes[walk.key[enters]] = True
        self._tell(walk, content, older=older, enters=enters, repeats=repeats, changes=changes[walk.key], stored=stored)
        self._close(walk, enters)

    def _tell(
        self,
        walk: Versions,
        content: Array,
        *,
        older: Array,
        enters: Array,
        repeats: Array,
        changes: Array,
        stored: Array,
    ) -> None:
        fresh = ~walk.old
        begins = fresh & ~stored & (np.arange(len(fresh)) == walk.starts[walk.key])
        duplicate = fresh & ~begins & (older | repeats | ~changes | repeats_the_one_before(walk, content))
        self.verdict[walk.item[fresh & ~begins & ~duplicate]] = Verdict.SUPERSEDING
        self.verdict[walk.item[duplicate]] = Verdict.DUPLICATE
        self.verdict[walk.item[begins]] = Verdict.ACCEPTED
        self.kept[walk.item[fresh & ~enters]] = False
        self._present[walk.item[walk.old & walk.followed()]] = True
        self._older += int(older.sum())

    def _close(self, walk: Versions, enters: Array) -> None:
        """End each version when the next one of its key was learnt."""
        lives = np.flatnonzero(enters | walk.old)
        follows = np.flatnonzero(walk.key[lives][1:] == walk.key[lives][:-1])
        ended, ends_at = lives[follows], walk.known[lives[follows + 1]]
        old = walk.old[ended]
        self._ended[walk.item[ended[old]]] = ends_at[old]
        self.until[walk.item[ended[~old]]] = ends_at[~old]

    def outcome(self) -> Outcome:
        seen, found, ends = self._seen, self._found, self._ended
        gone = np.flatnonzero(ends != NEVER)
        lasting = np.flatnonzero(ends == NEVER)
        entering = np.flatnonzero(self.kept & (self.until == NEVER))
        return Outcome(
            lo=self._lo,
            verdict=self.verdict,
            kept=self.kept,
            until=self.until,
            endings=Endings(seen.hi[gone], seen.lo[gone], ends[gone], seen.party[gone]),
            vanished=np.flatnonzero(~self._present & (ends == NEVER)),
            rows=self._rows(lasting, entering, found),
            older=self._older,
        )

    def _rows(self, lasting: Array, entering: Array, found: Found) -> Mapping[str, Array]:
        seen = self._seen
        columns = {
            name: np.concatenate([getattr(seen, name)[lasting], getattr(found, name)[entering]])
            for name in ("hi", "content", "known", "file", "party")
        }
        columns["lo"] = np.concatenate([seen.lo[lasting], self._lo[entering]])
        order = np.argsort(columns["hi"])
        return {name: values[order] for name, values in columns.items()}
