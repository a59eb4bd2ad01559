"""The built-in source: how acts become rows of the log. It is made here, not written in a file.

Its account column holds the whole entity, as "desk:4711", and entities stand in it as in the log: a contact by its
number. Things and attributes are those that the acts at hand name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from clew.acts.model import SOURCE
from clew.sources.entities import WHOLE
from clew.sources.model import AttributeSpec, ContactSpec, Source
from clew.sources.receiving import WORDS, default_event

WIRE = "act"  # clew.ingest.wires.model.Wire.ACT

_SUBJECTS, _ATTRIBUTES = "subjects.", "account."

BUILT_IN = Source(
    name=SOURCE,
    rank=0,
    version="built-in",
    path=Path("(built-in)"),
    files=(),
    id=("id",),
    account=(WHOLE, "account"),
    contact=ContactSpec("person", "email", "name"),
    linked_at="at",
    events=(default_event(),),
    learnt="received_at",
    receives=WIRE,
    words=(f"{WORDS}same", f"{WORDS}apart"),
)
"""The source as far as it is the same for all acts."""


def telling(columns: Iterable[str]) -> Source:
    """Return the built-in source with the things and attributes that acts with these columns tell of."""
    present = sorted(set(columns))
    attributes = [name.removeprefix(_ATTRIBUTES) for name in present if name.startswith(_ATTRIBUTES)]
    return replace(
        BUILT_IN,
        subjects={name.removeprefix(_SUBJECTS): name for name in present if name.startswith(_SUBJECTS)},
        attributes=tuple(AttributeSpec(name, f"{_ATTRIBUTES}{name}", "at") for name in attributes),
    )
