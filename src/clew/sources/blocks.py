"""What a source becomes, block by block: the only shape in which rows of an export reach the log.

    for block in read_blocks(source, files, now=clock.now(), start=None):      # clew.sources.read
        assert block.read == len(block.rows) + len(block.rejected)

`clew.sources.files.find_files(patterns, root)` resolves the patterns of `source.files` into the paths to pass; for a
SELECT source pass no files: its tables are found by itself. Blocks come in the order of the files and of their lines,
each of at most 500,000 lines. Rows depend on nothing but (source, files, now): how the text is cut into blocks never
changes them. After any block, `read_blocks(..., start=block.next)` yields exactly the rows that would have followed.
What cannot be used of joined files and of the tables of a SELECT comes first, in blocks of these files without rows.

A file that cannot be read at all (missing column, wrong encoding name, ...) raises BadInput; a bad row never does.

Everything is numpy and block-local: texts are codes into a list of names of this block, -1 where there is none. Names
of one list may repeat; empty cells are no values, so no name is "".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]
Longs = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Flags = NDArray[np.bool_]


class Reason(StrEnum):
    """Why a row could not be used; the value is a stable word, `sentence` says it to a person."""

    FIELDS = "wrong number of fields"
    QUOTE = "stray quote"
    ENCODING = "undecodable bytes"
    HEADER = "repeated header"
    LONG = "record too long"
    TRUNCATED = "truncated file"
    TIME = "no time"
    EARLY = "time before 1970"
    FUTURE = "time in the future"
    GAP = "time that does not exist"
    NUMBER = "no number"
    SEQUENCE = "no sequence number"
    ID = "missing id"
    ACCOUNT = "no account"
    EMAIL = "no e-mail address"
    EVENT = "no event name"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Reason.FIELDS: "the row has another number of fields than the header",
    Reason.QUOTE: "a quote stands inside a field, or is never closed",
    Reason.ENCODING: "the line holds bytes that do not fit the file's encoding",
    Reason.HEADER: "the line repeats the header",
    Reason.LONG: "the record is longer than 64 MiB",
    Reason.TRUNCATED: "the file breaks off inside this row; what follows it is lost",
    Reason.TIME: "the text is no time in the format of this source",
    Reason.EARLY: "the time lies before 1970: a placeholder, not a date",
    Reason.FUTURE: "the time lies more than a day after this load; a later load takes the row up",
    Reason.GAP: "the clocks went forward over this local time: it does not exist in the zone of this source",
    Reason.NUMBER: "the text is no number with this source's decimal sign, or finer than a millionth",
    Reason.SEQUENCE: "the text is no whole number",
    Reason.ID: "a column of the id is empty",
    Reason.ACCOUNT: "the row names neither an account nor a subject",
    Reason.EMAIL: "the text is no e-mail address, so it has no domain",
    Reason.EVENT: "the row has a time, but the columns that name the event are empty",
}


class Note(StrEnum):
    """What was noticed but rejected nothing; counted per block."""

    AMBIGUOUS = "ambiguous local times, read as the first of the two"
    FREE_MAIL = "rows with a free-mail address, which gives no account"
    EMPTY_FILE = "files without any row"
    BLANK = "blank lines"
    SPLIT = "rows more than lines, split by a join"
    SEVERAL = "look-ups with more than one row in the joined file, of which the first was taken"
    UNMATCHED = "rows without a partner in a joined file"
    JOINED_BAD = "rows of a joined file that could not be used"
    UNDATED = "attribute values whose date is empty, kept as undated"
    NUL = "rows with NUL characters"


@dataclass(frozen=True)
class Position:
    """A place between two blocks.

    file    index into `files`; len(files): everything is read
    offset  bytes from the file's start: of the decompressed text; UTF-16 and UTF-32 counted as UTF-8
    line    1-based number of the physical line that begins there
    block   number of blocks before this place
    """

    file: int = 0
    offset: int = 0
    line: int = 1
    block: int = 0


@dataclass(frozen=True)
class Coded:
    """Texts as codes: names[codes[i]] is the text of item i, codes[i] == -1 says that it has none."""

    codes: Codes
    names: Sequence[str]

    def __len__(self) -> int:
        return len(self.codes)

    def texts(self) -> list[str | None]:
        """Spell everything out; for tests and small blocks."""
        return [self.names[code] if code >= 0 else None for code in self.codes.tolist()]


@dataclass(frozen=True)
class Rows:
    """The usable rows, in the order of the file; all arrays (n,).

    hi, lo   upper and lower half of the 128-bit row key: hash of (source name, id values), and of these with the
             account id as recorded; so the rows of an id share hi. A source without id: two hashes of (source name, all
             mapped columns), equal for identical rows; the loader adds which of them it is
    content  hash of every mapped value of the row
    line     number of the physical line where the record starts, in `file` of the block; of a SELECT the result's line
    entity   index into `entities` of the block: the account, else the subject that stands for the thread; -1 only for a
             free-mail address: the thread is then the contact ("contact:<surrogate>", made by the loader), never -1
    learnt   when the system itself learnt of the row, microseconds UTC; archive NO_VALUE where it does not say
    subjects     kind -> index into `entities`, -1 where the row names none
    contact      identifier of the person outside, as text (e-mail or id of the export): to become a surrogate
    email, name, role, personal   what the person store keeps of the contact; None where the source does not map it
    properties   property name -> text, kept with every event of the row
    unusable_hi, unusable_lo   keys of the rejected rows whose id is told; (k,), not (n,)
    """

    hi: Hashes
    lo: Hashes
    content: Hashes
    line: Longs
    entity: Codes
    learnt: Longs
    subjects: Mapping[str, Codes] = field(default_factory=dict)
    contact: Coded | None = None
    email: Coded | None = None
    name: Coded | None = None
    role: Coded | None = None
    personal: Mapping[str, Coded] = field(default_factory=dict)
    properties: Mapping[str, Coded] = field(default_factory=dict)
    unusable_hi: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    unusable_lo: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))

    def __len__(self) -> int:
        return len(self.line)


@dataclass(frozen=True)
class Events:
    """What the rows tell of; all arrays (m,), grouped by place, inside it in the order of the rows.

    row       index into `rows`                   place     index into source.events
    at        microseconds UTC                    day       only the day is known
    value     millionths of the unit, archive NO_VALUE where none
    sequence  the source's own order, 0 where it has none
    """

    row: Codes
    place: NDArray[np.uint8]
    at: Longs
    day: Flags
    event: Coded
    team: Coded
    channel: Coded
    user: Coded
    value: Longs
    sequence: Longs

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True)
class Attributes:
    """The values of one mapped attribute; arrays (k,), one item for each row that has a value.

    row  index into `rows`    entity  index into `entities`, -1 as in Rows.entity    value  text
    at   microseconds UTC from when it holds, clock.ALWAYS where undated; may lie in the future
    """

    name: str
    row: Codes
    entity: Codes
    value: Coded
    at: Longs


@dataclass(frozen=True)
class Links:
    """Pairs of ids that are one account; arrays (k,).

    row  index into `rows`    left, right  indices into `entities`    at  microseconds UTC, clock.ALWAYS where undated
    word  who says so, as `clew.archive.words`; None: the source does of all of them
    """

    row: Codes
    left: Codes
    right: Codes
    at: Longs
    word: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True)
class Rejected:
    """One row that could not be used.

    line    physical line where it starts    column  header of the offending cell, "" where the whole row is at fault
    value   the offending text, shortened    text    the row as it stands in the file, shortened
    """

    line: int
    column: str
    value: str
    reason: Reason
    text: str


@dataclass(frozen=True)
class ShapedBlock:
    """One block of rows of one file.

    file      where the rows stand (of a SELECT: the source's own file)
    start     where this block begins          next  where reading goes on after it
    first     physical line of the first record, 0 where there is none
    read      rows seen: len(rows) + len(rejected); blank lines are no rows, a row split by a join counts as its parts
    size      bytes of the file that are done after this block, and of the whole file as far as known (for progress)
    entities  texts "kind:id"; may repeat
    """

    file: Path
    start: Position
    next: Position
    first: int
    read: int
    size: tuple[int, int]
    entities: Sequence[str]
    rows: Rows
    events: Events
    attributes: Sequence[Attributes]
    links: Links
    rejected: Sequence[Rejected]
    notes: Mapping[Note, int]
