"""Erase a person: everything that names them goes, every number stays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clew.accounts.persons import PersonStore, Record, open_persons
from clew.archive.erasing import rewrite_texts
from clew.archive.manifest import read_manifest
from clew.archive.names import StoredNames
from clew.config.store import STORE
from clew.errors import ClewError
from clew.ingest.inbox import purge_inbox
from clew.ingest.lock import load_lock
from clew.ingest.rejected import purge_rejected


class UnknownPerson(ClewError):
    """Nobody is known by this identifier."""

    code = "unknown-person"


@dataclass(frozen=True)
class Erasure:
    """What was removed of a person.

    records     records of the person store that are nameless now
    properties  personal properties removed     inbox     staged blocks dropped; they are read again
    rejected    listed rejected rows removed    texts     texts rewritten, by dictionary
    """

    records: int
    properties: int
    inbox: int
    rejected: int
    texts: Mapping[str, int]


def erase_person(folder: Path, identifier: str) -> Erasure:
    """Erase the persons with this identifier or e-mail address from the workspace in a folder.

    One that was stopped half-way is taken up by the same call. Exports of the firm still hold the person; a later load
    finds the tombstone. Raises UnknownPerson where nothing names them.
    """
    store = folder / STORE
    if not identifier.strip():
        raise UnknownPerson("whom? an empty text names nobody; give the identifier or e-mail address of a contact")
    with load_lock(store), open_persons(store) as persons:
        records = persons.find(identifier) or _from_texts(store, persons, identifier)
        names = _names(records, identifier)
        # a bare word that nobody bears must not take listed rows along that merely hold it
        rejected = purge_rejected(store, naming_of(names)) if records or "@" in identifier else 0
        taken_up = persons.former_number(identifier) is not None  # an erasure that was stopped half-way goes on
        if not records and not rejected and not taken_up:
            raise UnknownPerson(
                f"nobody is known as '{identifier}'; give the identifier or e-mail address of a contact"
            )
        properties = persons.erase(records, identifier)
        inbox = purge_inbox(store)
        return Erasure(len(records), properties, inbox, rejected, rewrite_texts(store, persons.cleaning))


def _from_texts(store: Path, persons: PersonStore, identifier: str) -> list[Record]:
    """Return a record for somebody whom no contact column names, but texts of the log do."""
    if "@" not in identifier or not _stands_in_texts(store, naming_of([identifier])):
        return []
    with persons.transaction():
        persons.surrogates([identifier])
    return persons.find(identifier)


def _stands_in_texts(store: Path, naming: re.Pattern[str]) -> bool:
    dictionaries = read_manifest(store).dictionaries
    names = StoredNames(store, dictionaries)
    return any(naming.search(text) for name in dictionaries for text in names[name].texts())


def _names(records: Sequence[Record], identifier: str) -> list[str]:
    told = [name for record in records for name in (record.identifier, record.email, record.name) if name]
    return sorted({identifier.strip(), *told})


def naming_of(names: Sequence[str]) -> re.Pattern[str]:
    """Return what finds any of these names as whole words, in any case."""
    whole = "|".join(re.escape(name) for name in names)
    return re.compile(rf"(?<![\w@.-])(?:{whole})(?![\w@-])", re.IGNORECASE)
