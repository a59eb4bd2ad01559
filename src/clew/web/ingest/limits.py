"""How much one request, one key and one process may bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clew.config import Settings

BURST_S = 10  # a key may send as much at once as in ten seconds
READING_BYTES = 256_000_000
UPLOAD_BYTES = 4_000_000_000


@dataclass(frozen=True)
class Limits:
    """Limits of the ingest edge; those of rate and memory hold for each process by itself.

    body_bytes         of one request, as sent and inflated
    events_per_second  of one key on average; 0: no limit
    reading_bytes      of all requests that are being read together
    upload_bytes       of one uploaded file, as sent
    """

    body_bytes: int = 5_000_000
    events_per_second: int = 0
    reading_bytes: int = READING_BYTES
    upload_bytes: int = UPLOAD_BYTES


def limits_of(settings: Settings) -> Limits:
    """Return the limits that settings ask for."""
    return Limits(body_bytes=settings.ingest_body, events_per_second=settings.ingest_rate)
