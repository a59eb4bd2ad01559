"""clew serve, clew demo: the living system in one process."""

from __future__ import annotations

from clew.errors import BadRequest


def serve() -> None:
    """Serve pages and API, take in events as they arrive, keep every journey current."""
    raise BadRequest("not built yet")


def demo() -> None:
    """Serve an invented firm whose events keep arriving."""
    raise BadRequest("not built yet")
