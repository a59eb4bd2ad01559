"""Style and script: made up once a process, named by their content, kept by browsers for good."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from clew.reports import tokens
from clew.web.endpoint import Endpoint, Open

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

PATH = "/static"
SCRIPT = "clew.js"
_FIRST, _LAST = ("base.css", "frame.css", "components.css", "pages.css"), "print.css"
_FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class StaticFile:
    """One file as it is sent."""

    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:12]


def static_path(name: str) -> str:
    """Where a file is found: /static/clew-3f2a….css; "" for a script that was not built."""
    named = _files().get(name)
    if named is None:
        return ""
    stem, _, ending = name.rpartition(".")
    return f"{PATH}/{stem}-{named.digest}.{ending}"


def has_script() -> bool:
    """Whether the bundle was built: without it pages work, but do not renew themselves."""
    return SCRIPT in _files()


@cache
def _files() -> Mapping[str, StaticFile]:
    found = {
        "clew.css": StaticFile("text/css; charset=utf-8", _style().encode()),
        "clew.svg": StaticFile("image/svg+xml", files("clew.web").joinpath("style", "clew.svg").read_bytes()),
    }
    bundle = files("clew.web").joinpath("static", SCRIPT)
    if bundle.is_file():
        found[SCRIPT] = StaticFile("text/javascript; charset=utf-8", bundle.read_bytes())
    return found


@cache
def _by_path() -> Mapping[str, StaticFile]:
    return {static_path(name): named for name, named in _files().items()}


def _style() -> str:
    sizes = (
        f"--font:{tokens.FONT};--small:{tokens.SMALL / 16}rem;--body:{tokens.BODY / 16}rem;"
        f"--heading:{tokens.HEADING / 16}rem;--title:{tokens.TITLE / 16}rem"
    )
    variants = (
        f":root{{{tokens.as_css(tokens.LIGHT)}{sizes}}}"
        f"@media (prefers-color-scheme:dark){{:root{{{tokens.as_css(tokens.DARK)}color-scheme:dark}}}}"
        f"@media print{{:root{{{tokens.as_css(tokens.PRINT)}color-scheme:light}}}}\n"
    )
    return variants + tokens.drawing_css() + "\n" + "".join(_written())


def _written() -> Iterator[str]:
    """Yield every file of style: what all pages share, then what some do by name, print at the end."""
    folder = files("clew.web").joinpath("style")
    known = {file.name: file for file in folder.iterdir() if file.name.endswith(".css")}
    others = sorted(known.keys() - {*_FIRST, _LAST})
    for name in (*_FIRST, *others, _LAST):
        yield known[name].read_text("utf-8")


def send(asked: Asked) -> Response:
    """Send a file; a name of an older version is not found, so nobody keeps the wrong one."""
    from starlette.exceptions import HTTPException
    from starlette.responses import Response

    found = _by_path().get(asked.request.url.path)
    if found is None:
        raise HTTPException(404)
    return Response(found.content, media_type=found.media_type, headers={"Cache-Control": _FOR_GOOD})


ENDPOINTS = (Endpoint(PATH + "/{name}", ("GET",), Open.STATIC, send),)
