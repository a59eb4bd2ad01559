"""What every way in shares: where an attempt comes from, and the cookie that it ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.access.signing_in.attempts import TooManyAttempts
from clew.access.signing_in.by_password import From, SignedIn
from clew.web.cookies import SESSION, set_cookie
from clew.web.forgery import local_path

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


def come_from(asked: Asked) -> From:
    """Say where an attempt comes from."""
    return From(asked.client, asked.session)


def let_in(asked: Asked, signed_in: SignedIn, back: str = "/") -> Response:
    """Give the browser its session and lead it on, to a path of ours and nowhere else."""
    response = asked.go(local_path(back))
    set_cookie(asked.request, response, SESSION, signed_in.token)
    return response


def too_many(response: Response, refused: TooManyAttempts) -> Response:
    """Tell programs, too, when to try again."""
    response.headers["retry-after"] = str(refused.after_s)
    return response
