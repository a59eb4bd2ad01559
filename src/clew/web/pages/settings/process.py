"""GET /settings/process: with what this process runs, and where each value comes from. Secrets are never shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.config import settings_file, told_settings
from clew.web.endpoint import Endpoint

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


def show(asked: Asked) -> Response:
    """The page."""
    store = asked.parts.store
    return asked.page(
        "settings_process.html.j2",
        told=told_settings(store, os.environ),
        file=settings_file(store, os.environ),
        settings=asked.parts.settings,
    )


ENDPOINTS = (Endpoint("/settings/process", ("GET",), Permission.ADMINISTER, show),)
