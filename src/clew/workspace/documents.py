"""The kinds of files a workspace has: their shapes, JSON Schemas and keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clew.conditions.parse import END, MOMENT, START, STATE
from clew.files.schema import file_schema, schema_text
from clew.files.shapes import KeyDoc, Shape, keys_of
from clew.firm.parse import FIRM
from clew.journeys.parse import JOURNEY
from clew.meanings.parse import MEANINGS
from clew.sources.parse import SOURCE


@dataclass(frozen=True)
class Document:
    """One kind of file.

    where   which files are of this kind
    schema  name of its JSON Schema under schemas/
    """

    name: str
    where: str
    about: str
    shape: Shape[Any]

    @property
    def schema_file(self) -> str:
        return f"{self.name}.schema.json"

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of such a file."""
        return file_schema(self.shape, title=f"Clew: {self.where}", about=self.about)

    def key_docs(self) -> list[KeyDoc]:
        """Every key as (path, description)."""
        return keys_of(self.shape)


DOCUMENTS: Mapping[str, Document] = {
    document.name: document
    for document in (
        Document("clew", "clew.yaml", "The firm: calendars, teams, people and segments.", FIRM),
        Document("source", "sources/*.yaml", "How an export becomes events, accounts and contacts.", SOURCE),
        Document("journey", "journeys/*.yaml", "What should happen, for the customer and inside the firm.", JOURNEY),
        Document("meanings", "meanings.yaml", "What events mean, so that detectors can see.", MEANINGS),
    )
}


def condition_keys() -> list[KeyDoc]:
    """Every key of the condition language as (path, description)."""
    return list(dict(doc for place in (MOMENT, START, END, STATE) for doc in keys_of(place.shape)).items())


def schema_files() -> dict[str, str]:
    """Name and text of every schema file."""
    return {document.schema_file: schema_text(document.schema()) for document in DOCUMENTS.values()}
