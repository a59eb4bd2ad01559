"""clew conform."""

from __future__ import annotations

from clew.errors import BadRequest


def conform() -> None:
    """Not ready in this build."""
    raise BadRequest("'clew conform' is not ready in this build")
