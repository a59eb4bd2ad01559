"""What a stranger's export is taken for, column by column."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from clew.ingest.sampling import Sample
from clew.sources.model import ContactSpec, EventSpec, Kind


@dataclass(frozen=True)
class Finding:
    """What one column is taken for, why, and a few of its values."""

    column: str
    meaning: str
    reason: str
    samples: tuple[str, ...]  # () of what tells of a person


@dataclass
class Guess:
    """What one export is taken for; the fields mirror sources.model.Source.

    form      "log": one row an event, with the name of the event in a column; "wide": one row a thing, a time in
              several columns; "table": no time of anything that happened
    key       column whose values the rows (or the cases of a log) are about, None where nothing identifies them
    only      events are told only by rows where this column has this value: (column, value)
    dated     attribute -> the column with the time from which a row's value holds
    findings  one for each column, in the order of the file
    remarks   what was decided without much to go by, and what needs a look
    """

    name: str
    paths: list[Path]
    sample: Sample
    form: str = "wide"
    kind: Kind = Kind.SNAPSHOT
    key: str | None = None
    decimal: str = "."
    thousands: str | None = None
    time_format: str | None = None
    id: tuple[str, ...] = ()
    account: tuple[str, str] | None = None
    subjects: dict[str, str] = field(default_factory=dict)
    contact: ContactSpec | None = None
    events: list[EventSpec] = field(default_factory=list)
    attributes: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    dated: dict[str, str] = field(default_factory=dict)
    only: tuple[str, str] | None = None
    properties: list[str] = field(default_factory=list)
    personal: list[str] = field(default_factory=list)
    value: str | None = None
    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
