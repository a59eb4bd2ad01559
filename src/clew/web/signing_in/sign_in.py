"""The sign-in page, sign-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.access.audit import record
from clew.access.signing_in.attempts import TooManyAttempts
from clew.access.signing_in.by_password import WrongSignIn, sign_in
from clew.access.signing_in.sessions import end_session
from clew.access.users.actions import end_ways_in
from clew.access.users.queries import is_unclaimed
from clew.texts import N_
from clew.texts import gettext as _
from clew.web.cookies import SESSION, drop_cookie
from clew.web.endpoint import Endpoint, Open
from clew.web.forgery import local_path
from clew.web.guard import SIGN_IN
from clew.web.signing_in.arriving import come_from, let_in, too_many

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

PAGE = "sign_in.html.j2"


def show(asked: Asked) -> Response:
    """The page, or on to where one wanted to go."""
    back = local_path(asked.query("back", "/"))
    if asked.is_signed_in:
        return asked.go(back)
    return _page(asked, back=back, wrong=asked.query("wrong"))


def enter(asked: Asked) -> Response:
    """Take address and password."""
    back, email = local_path(asked.form("back", "/")), asked.form("email")
    try:
        database, secret = asked.parts.database, asked.secret
        come = come_from(asked)
        return let_in(
            asked, sign_in(database, email, asked.form("password"), come=come, now=asked.now, secret=secret), back
        )
    except TooManyAttempts as refused:
        return too_many(_page(asked, back=back, email=email, says=str(refused), status=429), refused)
    except WrongSignIn as refused:
        return _page(asked, back=back, email=email, says=str(refused), status=401)


def leave(asked: Asked) -> Response:
    """Sign out of this browser, or with everywhere=yes of all; somebody who is not signed in is out already."""
    if asked.user is not None:
        everywhere = asked.form("everywhere") == "yes"
        named = f"user:{asked.user.id}"
        with asked.write() as connection:
            detail = {"sessions": end_ways_in(connection, asked.user.id)} if everywhere else {}
            end_session(connection, asked.session)
            record(connection, asked.actor, "sign-out", object=named, detail=detail, now=asked.now, secret=asked.secret)
    response = asked.go(SIGN_IN)
    drop_cookie(asked.request, response, SESSION)
    return response


def _page(asked: Asked, *, back: str, email: str = "", says: str = "", wrong: str = "", status: int = 200) -> Response:
    settings = asked.parts.settings
    with asked.parts.database.read() as connection:
        unclaimed = is_unclaimed(connection)
    return asked.page(
        PAGE,
        status=status,
        back=back,
        email=email,
        says=says or (_(_SAYS[wrong]) if wrong in _SAYS else ""),
        openid=settings.oidc_name if settings.oidc_issuer else "",
        unclaimed=unclaimed,
    )


# ?wrong=... after a sign-in by OpenID that failed -> sentence: a page says nothing that a link can put into its mouth
_SAYS = {
    "openid": N_("Your provider did not let you in, or the sign-in took too long. Try again."),
    "openid-unknown": N_("Your provider knows you, but nobody has let you into this workspace yet. Ask an admin."),
    "openid-email": N_(
        "Your provider has not confirmed your address, so it cannot tell which user you are. Ask an admin."
    ),
    "openid-role": N_("None of your groups at the provider has a role in this workspace. Ask an admin."),
    "too-many-attempts": N_("Too many attempts to sign in. Try again in a quarter of an hour."),
    "openid-provider": N_("Your provider cannot be reached or answers wrongly. Try again in a few minutes."),
}

ENDPOINTS = (
    Endpoint(SIGN_IN, ("GET",), Open.SIGN_IN, show),
    Endpoint(SIGN_IN, ("POST",), Open.SIGN_IN, enter),
    Endpoint("/sign-out", ("POST",), Open.SIGN_IN, leave),
)
