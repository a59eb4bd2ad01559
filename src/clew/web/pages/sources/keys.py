"""Keys of a source: made, rotated, ended. A new one is shown once, on the answer to the form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.access.write_keys import Scope, add_key, end_key, key_of, rotate_key
from clew.clock import DAY_US
from clew.errors import BadRequest, UnknownName
from clew.web.endpoint import Endpoint
from clew.web.pages.sources.file import path_of
from clew.web.pages.sources.one import page, takes_files

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.responses import Response

    from clew.web.request import Asked

OVERLAP_US = 7 * DAY_US  # both keys hold, so that no event is lost while tools are changed


def make(asked: Asked) -> Response:
    """Make a key and show it."""
    name = asked.path["source"]
    path_of(asked.parts.folder, name)
    scopes = _scopes(asked, name)
    with asked.change("add write key", f"source:{name}", scopes=sorted(scopes)) as connection:
        made = add_key(connection, name, scopes=scopes, now=asked.now)
    return page(asked, name, new_key=made)


def rotate(asked: Asked) -> Response:
    """Make a key in place of another, which holds for a week more."""
    name, number = asked.path["source"], _number(asked)
    with asked.change("rotate write key", f"source:{name}", key=number) as connection:
        _check(connection, name, number)
        made = rotate_key(connection, number, overlap_us=OVERLAP_US, now=asked.now)
    return page(asked, name, new_key=made)


def end(asked: Asked) -> Response:
    """End a key at once."""
    name, number = asked.path["source"], _number(asked)
    with asked.change("end write key", f"source:{name}", key=number) as connection:
        _check(connection, name, number)
        end_key(connection, number, now=asked.now)
    return asked.go(f"/sources/{name}?said=key-ended#said")


def _check(connection: Connection, source: str, number: int) -> None:
    if key_of(connection, number).source != source:
        raise UnknownName(f"key of source '{source}'", str(number), ())


def _number(asked: Asked) -> int:
    told = asked.path["key"]
    if not told.isdecimal() or len(told) > 18:
        raise UnknownName("key", told, ())
    return int(told)


def _scopes(asked: Asked, name: str) -> Sequence[Scope]:
    """What a new key may send, as far as its source can take it. Raises BadRequest."""
    scopes = [_scope(word) for word in asked.forms("scope")]
    if takes_files(asked, name):
        return [Scope.UPLOAD]
    if Scope.UPLOAD in scopes:
        raise BadRequest(f"source '{name}' takes no exports; a key of it may send: {Scope.EVENTS}, {Scope.BACKFILL}")
    return scopes or [Scope.EVENTS]


def _scope(word: str) -> Scope:
    if word not in set(Scope):
        raise BadRequest(f"there is no scope '{word}'; allowed: {', '.join(Scope)}")
    return Scope(word)


ENDPOINTS = (
    Endpoint("/sources/{source}/keys", ("POST",), Permission.CONNECT, make),
    Endpoint("/sources/{source}/keys/{key}/rotation", ("POST",), Permission.CONNECT, rotate),
    Endpoint("/sources/{source}/keys/{key}/end", ("POST",), Permission.CONNECT, end),
)
