"""JSON Schema (draft 2020-12) of a whole file, for editors."""

from __future__ import annotations

import json
from typing import Any

from clew.files.shapes import Json, Shape


def file_schema(shape: Shape[Any], *, title: str, about: str) -> Json:
    """Return the schema of a file of this shape, self-contained."""
    shared: Json = {}
    body = shape.schema(shared)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, "description": about}
    return {**head, **body, "$defs": dict(sorted(shared.items()))} if shared else {**head, **body}


def schema_text(schema: Json) -> str:
    """A schema as the text of a file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
