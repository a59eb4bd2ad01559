"""What staged rows say of persons, brought to the person store: never to the log."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clew.accounts.persons import PersonStore, Property, Record
from clew.archive.layout import Array
from clew.archive.model import NO_CODE
from clew.ingest.naming import CONTACT, NamedBlock

PERSONAL = "personal:"


def keep_persons(persons: PersonStore, block: NamedBlock) -> None:
    """Note the persons of the kept rows of a block, and their personal properties."""
    rows = np.flatnonzero(block.kept)
    if block.contact is not None:
        persons.describe(_records(block, rows))
    for name in block.staged.columns(PERSONAL):
        persons.keep(_properties(block, rows, name))


def _records(block: NamedBlock, rows: Array) -> Iterator[Record]:
    staged = block.staged
    contacts, numbers = staged.array(CONTACT)[rows], block.contact
    assert numbers is not None
    told = {name: _last_said(block, rows, contacts, name) for name in ("email", "name", "role")}
    if not any(told.values()):
        return
    named, first = np.unique(contacts[contacts >= 0], return_index=True)
    surrogates = numbers[rows[contacts >= 0]][first]
    identifiers = staged.texts(CONTACT)
    for code, surrogate in zip(named.tolist(), surrogates.tolist(), strict=True):
        said = {name: texts.get(code) for name, texts in told.items()}
        yield Record(surrogate, identifiers[code], said["email"], said["name"], said["role"])


def _last_said(block: NamedBlock, rows: Array, contacts: Array, name: str) -> dict[int, str]:
    """Return by contact what the last row that says it says."""
    if name not in block.staged:
        return {}
    codes = block.staged.array(name)[rows]
    said = (codes != NO_CODE) & (contacts != NO_CODE)
    texts = block.staged.texts(name)
    return {contact: texts[code] for contact, code in zip(contacts[said].tolist(), codes[said].tolist(), strict=True)}


def _properties(block: NamedBlock, rows: Array, name: str) -> Iterator[Property]:
    codes = block.staged.array(PERSONAL + name)[rows]
    rows, codes = rows[codes != NO_CODE], codes[codes != NO_CODE]
    texts = block.staged.texts(PERSONAL + name)
    hi = block.staged.array("hi")[rows].view(np.int64).tolist()  # the store has signed numbers
    lo = block.lo[rows].view(np.int64).tolist()
    numbers = np.full(len(rows), NO_CODE) if block.contact is None else block.contact[rows]
    for row_hi, row_lo, code, number in zip(hi, lo, codes.tolist(), numbers.tolist(), strict=True):
        yield Property(block.source.name, row_hi, row_lo, name, number, texts[code])
