"""Decide row by row what is new, known, changed or contradicted: the easy ones at once, the others key by key."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from clew.archive.endings import Endings
from clew.archive.layout import Array
from clew.clock import NEVER
from clew.ingest.showings import Standing, all_stand, standing_rows
from clew.ingest.verdicts import Found, Outcome, Rules, Seen, Unusable, Verdict
from clew.ingest.versions import Versions, previous_of, repeats_the_one_before


class Deciding:
    """Decisions about one range of keys."""

    def __init__(self, seen: Seen, found: Found, rules: Rules) -> None:
        self._seen, self._found, self._rules = seen, found, rules
        self._verdict = np.zeros(len(found), np.uint8)
        self._kept = np.ones(len(found), np.bool_)
        self._until = np.full(len(found), NEVER, np.int64)
        self._present = np.zeros(len(seen), np.bool_)
        self._ended = np.full(len(seen), NEVER, np.int64)
        self._older = 0

    def outcome(self, unusable: Unusable) -> Outcome:
        """Settle every row: alone with a new key, alone and equal to the known one, and all that need a closer look."""
        order = np.argsort(self._found.hi)
        hi = self._found.hi[order]
        crowded = _crowded(hi)
        place = np.searchsorted(self._seen.hi, hi)
        matched = self._matches(hi, place)
        equal = matched & ~crowded
        equal[equal] = self._equal(order[equal], place[equal])
        self._verdict[order[equal]] = Verdict.DUPLICATE
        self._kept[order[equal]] = False
        self._present[place[equal]] = True
        contested = np.sort(order[(crowded | matched) & ~equal])
        if len(contested):
            self._look_closer(contested, unusable)
        if self._rules.by_id:
            self._present |= np.isin(self._seen.hi, unusable.hi)
        return self._told()

    def _matches(self, hi: Array, place: Array) -> Array:
        inside = place < len(self._seen)
        inside[inside] = self._seen.hi[place[inside]] == hi[inside]
        return inside

    def _equal(self, rows: Array, place: Array) -> Array:
        """Say which rows are the seen ones at these places; where several seen ones share the upper half: not here."""
        seen, found = self._seen, self._found
        same: Array = (seen.lo[place] == found.lo[rows]) & (seen.content[place] == found.content[rows])
        return same & ~_crowded(seen.hi)[place]

    def _look_closer(self, rows: Array, unusable: Unusable) -> None:
        """Settle rows that share an id with others: which of them stand, then each key's versions."""
        near = np.flatnonzero(np.isin(self._seen.hi, self._found.hi[rows]))
        seen, found = self._seen.chosen(near), self._found.chosen(rows)
        if not self._rules.by_id:
            walk = self._versions(near, rows, all_stand(seen, found))
            self._present[walk.item[walk.old & walk.followed()]] = True
            if self._rules.supersedes:
                self._supersede(walk, np.zeros(len(self._found), np.bool_))
            else:
                self._contradict(walk)
            return
        beside = unusable.chosen(np.flatnonzero(np.isin(unusable.hi, found.hi)))
        standing = standing_rows(seen, found, beside)
        self._present[near] = True
        taking_over = np.zeros(len(self._found), np.bool_)
        taking_over[rows] = standing.losing & (standing.known_id | ~standing.first)
        changed = self._supersede(self._versions(near, rows, standing), taking_over)
        self._pass_over(rows, standing, changed)

    def _versions(self, near: Array, rows: Array, standing: Standing) -> Versions:
        """Bring the seen rows, those of the load that are compared, and the keys that are gone into their order."""
        seen, found, compared = self._seen, self._found, rows[standing.compared]
        old, fresh, gone = len(near), len(compared), len(standing.gone_hi)
        hi = np.concatenate([seen.hi[near], found.hi[compared], standing.gone_hi])
        lo = np.concatenate([seen.lo[near], found.lo[compared], standing.gone_lo])
        known = np.concatenate([seen.known[near], found.known[compared], standing.gone_at])
        if not self._rules.supersedes:
            known = np.zeros_like(known)  # the first one read counts, whenever the system learnt of the others
        reading = np.concatenate([np.full(old, -1), np.arange(fresh), np.full(gone, fresh)])
        order = np.lexsort((reading, known, reading >= 0, lo, hi))
        key_starts = np.ones(len(order), np.bool_)
        key_starts[1:] = (hi[order][1:] != hi[order][:-1]) | (lo[order][1:] != lo[order][:-1])
        return Versions(
            key=np.cumsum(key_starts) - 1,
            starts=np.flatnonzero(key_starts),
            item=np.concatenate([near, compared, np.zeros(gone, np.intp)])[order],
            old=reading[order] < 0,
            gone=order >= old + fresh,
            known=known[order],
            id=np.concatenate([standing.id_seen, standing.id_found[standing.compared], standing.gone_id])[order],
        )

    def _content(self, walk: Versions) -> Array:
        def picked(values: Array) -> Array:
            return values[np.minimum(walk.item, len(values) - 1)] if len(values) else np.zeros(len(walk.item), "u8")

        return np.where(walk.old, picked(self._seen.content), picked(self._found.content))

    def _contradict(self, walk: Versions) -> None:
        """The first of each key is what the log holds; others repeat or contradict it."""
        content = self._content(walk)
        others = walk.fresh & ~walk.begins
        repeats = others & (content == content[walk.first])
        self._verdict[walk.item[others]] = Verdict.CONFLICT
        self._verdict[walk.item[repeats]] = Verdict.DUPLICATE
        self._kept[walk.item[others]] = False

    def _supersede(self, walk: Versions, taking_over: Array) -> Array:
        """The newest of each key is what the log holds from now on; return the ids in which something changes.

        taking_over  (found,) a row under a new key supersedes another one of its id
        """
        content, first, fresh = self._content(walk), walk.first, walk.fresh
        stored = walk.old[first]  # the log holds the key
        older = fresh & stored & (walk.known < walk.known[first])
        effective = walk.last_of_moment() & ~older  # of several states at one moment the last one read counts
        previous = previous_of(effective, first)
        repeats = effective & fresh & (previous >= 0) & (content == content[previous])
        enters = effective & fresh & ~repeats
        changes = np.zeros(len(walk.starts), np.bool_)
        changes[walk.key[enters | (walk.gone & (previous >= 0))]] = True
        repeats |= older | ~changes[walk.key] | repeats_the_one_before(walk, content)
        repeats |= stored & ~enters & (content == content[first])
        self._verdict[walk.item[fresh]] = Verdict.SUPERSEDING
        self._verdict[walk.item[fresh & repeats]] = Verdict.DUPLICATE
        begins = walk.item[walk.begins]
        self._verdict[begins] = np.where(taking_over[begins], Verdict.SUPERSEDING, Verdict.ACCEPTED)
        self._kept[walk.item[fresh & ~enters]] = False
        self._older += int(older.sum())
        self._close(walk, enters, (previous >= 0) & walk.gone)
        return np.unique(walk.id[changes[walk.key]])

    def _close(self, walk: Versions, enters: Array, gone: Array) -> None:
        """End each version when the next one of its key was learnt, or when the key was learnt to be gone."""
        lives = np.flatnonzero(enters | walk.old | gone)
        follows = np.flatnonzero(walk.key[lives][1:] == walk.key[lives][:-1])
        ended, by = lives[follows], lives[follows + 1]
        # A loss that no row dates, in an id that gains nothing by it, was learnt by this load.
        undated = walk.gone[by] & (walk.known[by] <= walk.known[ended]) & ~np.isin(walk.id[by], walk.id[enters])
        ends_at = np.where(undated, self._rules.now, walk.known[by])
        old = walk.old[ended]
        self._ended[walk.item[ended[old]]] = ends_at[old]
        self._until[walk.item[ended[~old]]] = ends_at[~old]

    def _pass_over(self, rows: Array, standing: Standing, changed: Array) -> None:
        """Judge the rows that a later file of the load, or the log, replaces altogether."""
        passed = ~standing.compared
        duplicate = standing.older | ~np.isin(standing.id_found, changed)
        self._verdict[rows[passed]] = Verdict.SUPERSEDING
        self._verdict[rows[passed & duplicate]] = Verdict.DUPLICATE
        self._kept[rows[passed]] = False
        self._older += int(standing.older.sum())

    def _told(self) -> Outcome:
        seen, found, ends = self._seen, self._found, self._ended
        gone = np.flatnonzero(ends != NEVER)
        return Outcome(
            lo=found.lo,
            verdict=self._verdict,
            kept=self._kept,
            until=self._until,
            endings=Endings(seen.hi[gone], seen.lo[gone], ends[gone], seen.party[gone]),
            vanished=np.flatnonzero(~self._present & (ends == NEVER)),
            rows=self._rows(),
            older=self._older,
        )

    def _rows(self) -> Mapping[str, Array]:
        """Return the rows in force from now on."""
        lasting = self._seen.chosen(np.flatnonzero(self._ended == NEVER))
        entering = self._found.chosen(np.flatnonzero(self._kept & (self._until == NEVER)))
        names = ("hi", "lo", "content", "known", "file", "party")
        columns = {name: np.concatenate([getattr(lasting, name), getattr(entering, name)]) for name in names}
        order = np.argsort(columns["hi"], kind="stable")
        return {name: values[order] for name, values in columns.items()}


def _crowded(hi: Array) -> Array:
    """Say which of sorted upper halves stand more than once."""
    crowded = np.zeros(len(hi), np.bool_)
    crowded[1:] = hi[1:] == hi[:-1]
    crowded[:-1] |= crowded[1:]
    return crowded
