"""clew signals."""

from __future__ import annotations

from clew.errors import BadRequest


def signals() -> None:
    """Not ready in this build."""
    raise BadRequest("'clew signals' is not ready in this build")
