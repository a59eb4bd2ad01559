"""GET /healthz, /readyz, /metrics: for load balancers and monitoring."""

from __future__ import annotations

import hmac
import ipaddress
from typing import TYPE_CHECKING

from anyio import to_thread

from clew.live.health.measures import measures
from clew.live.health.ready import unready
from clew.metrics import CONTENT_TYPE, exposition
from clew.web.endpoint import Endpoint, Open
from clew.web.parts import Parts, parts_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from clew.config import Settings

_OF_PROXIES = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")


async def health(request: Request) -> Response:
    """Say that this process lives."""
    from starlette.responses import JSONResponse

    del request
    return JSONResponse({"alive": True})


async def readiness(request: Request) -> Response:
    """Say whether this process may be sent requests: 200, or 503 with the reason."""
    from starlette.responses import JSONResponse

    parts = parts_of(request)
    reason = await to_thread.run_sync(lambda: unready(parts.database, now=parts.now()))
    return JSONResponse({"ready": False, "reason": reason}, 503) if reason else JSONResponse({"ready": True})


async def metrics(request: Request) -> Response:
    """Give figures in the text format of Prometheus, under CLEW_METRICS_TOKEN.

    Without a token to programs of this machine only, asking without a proxy where CLEW_PUBLIC_URL is not set.
    """
    from starlette.exceptions import HTTPException
    from starlette.responses import Response

    parts = parts_of(request)
    if not _may_read(request, parts.settings):
        raise HTTPException(401, "set CLEW_METRICS_TOKEN and send it as 'Authorization: Bearer TOKEN'")
    content = await to_thread.run_sync(_told, parts)
    return Response(content, headers={"content-type": CONTENT_TYPE, "cache-control": "no-store"})


def _told(parts: Parts) -> bytes:
    return exposition(measures(parts.database, parts.store, now=parts.now()))


def _may_read(request: Request, settings: Settings) -> bool:
    token = settings.metrics_token
    if token is None:
        # Behind a proxy that nobody declared everybody would seem to come from this machine.
        proxied = settings.public_url is not None or any(name in request.headers for name in _OF_PROXIES)
        return not proxied and _is_here(request.client and request.client.host) and _is_here(request.url.hostname)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


def _is_here(host: str | None) -> bool:
    if host is None or host.lower() == "localhost":
        return host is not None
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


ENDPOINTS = (
    Endpoint("/healthz", ("GET",), Open.HEALTH, health, is_async=True),
    Endpoint("/readyz", ("GET",), Open.HEALTH, readiness, is_async=True),
    Endpoint("/metrics", ("GET",), Open.METRICS, metrics, is_async=True),
)
