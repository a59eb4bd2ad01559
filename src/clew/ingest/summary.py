"""Count what a load did with the rows of one source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from clew.archive.manifest import LoadedSource
from clew.ids import file_stem
from clew.ingest.additions import rows_without_events
from clew.ingest.matching import Matched
from clew.ingest.naming import NamedBlock
from clew.ingest.rejected import REJECTED
from clew.ingest.report import Rejections, SourceReport
from clew.ingest.verdicts import Verdict
from clew.sources.blocks import Reason
from clew.sources.model import Source

OLDER = "rows older than what the log knows of them, left aside"
REDEFINED = "rows of the former definition, superseded by what this one makes"
EXAMPLES = 3


def source_report(
    source: Source,
    blocks: Sequence[NamedBlock],
    matched: Matched,
    *,
    files: tuple[str, ...],
    rejected: tuple[Path | None, Mapping[str, Rejections]],
    entities: Mapping[str, int],
    resumed: int,
    seconds: float,
) -> SourceReport:
    """Return the report of a source whose rows are judged.

    rejected  where the rejected rows are listed, and their counts by reason
    entities  code of every entity by text, in the order of codes
    """
    verdicts = sum(
        (np.bincount(block.verdict, minlength=len(Verdict)) for block in blocks), np.zeros(len(Verdict), int)
    )
    events, span = _events(blocks)
    return SourceReport(
        source=source.name,
        files=files,
        read=sum(block.staged.read for block in blocks),
        accepted=int(verdicts[Verdict.ACCEPTED]),
        duplicate=int(verdicts[Verdict.DUPLICATE]),
        superseding=int(verdicts[Verdict.SUPERSEDING]),
        rejected=sum(reason.count for reason in rejected[1].values()),
        events=events,
        first=span[0],
        last=span[1],
        without_events=sum(len(rows_without_events(block)) for block in blocks),
        reasons=rejected[1],
        rejected_file=rejected[0],
        notes=_notes(blocks, matched),
        vanished=matched.vanished,
        vanished_examples=_spelt(matched.vanished_entities, entities),
        resumed=resumed,
        seconds=seconds,
    )


def _events(blocks: Sequence[NamedBlock]) -> tuple[Mapping[str, int], tuple[int | None, int | None]]:
    counts: Counter[str] = Counter()
    first, last = list[int](), list[int]()
    for block in blocks:
        staged = block.staged
        kept = block.kept[staged.array("events.row")]
        if not kept.any():
            continue
        names = staged.texts("events.event")
        for code, count in enumerate(np.bincount(staged.array("events.event")[kept], minlength=len(names)).tolist()):
            counts[names[code]] += count
        at = staged.array("events.at")[kept]
        first.append(int(at.min()))
        last.append(int(at.max()))
    told = {name: count for name, count in counts.most_common() if count}
    return told, (min(first, default=None), max(last, default=None))


def _notes(blocks: Sequence[NamedBlock], matched: Matched) -> Mapping[str, int]:
    notes: Counter[str] = Counter()
    for block in blocks:
        notes.update({note.value: count for note, count in block.staged.notes.items()})
    notes.update({OLDER: matched.older, REDEFINED: matched.redefined})
    return {note: count for note, count in notes.items() if count}


def _spelt(codes: Sequence[int], entities: Mapping[str, int]) -> tuple[str, ...]:
    """Return some entities by text."""
    wanted = set(codes[:EXAMPLES])
    texts = enumerate(entities)
    return tuple(islice((text for code, text in texts if code in wanted), EXAMPLES)) if wanted else ()


def held_back(blocks: Sequence[NamedBlock]) -> int:
    """Return how many rows lay in the future."""
    return sum(row.reason is Reason.FUTURE for block in blocks for row in block.staged.rejected)


def unchanged_report(store: Path, source: Source, loaded: LoadedSource) -> SourceReport:
    """Return the report of a source that reads the same files by the same definition as last time."""
    read, rejected = loaded.counts.get("read", 0), loaded.counts.get("rejected", 0)
    listed = store / REJECTED / f"{file_stem(source.name)}.csv"
    return SourceReport(
        source=source.name,
        files=tuple(file.path for file in loaded.files),
        read=read,
        duplicate=read - rejected,
        rejected=rejected,
        unchanged=True,
        rejected_file=listed if rejected and listed.exists() else None,
    )
