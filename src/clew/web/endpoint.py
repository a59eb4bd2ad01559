"""An endpoint declares what it needs; the application is built from declared endpoints and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from clew.access.model import Permission


class Open(StrEnum):
    """What needs no signed-in user, and why it may stay open."""

    SIGN_IN = "sign-in"  # the way in
    STATIC = "static"  # scripts and styles
    HEALTH = "health"  # health, readiness: says no more than yes or no
    WRITE_KEY = "write key"  # events arrive under a key of their source, checked by the endpoint itself
    METRICS = "metrics"  # under a token of its own, checked by the endpoint


@dataclass(frozen=True)
class Endpoint:
    """One route.

    path     as Starlette writes it: /sources/{source}
    methods  for example ("GET",)
    needs    the permission that its actor must have, or why it is open
    answer   a synchronous function of a `clew.web.request.Asked` that returns a Starlette Response; it runs in a
             thread. With `is_async` a coroutine function of a Starlette Request (arriving events, server-sent events)
    largest  bytes that a body may have; an `is_async` endpoint reads its body, and limits it, itself
    """

    path: str
    methods: tuple[str, ...]
    needs: Permission | Open
    answer: Callable[[Any], Any]
    is_async: bool = False
    largest: int = 1_000_000


def route_of(request: Any) -> str:
    """Return the path of a Starlette Request as it was declared: the real one may name an account."""
    return str(getattr(request.scope.get("route"), "path", ""))
