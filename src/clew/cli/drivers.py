"""clew drivers."""

from __future__ import annotations

from clew.errors import BadRequest


def drivers() -> None:
    """Not ready in this build."""
    raise BadRequest("'clew drivers' is not ready in this build")
