"""clew diagnose."""

from __future__ import annotations

from clew.errors import BadRequest


def diagnose() -> None:
    """Not ready in this build."""
    raise BadRequest("'clew diagnose' is not ready in this build")
