"""What an erasure did, store by store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from clew.ingest.erasure import Erasure


@dataclass(frozen=True)
class OldBackup:
    """A backup that was made before the erasure and may still hold the person: it is not changed."""

    place: str
    at: int


@dataclass(frozen=True)
class Everywhere:
    """What was removed of a person, and what is left to the one who asked.

    log       of the person store, the archive and the lists beside it
    held      held events that a number stands in now       rejected  rejected events whose content is gone
    blocks    of the tail of which texts were rewritten     state     rows of live journeys, and of what is
    derived of accounts, that named the person
    uploads   exports that could not be loaded, removed     backups   that may still hold the person
    """

    log: Erasure
    held: int
    rejected: int
    blocks: int
    state: int
    uploads: int
    backups: Sequence[OldBackup]

    def told(self) -> Mapping[str, Any]:
        """Return it as JSON."""
        return asdict(self)
