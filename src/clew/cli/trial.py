"""clew trial."""

from __future__ import annotations

from clew.errors import BadRequest


def trial() -> None:
    """Not ready in this build."""
    raise BadRequest("'clew trial' is not ready in this build")
