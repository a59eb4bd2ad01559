"""What a backup holds, and how it is laid out.

A backup is a compressed tar file:

    backup.json              first: format, moment, schema
    tables/main/run.0000     rows of the database, in pieces (clew.db.rows)
    store/...                files of .clew: the archive's generation, dictionaries, persons, versions, norms, ...
    files/...                files of the workspace that people write
    index.json               last: size and SHA-256 of every other member
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from clew.errors import ClewError

FORMAT = 1
HEAD, INDEX = "backup.json", "index.json"
TABLES, STORE, FILES = "tables", "store", "files"


class Busy(ClewError):
    """The archive was rewritten faster than it could be read; try again, or stop loads meanwhile."""

    code = "backup-busy"


class NotEmpty(ClewError):
    """There is something already where the backup would be brought back."""

    code = "not-empty"


class BadBackup(ClewError):
    """The file is no backup, or is damaged."""

    code = "bad-backup"


class Head(msgspec.Struct, frozen=True):
    """What the first member tells.

    at       microseconds UTC: whatever was acknowledged before is in here
    clew     version that made it
    schema   of the database
    columns  of each table, by part ("main", "inbox") and name, in the order of a row's values
    """

    format: int
    at: int
    clew: str
    schema: str
    columns: Mapping[str, Mapping[str, Sequence[str]]]


class Member(msgspec.Struct, frozen=True):
    """Size and SHA-256 of a member."""

    bytes: int
    sha256: str


class Index(msgspec.Struct, frozen=True):
    """What the last member tells.

    generation  of the archive          tail   position up to which the archive holds the living log
    given       last number that each table gave by itself
    """

    generation: int
    tail: int
    given: Mapping[str, int]
    members: Mapping[str, Member]


class Made(msgspec.Struct, frozen=True):
    """A backup that was made or brought back."""

    place: Path
    head: Head
    index: Index
    bytes: int
    rows: Mapping[str, int]
