"""People: who may sign in, as what, in which teams; links and API keys."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from clew.access.keys.api_keys import ApiKey, all_keys, make_key, switch_off_key
from clew.access.model import Permission, Role
from clew.access.policy import permissions_of
from clew.access.signing_in.links import make_link
from clew.access.users.actions import add_user, change_role, change_teams, switch_off, switch_on
from clew.access.users.model import User, role_named
from clew.access.users.queries import all_users, user_by_number
from clew.clock import DAY_US
from clew.errors import ClewError
from clew.texts import gettext as _
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.lists import Wanted, exported, page_of, wanted_of
from clew.web.frame.next_step import NextStep
from clew.web.frame.own_address import own_address
from clew.web.frame.permissions import MAY, named
from clew.web.frame.times import relative
from clew.web.pages.people_lists import (
    KEYS_COLUMNS,
    PEOPLE_COLUMNS,
    key_values,
    keys_cells,
    keys_listing,
    people_cells,
    people_listing,
    user_values,
)
from clew.web.queries.invitations import links_until
from clew.web.signing_in.links import link_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from clew.firm.model import Team
    from clew.web.request import Asked


def next_step(users: Sequence[User], now: int, invited: Collection[int] = (), me: int | None = None) -> NextStep:
    """Never one admin alone; somebody without a way in needs a link.

    invited  who has a link that holds        me  who looks: they are in
    """
    on = [user for user in users if user.is_on(now)]
    out = [user for user in on if not user.has_password and not user.subject and user.id != me]
    lost = next((user for user in out if user.id not in invited), None)
    if lost:
        return NextStep(_("%(name)s has no way in yet.") % {"name": lost.name}, _("Make a link"), f"#user-{lost.id}")
    if sum(user.role is Role.ADMIN for user in on) < 2:
        says = _("There is one admin. A second one keeps this workspace open to somebody.")
        return NextStep(says, _("Add one"), "#add")
    return NextStep(_("Everybody listed may sign in."), kind="good")


def show(asked: Asked) -> Response:
    """The page, or one of its two lists as a file."""
    people, keys = people_wanted(asked), keys_wanted(asked)
    if not (people.form or keys.form):
        return page(asked)
    users, every_key, invited = _standing(asked)
    if people.form:
        found = page_of(users, people, user_values(invited, asked.now))
        return exported(asked, "people", PEOPLE_COLUMNS, people_cells(found.rows, invited, asked.now), people.form)
    owners = {user.id: user.name for user in users}
    held = page_of([key for key in every_key if key.off_at is None], keys, key_values(owners))
    return exported(asked, "api-keys", KEYS_COLUMNS, keys_cells(held.rows, owners), keys.form)


def _standing(asked: Asked) -> tuple[Sequence[User], Sequence[ApiKey], Mapping[int, int]]:
    with asked.parts.database.read() as connection:
        return all_users(connection), all_keys(connection), links_until(connection, asked.now)


def page(asked: Asked, *, status: int = 200, **shown: Any) -> Response:
    """Draw it.

    shown  link and key that were just made, shown this once; says, email, name of a form that was refused
    """
    users, keys, invited = _standing(asked)
    holding = [key for key in keys if key.off_at is None]
    names = {user.id: user.name for user in users}
    values: dict[str, Any] = {**_EMPTY, **shown}
    return asked.page(
        "people.html.j2",
        status=status,
        next=NextStep(values["says"], _("Mend it"), "#made", "bad")
        if values["says"]
        else next_step(users, asked.now, invited, asked.actor.user),
        invited=invited,
        may_words=MAY,
        scope_words=named,
        listing=people_listing(_teams(asked)),
        people=page_of(users, people_wanted(asked), user_values(invited, asked.now)),
        keys_listing=keys_listing(),
        keys=page_of(holding, keys_wanted(asked), key_values(names)),
        has_keys=bool(holding),
        ending={key.id: ending(key, asked.now) for key in keys},
        leaving={user.id: leaving(user, users, asked.now) for user in users},
        owners={user.id: user for user in users},
        roles=tuple(Role),
        teams=_teams(asked),
        scopes=sorted(permissions_of(asked.actor), key=list(Permission).index),
        **values,
    )


def ending(key: ApiKey, now: int) -> str:
    """What follows when an API key is ended, and what speaks against it."""
    says = _("Its program is refused from then on.")
    if key.used_at is not None and now - key.used_at < DAY_US:
        used = _("It was used %(when)s: a program works with it.") % {"when": relative(key.used_at, now)}
        return f"{says} {used}"
    return says


def leaving(user: User, users: Sequence[User], now: int) -> str:
    """What follows when somebody is let in no longer."""
    says = _("%(name)s is signed out everywhere at once, and their API keys are refused. They may be let in again.")
    says %= {"name": user.name}
    admins = [one for one in users if one.role is Role.ADMIN and one.is_on(now)]
    if user.role is Role.ADMIN and len(admins) == 2:
        return f"{says} {_('One admin is left then.')}"
    return says


def people_wanted(asked: Asked) -> Wanted:
    """What of the people is asked for; the answer to a form shows all of them."""
    return wanted_of(asked, people_listing(_teams(asked)))


def keys_wanted(asked: Asked) -> Wanted:
    """The same of API keys."""
    return wanted_of(asked, keys_listing())


def add(asked: Asked) -> Response:
    """Let somebody in, with the link that lets them sign in for the first time."""
    by: dict[str, Any] = {"by": asked.actor, "now": asked.now, "secret": asked.secret}
    email, name, role = asked.form("email"), asked.form("name"), asked.form("role")
    try:
        with asked.write() as connection:
            teams = asked.forms("team")
            made = add_user(
                connection, email, name, role=role_named(role), teams=teams, known_teams=_teams(asked), **by
            )
            token = make_link(connection, made.id, **by)
    except ClewError as refused:
        return page(asked, status=422, says=str(refused), email=email, name=name, role=role)
    return page(asked, link=_link(asked, token), linked=made)


def change(asked: Asked) -> Response:
    """Give somebody another role and other teams."""
    number = number_of(asked)
    by: dict[str, Any] = {"by": asked.actor, "now": asked.now, "secret": asked.secret}
    with asked.write() as connection:
        user, role, teams = user_by_number(connection, number), role_named(asked.form("role")), asked.forms("team")
        if role is not user.role:
            change_role(connection, number, role, **by)
        if frozenset(teams) != user.teams:
            change_teams(connection, number, teams, known_teams=_teams(asked), **by)
    return asked.go(f"/people?said=user-changed&of={number}#said")


def link(asked: Asked) -> Response:
    """Make a link with which somebody signs in once."""
    number = number_of(asked)
    with asked.write() as connection:
        token = make_link(connection, number, by=asked.actor, now=asked.now, secret=asked.secret)
        user = user_by_number(connection, number)
    return page(asked, link=_link(asked, token), linked=user)


def switch(asked: Asked) -> Response:
    """Let somebody in no longer, or again."""
    number, on = number_of(asked), asked.form("on") == "yes"
    with asked.write() as connection:
        act = switch_on if on else switch_off
        act(connection, number, by=asked.actor, now=asked.now, secret=asked.secret)
    return asked.go(f"/people?said=user-{'on' if on else 'off'}&of={number}#said")


def add_api_key(asked: Asked) -> Response:
    """Make an API key of one's own and show it."""
    by: dict[str, Any] = {"by": asked.actor, "now": asked.now, "secret": asked.secret}
    try:
        with asked.write() as connection:
            made: tuple[ApiKey, str] = make_key(
                connection, asked.form("key-name"), asked.forms("scope"), user=asked.actor.user or 0, **by
            )
    except ClewError as refused:
        return page(asked, status=422, key_says=str(refused))
    return page(asked, key=made)


def end_api_key(asked: Asked) -> Response:
    """End an API key."""
    with asked.write() as connection:
        switch_off_key(connection, number_of(asked), by=asked.actor, now=asked.now, secret=asked.secret)
    return asked.go("/people?said=key-ended#said")


def number_of(asked: Asked) -> int:
    """The number in the path."""
    return int(asked.request.path_params["number"])


def _link(asked: Asked, token: str) -> str:
    return own_address(asked) + link_path(token)


def _teams(asked: Asked) -> Mapping[str, Team]:
    return workspace_of(asked.parts).firm.teams


_EMPTY = {
    "link": "", "linked": None, "key": None, "says": "", "key_says": "", "email": "", "name": "", "role": "viewer",
}  # fmt: skip
_NEEDS = Permission.ADMINISTER
ENDPOINTS = (
    Endpoint("/people", ("GET",), _NEEDS, show),
    Endpoint("/people", ("POST",), _NEEDS, add),
    Endpoint("/people/{number:int}", ("POST",), _NEEDS, change),
    Endpoint("/people/{number:int}/link", ("POST",), _NEEDS, link),
    Endpoint("/people/{number:int}/switch", ("POST",), _NEEDS, switch),
    Endpoint("/people/keys", ("POST",), _NEEDS, add_api_key),
    Endpoint("/people/keys/{number:int}/end", ("POST",), _NEEDS, end_api_key),
)
