"""Requests that another site makes a browser send: refused by where they come from, and by a token they cannot know."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.requests import Request

SAFE = frozenset({"GET", "HEAD"})
FIELD, HEADER = "csrf", "x-csrf-token"
_FROM_HERE = frozenset({"same-origin", "none"})  # "none": typed, or a bookmark


def comes_from_here(request: Request, public_url: str | None = None) -> bool:
    """Say whether the browser says that a page of ours sent this; a program that says nothing is let through.

    public_url  address at which people reach this Clew, where it is not the one of the request
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in _FROM_HERE:
        return False
    origin = request.headers.get("origin")
    return origin is None or origin in _origins(request, public_url)


def is_token(given: str, expected: str) -> bool:
    """Compare what a form sent back with the session's token, in the same time whatever differs."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def local_path(text: str) -> str:
    """Return a path of ours to go on to, "/" for anything that leads elsewhere."""
    parts = urlsplit(text)
    leads_here = text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return text if leads_here and text.isprintable() and "\\" not in text else "/"


def _origins(request: Request, public_url: str | None) -> set[str]:
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return {own, _origin(public_url)} if public_url else {own}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
