"""One's own account: who one is here, the password, sign-out everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.access.policy import Forbidden, permissions_of
from clew.access.signing_in.attempts import TooManyAttempts
from clew.access.signing_in.by_password import begin, is_own_password
from clew.access.signing_in.sessions import came_by_link, sessions_of
from clew.access.users.actions import set_password
from clew.access.users.model import User, WeakPassword, new_password
from clew.access.users.passwords import hash_password
from clew.texts import gettext as _
from clew.web.endpoint import Endpoint
from clew.web.frame.permissions import MAY
from clew.web.signing_in.arriving import come_from, let_in, too_many

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

PATH, PAGE = "/account", "account.html.j2"


def show(asked: Asked) -> Response:
    """The page."""
    return _page(asked)


def change_password(asked: Asked) -> Response:
    """Set a new password: the former one is asked for where there is one. All other sessions end."""
    user = _person(asked)
    database, come, now, secret = asked.parts.database, come_from(asked), asked.now, asked.secret
    try:
        if _needs_former(asked, user):
            former = asked.form("former")
            if not is_own_password(database, user, former, come=come, now=now, secret=secret):
                return _page(asked, wrong="former", says=_("This is not your present password."), status=422)
        hashed = hash_password(new_password(asked.form("password"), user.email))
    except WeakPassword as refused:
        return _page(asked, wrong="password", says=str(refused), status=422)
    except TooManyAttempts as refused:
        return too_many(_page(asked, wrong="former", says=str(refused), status=429), refused)
    with asked.write() as connection:
        set_password(connection, user.id, hashed, by=asked.actor, now=now, secret=secret)
        signed_in = begin(connection, user.id, by="password", come=come, now=now, secret=secret)
    return let_in(asked, signed_in, f"{PATH}?said=password-set")


def _page(asked: Asked, *, wrong: str = "", says: str = "", status: int = 200) -> Response:
    user = _person(asked)
    with asked.parts.database.read() as connection:
        rest = asked.parts.settings.session_us
        sessions = sessions_of(connection, user.id, rest_us=rest, now=asked.now)
    may = sorted(permissions_of(asked.actor), key=list(Permission).index)
    shown = {
        "user": user,
        "sessions": sessions,
        "may_do": [MAY[one] for one in may],
        "needs_former": _needs_former(asked, user),
    }
    return asked.page(PAGE, **shown, wrong=wrong, says=says, status=status)


def _needs_former(asked: Asked, user: User) -> bool:
    """Whoever came by a link has forgotten the former password, or never had one."""
    with asked.parts.database.read() as connection:
        return user.has_password and not came_by_link(connection, asked.session, now=asked.now)


def _person(asked: Asked) -> User:
    if asked.user is None:
        raise Forbidden("this is for people who sign in; an API key has no account")
    return asked.user


ENDPOINTS = (
    Endpoint(PATH, ("GET",), Permission.SEE, show),
    Endpoint(PATH + "/password", ("POST",), Permission.SEE, change_password),
)
