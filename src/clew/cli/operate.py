"""clew doctor, backup, restore: looking after the data of a workspace."""

from __future__ import annotations

from clew.errors import BadRequest


def doctor() -> None:
    """Say what is wrong with this workspace's data and settings, and how to mend it."""
    raise BadRequest("not built yet")


def backup() -> None:
    """Write everything into one file, consistent while the system runs."""
    raise BadRequest("not built yet")


def restore() -> None:
    """Bring a backup back."""
    raise BadRequest("not built yet")
