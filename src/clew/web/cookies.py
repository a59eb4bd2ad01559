"""The cookies: read by nobody but us, sent to nobody but us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.access.signing_in.sessions import LONGEST_US
from clew.clock import US
from clew.web.parts import parts_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

SESSION, OPENID = "clew", "clew-openid"
_HOST = "__Host-"  # browsers take such a cookie by https only, and from this host alone


def cookie(request: Request, name: str) -> str:
    """Return what a cookie says, "" without one."""
    return request.cookies.get(_named(request, name), "")


def set_cookie(request: Request, response: Response, name: str, value: str, *, seconds: int = LONGEST_US // US) -> None:
    """Keep a value in the browser; a page of another site cannot send it along with a form."""
    response.set_cookie(
        _named(request, name), value, max_age=seconds, path="/", secure=is_https(request), httponly=True, samesite="lax"
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Take a value out of the browser."""
    response.delete_cookie(_named(request, name), path="/", secure=is_https(request), httponly=True, samesite="lax")


def is_https(request: Request) -> bool:
    """Say whether people reach this Clew by https: as the request came, or as settings say."""
    public = parts_of(request).settings.public_url or ""
    return request.url.scheme == "https" or public.startswith("https:")


def _named(request: Request, name: str) -> str:
    return _HOST + name if is_https(request) else name
