"""To come."""

from __future__ import annotations

from clew.web.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
