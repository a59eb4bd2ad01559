"""Tell new rows from known ones, and changed ones from contradictions: by row keys, a range of keys at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from clew.archive.endings import Endings
from clew.archive.layout import Array
from clew.clock import NEVER
from clew.ingest.deciding import Deciding
from clew.ingest.verdicts import Found, Outcome, Rules, Seen, Unusable, Verdict

_NTH = np.uint64(0x9E3779B97F4A7C15)  # odd, so every n gives another key


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


def classify(seen: Seen, found: Found, rules: Rules, unusable: Unusable | None = None) -> Outcome:
    """Compare a load with the log.

    unusable  rejected rows of a source whose rows supersede: one that is there is not taken for gone
    """
    lo = found.lo if rules.identified else number_identical(found)
    return Deciding(seen, replace(found, lo=lo), rules).outcome(unusable or Unusable.none())


def redefine(seen: Seen, found: Found, rules: Rules, unusable: Unusable | None = None, *, read_again: Array) -> Outcome:
    """Compare a load by a changed definition with the log: what the old one made of the same files or rows ends.

    read_again  says of each seen row whether its file is read again
    """
    lo = found.lo if rules.identified else number_identical(found)
    new = Endings.joined([Endings(found.hi, lo, np.full(len(found), rules.now), found.party)])
    stale = read_again | (new.until_of(seen.hi, seen.lo) != NEVER)
    outcome = classify(seen.chosen(np.flatnonzero(~stale)), found, rules, unusable)
    remade = (outcome.verdict == Verdict.ACCEPTED) & _known(seen, found.hi, lo, rules)
    outcome.verdict[remade] = Verdict.SUPERSEDING
    gone = np.flatnonzero(stale)
    ended = Endings(seen.hi[gone], seen.lo[gone], np.full(len(gone), rules.now), seen.party[gone])
    return replace(outcome, endings=Endings.joined([outcome.endings, ended]))


def _known(seen: Seen, hi: Array, lo: Array, rules: Rules) -> Array:
    """Say which rows the log knew: by their id, with whatever account; without id by all that they hold."""
    if rules.identified:
        return np.isin(hi, seen.hi)
    old = Endings.joined([Endings(seen.hi, seen.lo, np.full(len(seen), rules.now), seen.party)])
    return np.asarray(old.until_of(hi, lo) != NEVER)
