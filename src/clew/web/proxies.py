"""Whose word counts on where a request comes from: proxies that settings name, nobody else."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from clew.config import Network


class TrustedProxies:
    """Put the client's own address and scheme in the place of the proxy's, where a trusted proxy tells them."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app, self._trusted = app, tuple(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._trusted and scope["type"] == "http" and scope.get("client"):
            host, port = scope["client"]
            if is_trusted(host, self._trusted):
                headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
                scope["client"] = (client_behind(host, headers.get(b"x-forwarded-for", ""), self._trusted), port)
                scheme = headers.get(b"x-forwarded-proto", "").strip().lower()
                scope["scheme"] = scheme if scheme in ("http", "https") else scope["scheme"]
        await self._app(scope, receive, send)


def client_behind(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Return the nearest address that no trusted proxy has: what stands before it may be invented.

    peer       who made the connection      forwarded  X-Forwarded-For, the nearest last
    """
    client = peer
    for told in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not is_trusted(client, trusted) or not _is_address(told):
            break
        client = told
    return client


def is_trusted(host: str, trusted: Sequence[Network]) -> bool:
    """Say whether an address lies in one of these networks."""
    if not _is_address(host):
        return False
    told = ipaddress.ip_address(host)
    return any(told.version == network.version and told in network for network in trusted)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
