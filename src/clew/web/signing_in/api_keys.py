"""API keys as JSON; the key itself is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from clew.access.keys.api_keys import ApiKey, all_keys, make_key, switch_off_key
from clew.access.model import Permission
from clew.errors import BadRequest
from clew.web.endpoint import Endpoint
from clew.web.signing_in.reading import number_in_path, read, told_time

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

PATH = "/v1/api-keys"


class NewKey(msgspec.Struct, forbid_unknown_fields=True):
    """A key to be made.

    user  for whom it acts; left out: for who makes it
    """

    name: str
    scopes: list[str]
    user: int | None = None


def told(key: ApiKey) -> dict[str, Any]:
    """A key as JSON, without the key itself."""
    return {
        "id": key.id,
        "name": key.name,
        "begins": key.shown,
        "scopes": sorted(key.scopes),
        "user": key.user,
        "made_at": told_time(key.made_at),
        "used_at": told_time(key.used_at),
        "off_at": told_time(key.off_at),
    }


def show_all(asked: Asked) -> Response:
    """Every key."""
    with asked.parts.database.read() as connection:
        return asked.answer({"keys": [told(key) for key in all_keys(connection)]})


def add(asked: Asked) -> Response:
    """Make a key."""
    new = read(asked, NewKey)
    user = asked.actor.user if new.user is None else new.user
    if user is None:
        raise BadRequest("say for which user the key acts: user, a number of /v1/users")
    with asked.write() as connection:
        made = make_key(connection, new.name, new.scopes, user=user, by=asked.actor, now=asked.now, secret=asked.secret)
    key, text = made
    return asked.answer({**told(key), "key": text}, status=201)


def end(asked: Asked) -> Response:
    """Switch a key off."""
    with asked.write() as connection:
        ended = switch_off_key(connection, number_in_path(asked), by=asked.actor, now=asked.now, secret=asked.secret)
    return asked.answer(told(ended))


ENDPOINTS = (
    Endpoint(PATH, ("GET",), Permission.ADMINISTER, show_all),
    Endpoint(PATH, ("POST",), Permission.ADMINISTER, add),
    Endpoint(PATH + "/{number:int}", ("DELETE",), Permission.ADMINISTER, end),
)
