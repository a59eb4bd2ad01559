"""People as JSON: who may sign in, as what, in which teams, with which accounts."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import msgspec

from clew.access.model import Permission
from clew.access.signing_in.links import make_link
from clew.access.users.actions import (
    add_user,
    change_role,
    change_teams,
    join_account,
    leave_account,
    set_password,
    switch_off,
    switch_on,
)
from clew.access.users.model import User, new_password, role_named
from clew.access.users.passwords import hash_password
from clew.access.users.queries import accounts_of, all_users, user_by_number
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.signing_in.links import link_path
from clew.web.signing_in.reading import number_in_path, read, told_time

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

PATH = "/v1/users"
ONE = PATH + "/{number:int}"


class NewUser(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody to let in."""

    email: str
    name: str
    role: str = "viewer"
    teams: list[str] = []


class Changed(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be otherwise; what is left out stays."""

    role: str | None = None
    teams: list[str] | None = None
    on: bool | None = None


class NewPassword(msgspec.Struct, forbid_unknown_fields=True):
    """A password for somebody."""

    password: str


class InAccount(msgspec.Struct, forbid_unknown_fields=True):
    """An account whose team somebody joins."""

    account: str


def told(user: User, now: int) -> dict[str, Any]:
    """A user as JSON."""
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role.value,
        "teams": sorted(user.teams),
        "on": user.is_on(now),
        "password": user.has_password,
        "openid": user.subject is not None,
        "made_at": told_time(user.made_at),
    }


def show_all(asked: Asked) -> Response:
    """Everybody."""
    with asked.parts.database.read() as connection:
        return asked.answer({"users": [told(user, asked.now) for user in all_users(connection)]})


def show(asked: Asked) -> Response:
    """One user, with the accounts whose team they are in."""
    number = number_in_path(asked)
    with asked.parts.database.read() as connection:
        user = user_by_number(connection, number)
        return asked.answer({**told(user, asked.now), "accounts": accounts_of(connection, number)})


def add(asked: Asked) -> Response:
    """Let somebody in."""
    new = read(asked, NewUser)
    with asked.write() as connection:
        made = add_user(
            connection, new.email, new.name, role=role_named(new.role), teams=new.teams, known_teams=_teams(asked),
            by=asked.actor, now=asked.now, secret=asked.secret,
        )  # fmt: skip
    return asked.answer(told(made, asked.now), status=201)


def change(asked: Asked) -> Response:
    """Change role, teams, or whether somebody may sign in: all of it or nothing."""
    new, number = read(asked, Changed), number_in_path(asked)
    by: dict[str, Any] = {"by": asked.actor, "now": asked.now, "secret": asked.secret}
    with asked.write() as connection:
        if new.role is not None:
            change_role(connection, number, role_named(new.role), **by)
        if new.teams is not None:
            change_teams(connection, number, new.teams, known_teams=_teams(asked), **by)
        if new.on is not None:
            (switch_on if new.on else switch_off)(connection, number, **by)
        return asked.answer(told(user_by_number(connection, number), asked.now))


def put_password(asked: Asked) -> Response:
    """Set somebody's password."""
    new, number = read(asked, NewPassword), number_in_path(asked)
    with asked.parts.database.read() as connection:
        email = user_by_number(connection, number).email
    hashed = hash_password(new_password(new.password, email))
    with asked.write() as connection:
        set_password(connection, number, hashed, by=asked.actor, now=asked.now, secret=asked.secret)
    return asked.answer({"id": number})


def add_link(asked: Asked) -> Response:
    """Make a link with which somebody signs in once."""
    with asked.write() as connection:
        token = make_link(connection, number_in_path(asked), by=asked.actor, now=asked.now, secret=asked.secret)
    return asked.answer({"link": asked.parts.settings.address + link_path(token)}, status=201)


def join(asked: Asked) -> Response:
    """Put somebody into an account's team."""
    account, number = read(asked, InAccount).account, number_in_path(asked)
    with asked.write() as connection:
        join_account(connection, account, number, by=asked.actor, now=asked.now, secret=asked.secret)
        return asked.answer({"accounts": accounts_of(connection, number)}, status=201)


def leave(asked: Asked) -> Response:
    """Take somebody out of an account's team."""
    account, number = read(asked, InAccount).account, number_in_path(asked)
    with asked.write() as connection:
        leave_account(connection, account, number, by=asked.actor, now=asked.now, secret=asked.secret)
        return asked.answer({"accounts": accounts_of(connection, number)})


def _teams(asked: Asked) -> Collection[str]:
    return workspace_of(asked.parts).firm.teams


_NEEDS = Permission.ADMINISTER
ENDPOINTS = (
    Endpoint(PATH, ("GET",), _NEEDS, show_all),
    Endpoint(PATH, ("POST",), _NEEDS, add),
    Endpoint(ONE, ("GET",), _NEEDS, show),
    Endpoint(ONE, ("PATCH",), _NEEDS, change),
    Endpoint(ONE + "/password", ("PUT",), _NEEDS, put_password),
    Endpoint(ONE + "/links", ("POST",), _NEEDS, add_link),
    Endpoint(ONE + "/accounts", ("POST",), Permission.ACT, join),
    Endpoint(ONE + "/accounts", ("DELETE",), Permission.ACT, leave),
)
