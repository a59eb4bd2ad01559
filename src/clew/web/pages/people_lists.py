"""The two lists of /people: who may sign in, and the API keys that hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clew.access.keys.api_keys import ApiKey
from clew.access.model import Role
from clew.access.users.model import User
from clew.texts import gettext as _
from clew.web.frame.lists import Column, Filter, Listing
from clew.web.signing_in.reading import told_time

if TYPE_CHECKING:
    from clew.firm.model import Team

IN, INVITED, OUT, OFF = "in", "invited", "no way in", "off"
PEOPLE_COLUMNS = ("id", "name", "email", "role", "teams", "state")
KEYS_COLUMNS = ("name", "begins_with", "acts_for", "may", "last_used")


def people_listing(teams: Mapping[str, Team]) -> Listing:
    """Declare the list of people."""
    states = [(IN, _("may sign in")), (INVITED, _("invited")), (OUT, _("no way in")), (OFF, _("off"))]
    return Listing(
        columns=(
            Column("name", _("Name")),
            Column("role", _("Role")),
            Column("teams", _("Teams"), sorts=False),
            Column("state", _("Signs in by"), sorts=False),
            Column("act", "", sorts=False),
        ),
        filters=(
            Filter("role", _("Role"), [(role.value, _(role.value)) for role in Role]),
            Filter("team", _("Team"), [(name, team.title) for name, team in teams.items()]),
            Filter("state", _("State"), states),
        ),
        search=_("Name or address"),
    )


def user_values(invited: Mapping[int, int], now: int) -> Callable[[User, str], Any]:
    """Return what `page_of` asks of a user; a team that is chosen fits whoever is in it.

    invited  user -> until when their link holds
    """

    def value(user: User, name: str) -> Any:
        found = {"role": user.role.value, "state": state_of(user, invited, now), "team": _Any(user.teams)}
        return found.get(name, f"{user.name} {user.email}".casefold())

    return value


class _Any:
    """Equal to each of some values."""

    def __init__(self, values: frozenset[str]) -> None:
        self._values = values

    def __eq__(self, other: object) -> bool:
        return other in self._values

    def __hash__(self) -> int:
        return hash(self._values)


def state_of(user: User, invited: Mapping[int, int], now: int) -> str:
    """Whether somebody can come in: in | invited | no way in | off."""
    if not user.is_on(now):
        return OFF
    if user.has_password or user.subject:
        return IN
    return INVITED if user.id in invited else OUT


def people_cells(users: Sequence[User], invited: Mapping[int, int], now: int) -> Iterator[Sequence[Any]]:
    """Yield the rows of the file."""
    for user in users:
        teams = ", ".join(sorted(user.teams))
        yield user.id, user.name, user.email, user.role.value, teams, state_of(user, invited, now)


def keys_listing() -> Listing:
    """Declare the list of API keys; its parameters begin with keys-."""
    return Listing(
        columns=(
            Column("name", _("Name")),
            Column("owner", _("Acts for")),
            Column("may", _("May"), sorts=False),
            Column("used", _("Last used"), rises=False),
            Column("act", "", sorts=False),
        ),
        search=_("Name of a key or of whom it acts for"),
        prefix="keys-",
    )


def key_values(owners: Mapping[int, str]) -> Callable[[ApiKey, str], Any]:
    """Return what `page_of` asks of a key. owners: user -> name"""

    def value(key: ApiKey, name: str) -> Any:
        owner = owners.get(key.user, "")
        found = {"owner": owner.casefold(), "used": key.used_at, "text": f"{key.name} {owner}"}
        return found.get(name, key.name.casefold())

    return value


def keys_cells(keys: Sequence[ApiKey], owners: Mapping[int, str]) -> Iterator[Sequence[Any]]:
    """Yield the rows of the file."""
    for key in keys:
        owner = owners.get(key.user, str(key.user))
        yield key.name, key.shown, owner, ", ".join(sorted(key.scopes)), told_time(key.used_at)
