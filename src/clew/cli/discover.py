"""clew discover."""

from __future__ import annotations

from clew.errors import BadRequest


def discover() -> None:
    """Not ready in this build."""
    raise BadRequest("'clew discover' is not ready in this build")
