"""The ingest edge as an application of its own, without pages, for tests of what receives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from clew.web.endpoint import Endpoint
from clew.web.ingest.endpoints import ENDPOINTS
from clew.web.ingest.routes import unmet

if TYPE_CHECKING:
    from clew.web.parts import Parts


def receiving_app(parts: Parts, endpoints: Sequence[Endpoint] = ENDPOINTS) -> Starlette:
    """Return an ASGI application of the ingest paths and nothing else.

    parts  its `kept[RECEIVING]` holds a `clew.web.ingest.receiving.Receiving`
    """
    app = Starlette(
        routes=[Route(one.path, one.answer, methods=list(one.methods)) for one in endpoints],
        exception_handlers={HTTPException: lambda _, fault: unmet(fault)},
    )
    app.router.redirect_slashes = False
    app.state.parts = parts
    return app
