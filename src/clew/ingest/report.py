"""What a load did, counted so that it adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Rejections:
    """Rows rejected for one reason: how many, and where the first of them stand (file name:line)."""

    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class SourceReport:
    """What became of the rows of one source; read = accepted + duplicate + superseding + rejected.

    files           as the person knows them
    unchanged       nothing had changed, so nothing was read; the counts are those of the last reading
    events          number of events that came in, by name
    first, last     when the first and the last of them occurred, microseconds UTC; None without any
    without_events  accepted or superseding rows that tell of no event (their subject is known all the same)
    reasons         sentence -> rejected rows
    rejected_file   where they are listed; None without any
    notes           what else was noticed, counted
    vanished        rows of the log that this snapshot does not hold any more, and whom some of them are about
    resumed         blocks that an interrupted load had read already
    seconds         for reading this source; its share of writing is not in it
    """

    source: str
    files: tuple[str, ...]
    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    superseding: int = 0
    rejected: int = 0
    unchanged: bool = False
    events: Mapping[str, int] = field(default_factory=dict)
    first: int | None = None
    last: int | None = None
    without_events: int = 0
    reasons: Mapping[str, Rejections] = field(default_factory=dict)
    rejected_file: Path | None = None
    notes: Mapping[str, int] = field(default_factory=dict)
    vanished: int = 0
    vanished_examples: tuple[str, ...] = ()
    resumed: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        told = self.accepted + self.duplicate + self.superseding + self.rejected
        assert self.read == told, f"source {self.source}: {self.read} rows were read, {told} are accounted for"


@dataclass(frozen=True)
class LoadReport:
    """What a load did.

    sources     one report each, by name
    failures    source -> why its files could not be read at all
    gone        sources of the log that the workspace no longer describes; their events stay
    generation  of the log after it
    events      events in the log after it
    seconds     for everything
    """

    sources: tuple[SourceReport, ...]
    failures: Mapping[str, str]
    gone: tuple[str, ...]
    generation: int
    events: int
    seconds: float

    @property
    def read(self) -> int:
        return sum(source.read for source in self.sources)

    @property
    def rows_per_second(self) -> float:
        """Rows read and written in a second; those of unchanged sources were not."""
        rows = sum(source.read for source in self.sources if not source.unchanged)
        return rows / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Progress:
    """Where a load is.

    doing   "reading" or "writing"      source  name of the source; "" while writing
    done, total  bytes of the present file, or buckets; total 0 where not known
    rows    rows read so far in this load
    """

    doing: str
    source: str
    done: int
    total: int
    rows: int
