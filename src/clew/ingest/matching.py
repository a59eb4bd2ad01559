"""Match the rows of a load with those of the log, one range of keys at a time, so memory stays bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from clew.archive.draft import Draft
from clew.archive.endings import Endings
from clew.archive.folders import Folder, Stored
from clew.archive.generation import Generation
from clew.archive.layout import ROWS, Array
from clew.archive.manifest import LoadedSource
from clew.archive.pieces import Held
from clew.clock import NEVER
from clew.ingest.classify import classify, redefine
from clew.ingest.naming import NamedBlock
from clew.ingest.verdicts import Found, Outcome, Rules, Seen, Unusable
from clew.sources.model import Kind, Source

ROWS_PER_PART = 1 << 20
_SEEN = ("hi", "lo", "content", "known", "file", "party")


@dataclass
class Matched:
    """What matching found: row tables from now on, ended rows, vanished rows and some of their entities,
    found rows older than the log, rows of a former definition."""

    rows: list[Folder] = field(default_factory=list)
    endings: list[Endings] = field(default_factory=list)
    vanished: int = 0
    vanished_entities: list[int] = field(default_factory=list)
    older: int = 0
    redefined: int = 0


class Matching:
    """The matching of one source."""

    def __init__(
        self,
        source: Source,
        blocks: Sequence[NamedBlock],
        *,
        former: Generation,
        loaded: LoadedSource | None,
        read_again: Array,
        now: int,
    ) -> None:
        self._source, self._blocks, self._former = source, blocks, former
        self._rules = Rules(identified=bool(source.id), supersedes=source.kind is Kind.SNAPSHOT, now=now)
        self._unusable = _unusable(blocks) if self._rules.by_id else Unusable.none()
        self._loaded, self._read_again = loaded, read_again
        self._stored = loaded.rows if loaded else ()
        self._redefined = loaded is not None and loaded.version != source.version
        rows = sum(len(block.staged) for block in blocks) + sum(folder.rows for folder in self._stored)
        self._parts = max(len(self._stored), 1)
        while rows > self._parts * ROWS_PER_PART:
            self._parts *= 2

    def run(self, draft: Draft) -> Matched:
        """Judge every row of the blocks and write the row tables of the next generation."""
        matched = Matched()
        groups = [_by_part(block.staged.array("hi"), self._parts) for block in self._blocks]
        for part in range(self._parts):
            chosen = [order[bounds[part] : bounds[part + 1]] for order, bounds in groups]
            outcome = self._judge(part, chosen, matched)
            self._note(chosen, outcome)
            matched.rows.append(draft.write_rows(self._source.name, part, Held(ROWS, outcome.rows)))
        return matched

    def _judge(self, part: int, chosen: Sequence[Array], matched: Matched) -> Outcome:
        seen, found = self._seen(part), self._found(chosen)
        unusable = self._unusable.chosen(np.flatnonzero(_parts_of(self._unusable.hi, self._parts) == part))
        if self._redefined:
            again = self._read_again[seen.file]
            outcome = redefine(seen, found, self._rules, unusable, read_again=again)
            matched.redefined += len(outcome.endings)
        else:
            outcome = classify(seen, found, self._rules, unusable)
            if self._rules.supersedes:
                matched.vanished += len(outcome.vanished)
                matched.vanished_entities += seen.party[outcome.vanished[:3]].tolist()
        matched.endings.append(outcome.endings)
        matched.older += outcome.older
        return outcome

    def _seen(self, part: int) -> Seen:
        if not self._stored:
            return Seen(*(np.empty(0, dtype) for dtype in ("u8", "u8", "u8", "i8", "i4", "i4")))
        wider = self._parts // len(self._stored)
        stored = Stored(self._former.store, ROWS, self._stored[part // wider])
        columns = [np.asarray(stored.column(name)) for name in _SEEN]
        mine = _parts_of(columns[0], self._parts) == part
        return Seen(*(column if mine.all() else column[mine] for column in columns))

    def _found(self, chosen: Sequence[Array]) -> Found:
        def joined(values: Sequence[Array], dtype: str) -> Array:
            return np.concatenate([np.empty(0, dtype), *values])

        pairs = list(zip(self._blocks, chosen, strict=True))
        return Found(
            hi=joined([block.staged.array("hi")[rows] for block, rows in pairs], "u8"),
            lo=joined([block.lo[rows] for block, rows in pairs], "u8"),
            content=joined([block.staged.array("content")[rows] for block, rows in pairs], "u8"),
            known=joined([block.known[rows] for block, rows in pairs], "i8"),
            file=joined([np.full(len(rows), block.file, np.int32) for block, rows in pairs], "i4"),
            party=joined([block.party[rows] for block, rows in pairs], "i4"),
        )

    def _note(self, chosen: Sequence[Array], outcome: Outcome) -> None:
        """Tell each block what became of its rows."""
        begin = 0
        renumbered = not self._source.id
        for block, rows in zip(self._blocks, chosen, strict=True):
            mine = slice(begin, begin + len(rows))
            begin += len(rows)
            block.verdict[rows], block.kept[rows] = outcome.verdict[mine], outcome.kept[mine]
            if renumbered:
                block.lo = block.lo if block.lo.flags.writeable else block.lo.copy()
                block.lo[rows] = outcome.lo[mine]
            if bool((outcome.until[mine] != NEVER).any()):
                block.until = block.until if block.until.flags.writeable else block.until.copy()
                block.until[rows] = outcome.until[mine]


def _unusable(blocks: Sequence[NamedBlock]) -> Unusable:
    keys = [(*block.staged.rejected_keys(), block.file) for block in blocks]
    return Unusable(
        hi=np.concatenate([np.empty(0, np.uint64), *(hi for hi, _, _ in keys)]),
        lo=np.concatenate([np.empty(0, np.uint64), *(lo for _, lo, _ in keys)]),
        file=np.concatenate([np.empty(0, np.int32), *(np.full(len(hi), file, np.int32) for hi, _, file in keys)]),
    )


def _parts_of(hi: Array, parts: int) -> Array:
    """Return the range of each key: its topmost bits."""
    bits = parts.bit_length() - 1
    return np.zeros(len(hi), np.uint16) if not bits else (hi >> np.uint64(64 - bits)).astype(np.uint16)


def _by_part(hi: Array, parts: int) -> tuple[Array, Array]:
    """Return the rows by range, inside one in the order of reading, and where each range begins."""
    part = _parts_of(hi, parts)
    order = np.argsort(part, kind="stable").astype(np.int32)
    return order, np.searchsorted(part[order], np.arange(parts + 1))
