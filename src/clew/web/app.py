"""The web application: declared endpoints behind the guard, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clew.errors import ClewError
from clew.web import errors
from clew.web.endpoint import Endpoint
from clew.web.endpoints import all_endpoints
from clew.web.frame.draw import draw
from clew.web.parts import Parts
from clew.web.request import PAGE
from clew.web.updates.watcher import KEPT as WATCHER
from clew.web.updates.watcher import Watcher

if TYPE_CHECKING:
    from starlette.applications import Starlette


def make_app(parts: Parts, endpoints: Sequence[Endpoint] | None = None) -> Starlette:
    """Build the application.

    endpoints  None: all there are
    """
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException

    from clew.web.guard import middleware_of, routes_of

    parts.kept.setdefault(PAGE, draw)
    parts.kept.setdefault(WATCHER, Watcher(parts.database))
    app = Starlette(
        routes=routes_of(all_endpoints() if endpoints is None else endpoints),
        middleware=middleware_of(parts),
        exception_handlers={
            ClewError: errors.on_clew_error,
            HTTPException: errors.on_http_error,
            Exception: errors.on_crash,
        },
    )
    app.state.parts = parts
    return app
