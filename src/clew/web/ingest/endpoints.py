"""Every path at which events arrive."""

from __future__ import annotations

from clew.web.endpoint import Endpoint
from clew.web.ingest import cloudevents, own, posthog, segment, uploads

ENDPOINTS: tuple[Endpoint, ...] = (
    *segment.ENDPOINTS,
    *posthog.ENDPOINTS,
    *cloudevents.ENDPOINTS,
    *own.ENDPOINTS,
    *uploads.ENDPOINTS,
)
PATHS = frozenset(endpoint.path for endpoint in ENDPOINTS)
