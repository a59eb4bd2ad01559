"""One-time links. Opening one changes nothing: scanners of mail open links too; the button spends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.access.signing_in.attempts import TooManyAttempts
from clew.access.signing_in.by_password import become_first_admin, sign_in_by_link
from clew.access.signing_in.links import FIRST_ADMIN, PATH, SpentLink, link_path, read_link
from clew.access.users.model import WeakPassword
from clew.access.users.queries import user_by_number
from clew.errors import BadRequest
from clew.web.endpoint import Endpoint, Open
from clew.web.signing_in.arriving import come_from, let_in, too_many

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

PAGE, FIRST_PAGE, SPENT_PAGE = "sign_in_link.html.j2", "first_admin.html.j2", "sign_in_link_spent.html.j2"
__all__ = ["ENDPOINTS", "link_path"]

AFTERWARDS = "/account"  # where a password is set


def show(asked: Asked) -> Response:
    """Say whose link this is, with the button that spends it."""
    try:
        with asked.parts.database.read() as connection:
            number = read_link(connection, asked.path["token"], now=asked.now)
            if number == FIRST_ADMIN:
                return asked.page(FIRST_PAGE, says="", email="", name="")
            return asked.page(PAGE, name=user_by_number(connection, number).name)
    except SpentLink as refused:
        return asked.page(SPENT_PAGE, says=str(refused), status=410)


def enter(asked: Asked) -> Response:
    """Spend the link: sign in, or become the first admin."""
    try:
        with asked.parts.database.read() as connection:
            number = read_link(connection, asked.path["token"], now=asked.now)
        return _first(asked) if number == FIRST_ADMIN else _known(asked)
    except SpentLink as refused:
        return asked.page(SPENT_PAGE, says=str(refused), status=410)
    except TooManyAttempts as refused:
        return too_many(asked.page(SPENT_PAGE, says=str(refused), status=429), refused)


def _known(asked: Asked) -> Response:
    signed_in = sign_in_by_link(
        asked.parts.database, asked.path["token"], come=come_from(asked), now=asked.now, secret=asked.secret
    )
    return let_in(asked, signed_in, AFTERWARDS)


def _first(asked: Asked) -> Response:
    email, name = asked.form("email"), asked.form("name")
    try:
        signed_in = become_first_admin(
            asked.parts.database,
            asked.path["token"],
            email,
            name,
            password=asked.form("password"),
            come=come_from(asked),
            now=asked.now,
            secret=asked.secret,
        )
    except (WeakPassword, BadRequest) as refused:
        return asked.page(FIRST_PAGE, says=str(refused), email=email, name=name, status=422)
    return let_in(asked, signed_in)


ENDPOINTS = (
    Endpoint(PATH, ("GET",), Open.SIGN_IN, show),
    Endpoint(PATH, ("POST",), Open.SIGN_IN, enter),
)
