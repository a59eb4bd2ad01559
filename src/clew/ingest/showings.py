"""Which rows of an id stand when the files of a load show it: those of the last file that does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.archive.layout import Array
from clew.clock import ALWAYS
from clew.ingest.verdicts import Found, Seen, Unusable


@dataclass(frozen=True)
class Standing:
    """What the files of a load make of the rows of each id.

    A showing is what one file says of one id: as many rows as the id has accounts. Where a file shows an id, rows that
    it does not show of it stand no longer; where none does, everything stays.

    compared   (found,) the row is compared with what is known under its key; any other is passed over
    older      (found,) passed over because the log has learnt something newer of the id
    known_id   (found,) the log holds rows of the id
    first      (found,) the row is of the first showing of an id that the log does not know
    losing     (found,) a row of the id stands no longer
    id_seen, id_found  number of the id of each row
    gone_hi, gone_lo, gone_at, gone_id   keys that stand no longer, since when, and the id of each
    """

    compared: Array
    older: Array
    known_id: Array
    first: Array
    losing: Array
    id_seen: Array
    id_found: Array
    gone_hi: Array
    gone_lo: Array
    gone_at: Array
    gone_id: Array


def all_stand(seen: Seen, found: Found) -> Standing:
    """Return that every row is compared under its key, whatever else is said of its id."""
    none, no, yes = np.empty(0, np.uint64), np.zeros(len(found), np.bool_), np.ones(len(found), np.bool_)
    return Standing(
        compared=yes,
        older=no,
        known_id=no,
        first=yes,
        losing=no,
        id_seen=np.zeros(len(seen), np.int64),
        id_found=np.zeros(len(found), np.int64),
        gone_hi=none,
        gone_lo=none,
        gone_at=np.empty(0, np.int64),
        gone_id=np.empty(0, np.int64),
    )


def standing_rows(seen: Seen, found: Found, unusable: Unusable) -> Standing:
    """Say which rows stand. `found` has at least one row; seen and unusable rows are of its ids."""
    return _Showings(seen, found, unusable).standing()


class _Showings:
    """Ids are numbered by the upper halves of keys, keys by both halves; arrays by row: seen, found, unusable.

    position  place of the showing of each found and unusable row among all that count: by id, then by when the newest
              of its rows was learnt, then as read; -1 where the log has learnt something newer of the id
    moment    when the newest row of the showing at each position was learnt
    """

    def __init__(self, seen: Seen, found: Found, unusable: Unusable) -> None:
        self._old, self._new = len(seen), len(found)
        self._hi = np.concatenate([seen.hi, found.hi, unusable.hi])
        self._lo = np.concatenate([seen.lo, found.lo, unusable.lo])
        self._number_keys()
        self._known_id = np.zeros(self._ids, np.bool_)
        self._known_id[self._id[: self._old]] = True
        self._number_showings(seen, found, unusable)

    def _number_keys(self) -> None:
        order = np.lexsort((self._lo, self._hi))
        hi, lo = self._hi[order], self._lo[order]
        new_id, new_key = np.ones(len(order), np.bool_), np.ones(len(order), np.bool_)
        new_id[1:] = hi[1:] != hi[:-1]
        new_key[1:] = new_id[1:] | (lo[1:] != lo[:-1])
        self._id, self._key = np.empty(len(order), np.int64), np.empty(len(order), np.int64)
        self._id[order], self._key[order] = np.cumsum(new_id) - 1, np.cumsum(new_key) - 1
        self._ids, self._keys = int(new_id.sum()), int(new_key.sum())
        self._row_of_key = order[new_key]

    def _number_showings(self, seen: Seen, found: Found, unusable: Unusable) -> None:
        turn = _turns(np.concatenate([found.file, unusable.file]))
        turns = int(turn.max()) + 1
        named = self._id[self._old :] * turns + turn
        shows, shown_in = np.unique(named[: self._new], return_inverse=True)
        id_of, moment = shows // turns, np.full(len(shows), ALWAYS, np.int64)
        np.maximum.at(moment, shown_in, found.known)
        newest = np.full(self._ids, ALWAYS, np.int64)
        np.maximum.at(newest, self._id[: self._old], seen.known)
        live = np.flatnonzero(moment >= newest[id_of])
        sequence = live[np.lexsort((shows[live], moment[live], id_of[live]))]
        position = np.full(len(shows), -1, np.int64)
        position[sequence] = np.arange(len(sequence))
        place = np.minimum(np.searchsorted(shows, named), len(shows) - 1)
        self._position = np.where(shows[place] == named, position[place], -1)
        self._moment = moment[sequence]

    def standing(self) -> Standing:
        old, new = self._old, slice(self._old, self._old + self._new)
        last_of_key, last_of_id = self._last(self._key, self._keys), self._last(self._id, self._ids)
        id_of_key = self._id[self._row_of_key]
        known_key, told = np.zeros(self._keys, np.bool_), np.zeros(self._keys, np.bool_)
        known_key[self._key[:old]] = True
        told[self._key[: new.stop]] = True
        gone = last_of_key < last_of_id[id_of_key]
        # Of an id that the log knows, what stood for a while within this load alone is passed over.
        compared = known_key | ~self._known_id[id_of_key] | (~gone & (last_of_key >= 0))
        ending = np.flatnonzero(gone & compared & told)
        gone_id = id_of_key[ending]
        after = np.where(self._known_id[gone_id], last_of_id[gone_id], last_of_key[ending] + 1)
        losing = np.zeros(self._ids, np.bool_)
        losing[gone_id] = True
        whose, position = self._id[new], self._position[: self._new]
        known, passed = self._known_id[whose], ~compared[self._key[new]]
        return Standing(
            compared=~passed,
            older=passed & (position < 0),
            known_id=known,
            first=~known & (position == self._first()[whose]),
            losing=losing[whose],
            id_seen=self._id[:old],
            id_found=whose,
            gone_hi=self._hi[self._row_of_key[ending]],
            gone_lo=self._lo[self._row_of_key[ending]],
            gone_at=self._moment[after],
            gone_id=gone_id,
        )

    def _last(self, number: Array, count: int) -> Array:
        """Return the last position of each key or id, -1 where no showing that counts holds it."""
        last = np.full(count, -1, np.int64)
        np.maximum.at(last, number[self._old :], self._position)
        return last

    def _first(self) -> Array:
        """Return the first position of each id."""
        first = np.full(self._ids, len(self._moment), np.int64)
        live = self._position >= 0
        np.minimum.at(first, self._id[self._old :][live], self._position[live])
        return first


def _turns(file: Array) -> Array:
    """Number the files in the order in which they first appear."""
    _, first, number = np.unique(file, return_index=True, return_inverse=True)
    turns: Array = np.argsort(np.argsort(first))[number]
    return turns
