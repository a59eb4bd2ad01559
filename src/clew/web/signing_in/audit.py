"""The audit log as JSON, and whether it was tampered with."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from clew.access.audit_check import check_audit
from clew.access.audit_queries import entries
from clew.access.model import Permission
from clew.web.endpoint import Endpoint
from clew.web.signing_in.reading import told_time, whole

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

PATH = "/v1/audit"
_MOST, _LIMIT = 1_000, 100


def show(asked: Asked) -> Response:
    """The latest rows first; ?before=NUMBER goes on, ?actor=, ?object=, ?action= choose."""
    chosen = {name: asked.query(name) or None for name in ("actor", "object", "action")}
    before, limit = whole(asked, "before", 0, 2**62), whole(asked, "limit", _LIMIT, _MOST)
    with asked.parts.database.read() as connection:
        found = entries(connection, before=before or None, limit=limit, **chosen)
    return asked.answer({"rows": [asdict(entry) | {"at": told_time(entry.at)} for entry in found]})


def check(asked: Asked) -> Response:
    """Check every digest of the log, and that nothing was cut off its end."""
    found = check_audit(asked.parts.database, asked.parts.store, secret=asked.secret)
    return asked.answer({"rows": found.rows, "faults": list(found.faults), "head": str(found.head)})


ENDPOINTS = (
    Endpoint(PATH, ("GET",), Permission.AUDIT, show),
    Endpoint(PATH + "/check", ("GET",), Permission.AUDIT, check),
)
