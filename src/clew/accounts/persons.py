"""Persons apart from events: the log knows a person by a number, who that is stands here and can be taken out.

One row a person, personal properties by the row they came with, and tombstones: keyed digests of the identifiers of
those who were erased, so a later load of the same export finds the number again but never the name.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clew.archive.layout import PROPERTY
from clew.config.store import private_folder
from clew.db.folding import LAST, folded
from clew.errors import BrokenStore
from clew.files.replace import replace_file
from clew.sources.domains import same_address

PERSONS = "persons.sqlite"
SALT = "persons.salt"
ERASED = "erased"
BUSY_S = 60  # how long a writer waits for the one before it: a load numbers the persons of a whole export at a time

_NAME = "name\x1f"  # before a name among the digests, so that it is never taken for an identifier
_WORDS = 6  # of a name
_AT_ONCE = 500  # persons that one statement asks for
_ADDRESS = re.compile(r"[^\s,;:<>()\[\]{}\"'|/]+@[^\s,;:<>()\[\]{}\"'|/]+")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS person (
    surrogate INTEGER PRIMARY KEY, identifier TEXT UNIQUE, email TEXT, name TEXT, role TEXT, folded TEXT);
CREATE INDEX IF NOT EXISTS person_email ON person (email);
CREATE TABLE IF NOT EXISTS personal (
    source TEXT, hi INTEGER, lo INTEGER, name TEXT, surrogate INTEGER, value TEXT,
    PRIMARY KEY (source, hi, lo, name)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS personal_surrogate ON personal (surrogate);
CREATE TABLE IF NOT EXISTS tombstone (digest BLOB PRIMARY KEY, surrogate INTEGER) WITHOUT ROWID;
"""
_SEARCHED = "CREATE INDEX IF NOT EXISTS person_folded ON person (folded)"
_FOLDED = "folded(name, coalesce(email, identifier))"  # what a person is searched by
_LIKE = "folded LIKE ? ESCAPE '\\'"


@dataclass(frozen=True)
class Record:
    """What is known of a person; None where no source says it, or where the person was erased."""

    surrogate: int
    identifier: str | None
    email: str | None = None
    name: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Property:
    """A personal property: the source and row it came with (halves of the row key), its name and value."""

    source: str
    hi: int
    lo: int
    name: str
    surrogate: int
    value: str


def normal(identifier: str) -> str:
    """Return an identifier as it is compared: e-mail addresses without regard to case."""
    text = identifier.strip()
    return same_address(text) if "@" in text else text


def _whole_name(text: str) -> Iterator[str]:
    """Yield under what a name is remembered, nothing where it is a word or a sentence: "gold" may be anything."""
    words = text.casefold().split()
    if 2 <= len(words) <= _WORDS:
        yield f"{_NAME}{' '.join(words)}"


def erased(number: int) -> str:
    """Return what stands for the identifier of an erased person; it leads to the same number."""
    return f"{ERASED}-{number}"


class PersonStore:
    """The person store of a workspace. Numbers once given stay, erasure included.

    Several processes may have it open: each sees at the beginning of a transaction what the others wrote. Used by one
    thread at a time.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        private_folder(store)
        path = store / PERSONS
        if not path.exists():
            path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.create_function("folded", -1, folded, deterministic=True)
        self._connection.executescript(_SCHEMA)
        self._fold_older()
        self._connection.execute(_SEARCHED)
        self._numbers: dict[str, int] | None = None
        self._seen = self._version()
        self._top = -1  # highest number that `_numbers` knows
        self._told: dict[int, int] = {}  # hash of what was last told of a person
        self._salt: bytes | None = None
        self.erased_any = self._count("tombstone") > 0

    def _fold_older(self) -> None:
        """Let persons of a file that knew no search be found."""
        if self._is_folded():
            return
        self._connection.execute("BEGIN IMMEDIATE")
        if not self._is_folded():  # another process may have been first
            self._connection.execute("ALTER TABLE person ADD COLUMN folded TEXT")
            self._connection.execute(f"UPDATE person SET folded = {_FOLDED} WHERE identifier IS NOT NULL")
        self._connection.execute("COMMIT")

    def _is_folded(self) -> bool:
        return any(row[1] == "folded" for row in self._connection.execute("PRAGMA table_info (person)"))

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self.catch_up()
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            self._numbers, self._told = None, {}
            raise
        self._connection.execute("COMMIT")

    def catch_up(self) -> None:
        """Take note of what others wrote: numbers they gave, persons they erased. A transaction begins with it."""
        seen = self._version()
        if seen == self._seen:
            return
        self._seen, self._told = seen, {}
        self.erased_any = self._count("tombstone") > 0
        if self._numbers is not None:
            newer = "SELECT identifier, surrogate FROM person WHERE identifier IS NOT NULL AND surrogate > ?"
            self._numbers.update(self._connection.execute(newer, (self._top,)).fetchall())
            self._top = self._following() - 1

    def _version(self) -> int:
        """Return a number that changes with every transaction of somebody else."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def surrogates(self, identifiers: Sequence[str]) -> list[int]:
        """Return the number of each person; unknown ones get the next, erased ones the one they had."""
        numbers = self._known_numbers()
        keys = [normal(identifier) for identifier in identifiers]
        fresh = [key for key in dict.fromkeys(keys) if key not in numbers]
        if fresh:
            self._take_in(fresh, numbers)
        return [numbers[key] for key in keys]

    def _take_in(self, fresh: Sequence[str], numbers: dict[str, int]) -> None:
        new: list[tuple[int, str]] = []
        following = self._following()
        for key in fresh:
            former = self.former_number(key)
            numbers[key] = following + len(new) if former is None else former
            if former is None:
                new.append((numbers[key], key))
        told = ((number, key, folded(key)) for number, key in new)
        self._connection.executemany("INSERT INTO person (surrogate, identifier, folded) VALUES (?, ?, ?)", told)
        self._top = following + len(new) - 1

    def _following(self) -> int:
        row = self._connection.execute("SELECT coalesce(max(surrogate) + 1, 0) FROM person").fetchone()
        return int(row[0])

    def _known_numbers(self) -> dict[str, int]:
        if self._numbers is None:
            found = self._connection.execute("SELECT identifier, surrogate FROM person WHERE identifier IS NOT NULL")
            self._numbers = dict(found.fetchall())
            self._top = self._following() - 1
        return self._numbers

    def describe(self, records: Iterable[Record]) -> None:
        """Note what a source says of persons; what it does not say stays. Erased persons stay nameless."""
        told = [record for record in records if self._is_news(record) and not self._is_erased(record)]
        self._connection.executemany(
            "UPDATE person SET email = coalesce(?1, email), name = coalesce(?2, name), role = coalesce(?3, role),"
            " folded = folded(coalesce(?2, name), coalesce(?1, email, identifier))"
            " WHERE surrogate = ?4 AND identifier IS NOT NULL",
            [(normal(r.email) if r.email else None, r.name, r.role, r.surrogate) for r in told],
        )

    def _is_news(self, record: Record) -> bool:
        """Whether this differs from what was last told of the person; most rows of an export say it again."""
        told = hash(record)
        news = self._told.get(record.surrogate) != told
        self._told[record.surrogate] = told
        return news

    def _is_erased(self, record: Record) -> bool:
        return self.erased_any and record.email is not None and self.former_number(record.email) is not None

    def keep(self, properties: Iterable[Property]) -> None:
        """Keep personal properties by the row they came with; a newer state of the row replaces the former."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO personal (source, hi, lo, name, surrogate, value) VALUES (?, ?, ?, ?, ?, ?)",
            ((p.source, p.hi, p.lo, p.name, p.surrogate, p.value) for p in properties if not self._stays_out(p)),
        )

    def _stays_out(self, item: Property) -> bool:
        """Say whether a property is of an erased person, or names one."""
        if not self.erased_any:
            return False
        row = self._connection.execute(
            "SELECT identifier FROM person WHERE surrogate = ?", (item.surrogate,)
        ).fetchone()
        return (row is not None and row[0] is None) or self.cleaned(item.value) != item.value

    def find(self, identifier: str) -> list[Record]:
        """Return the persons with this identifier or e-mail address."""
        key = normal(identifier)
        found = self._connection.execute(
            "SELECT surrogate, identifier, email, name, role FROM person WHERE identifier = ? OR email = ?", (key, key)
        )
        return [Record(*row) for row in found.fetchall()]

    def described(self, surrogates: Sequence[int]) -> list[Record]:
        """Return who these persons are, those that are known; erased ones without a name."""
        found: list[Record] = []
        for first in range(0, len(surrogates), _AT_ONCE):
            some = surrogates[first : first + _AT_ONCE]
            asked = "SELECT surrogate, identifier, email, name, role FROM person WHERE surrogate IN"
            rows = self._connection.execute(f"{asked} ({', '.join('?' * len(some))})", list(some))
            found += [Record(*row) for row in rows]
        return found

    def alike(self, words: Sequence[str], *, limit: int, of: Collection[int] | None = None) -> list[int]:
        """Return the numbers of persons in whose name or address every one of these words stands, in any case.

        Those first whose name begins so, then those of whom another name does, by the alphabet.

        of  numbers of those who are asked about; None: everybody
        """
        fits = " AND ".join(["surrogate IN (SELECT value FROM json_each(?))"] * (of is not None) + [_LIKE] * len(words))
        given = [*([] if of is None else [json.dumps([*of])]), *(f"%{_escaped(word)}%" for word in words)]
        begin = folded(*words)
        first = self._numbered(f"{fits} AND folded >= ? AND folded < ?", [*given, begin, begin + LAST], "", [limit])
        if len(first) == limit:
            return first
        places = [f"{_escaped(begin)}%", f"% {_escaped(begin)}%", limit]
        return self._numbered(fits, given, f"NOT {_LIKE}, NOT {_LIKE},", places)

    def _numbered(self, fits: str, given: Sequence[Any], places: str, after: Sequence[Any]) -> list[int]:
        asked = f"SELECT surrogate FROM person WHERE {fits} ORDER BY {places} folded, surrogate LIMIT ?"
        return [row[0] for row in self._connection.execute(asked, [*given, *after])]

    def record(self, number: int) -> Record | None:
        """Return what is known of a number, None where nobody has it; an erased person has nothing but the number."""
        found = self._connection.execute(
            "SELECT surrogate, identifier, email, name, role FROM person WHERE surrogate = ?", (number,)
        ).fetchone()
        return None if found is None else Record(*found)

    def properties_of(self, surrogates: Sequence[int]) -> list[Property]:
        """Return the personal properties that came with rows about these persons."""
        rows: list[Property] = []
        for surrogate in surrogates:
            found = self._connection.execute(
                "SELECT source, hi, lo, name, surrogate, value FROM personal WHERE surrogate = ?"
                " ORDER BY source, hi, lo, name",
                (surrogate,),
            )
            rows += [Property(*row) for row in found.fetchall()]
        return rows

    def bury(self, records: Sequence[Record], identifier: str) -> None:
        """Write the tombstones of persons who are to be erased: from now on nothing anew is kept of them by name."""
        with self.transaction():
            self._bury(records, identifier)
        self.erased_any = True

    def _bury(self, records: Sequence[Record], identifier: str) -> None:
        for record in records:
            told = (record.identifier, record.email, identifier, erased(record.surrogate))
            names = {normal(name) for name in told if name} | {*_whole_name(record.name or "")}
            self._connection.executemany(
                "INSERT OR REPLACE INTO tombstone (digest, surrogate) VALUES (?, ?)",
                [(self._digest(name), record.surrogate) for name in sorted(names)],
            )

    def erase(self, records: Sequence[Record], identifier: str) -> int:
        """Remove records and personal properties, and properties that name the person; return how many properties."""
        with self.transaction():
            self._bury(records, identifier)
            self._connection.executemany(
                "UPDATE person SET identifier = NULL, email = NULL, name = NULL, role = NULL, folded = NULL"
                " WHERE surrogate = ?",
                [(record.surrogate,) for record in records],
            )
            removed = self._remove_properties([record.surrogate for record in records], identifier)
        self._numbers, self._told, self.erased_any = None, {}, True
        self._forget_pages()
        return removed

    def _remove_properties(self, surrogates: Sequence[int], identifier: str) -> int:
        removed = 0
        for surrogate in surrogates:
            removed += self._connection.execute("DELETE FROM personal WHERE surrogate = ?", (surrogate,)).rowcount
        if "@" not in identifier:
            return removed
        naming = "DELETE FROM personal WHERE instr(lower(value), lower(?)) > 0"
        return removed + self._connection.execute(naming, (identifier.strip(),)).rowcount

    def _forget_pages(self) -> None:
        """Leave nothing of what was removed in the file or its log."""
        self._connection.execute("VACUUM")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def former_number(self, identifier: str) -> int | None:
        """Return the number of an erased person, None for anybody else."""
        if not self.erased_any:
            return None
        found = self._connection.execute(
            "SELECT surrogate FROM tombstone WHERE digest = ?", (self._digest(normal(identifier)),)
        ).fetchone()
        return None if found is None else int(found[0])

    def cleaned(self, text: str) -> str:
        """Return a text of the log without the e-mail addresses of erased persons.

        Other identifiers are left: "42" may be a contact here and a quantity there.
        """
        return _ADDRESS.sub(self._cleaned_address, text) if "@" in text else text

    def cleaned_value(self, text: str) -> str:
        """Return a property's value as `cleaned` does; one that is the whole name of an erased person goes, too."""
        for name in _whole_name(text) if self.erased_any else ():
            number = self.former_number(name)
            if number is not None:
                return erased(number)
        return self.cleaned(text)

    def cleaning(self, array: str) -> Callable[[str], str]:
        """Return what cleans the texts of an array or dictionary of the log."""
        return self.cleaned_value if array.startswith(PROPERTY) else self.cleaned

    def _cleaned_address(self, found: re.Match[str]) -> str:
        number = self.former_number(found[0].rstrip("."))
        return found[0] if number is None else erased(number)

    def _digest(self, identifier: str) -> bytes:
        if self._salt is None:
            self._salt = _salt(self._store / SALT)
        return hashlib.blake2b(identifier.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=16).digest()

    def _count(self, table: str) -> int:
        return int(self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _escaped(word: str) -> str:
    """Return a word as LIKE finds it."""
    return folded(word).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _salt(path: Path) -> bytes:
    if not path.exists():
        replace_file(path, secrets.token_bytes(32), mode=0o600)
    return path.read_bytes()


@contextmanager
def open_persons(store: Path) -> Iterator[PersonStore]:
    """Open the person store of a workspace's .clew folder. Raises BrokenStore where its file cannot be used."""
    try:
        with closing(PersonStore(store)) as persons:
            yield persons
    except sqlite3.Error as fault:
        raise BrokenStore(
            f"{store / PERSONS} cannot be used ({fault}); make sure that it may be written and the disk has room, "
            "or bring the file back from a backup: the erasures stand in it"
        ) from fault
