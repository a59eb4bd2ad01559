"""Who signs in to the demo: a visitor who may do everything, and five people of the invented firm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from clew import clock
from clew.access.model import Actor, Role
from clew.access.signing_in.links import make_link
from clew.access.users.actions import add_user
from clew.access.users.model import User
from clew.access.users.queries import find_address
from clew.app.system import System
from clew.web.signing_in.links import link_path

BY_DEMO = Actor("command", "command:demo", "clew demo", Role.ADMIN)


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who may sign in; `does` says what in the firm."""

    email: str
    name: str
    does: str
    role: Role
    teams: Sequence[str] = ()


VISITOR = DemoPerson("visitor@demo.example", "Visitor", "looks around", Role.ADMIN)
MANAGEMENT = ("account-management",)
PEOPLE = (
    DemoPerson("hedda@demo.example", "Hedda Falkenrath", "executive", Role.VIEWER),
    DemoPerson("silje@demo.example", "Silje Rietfeld", "leads customer experience", Role.OWNER, MANAGEMENT),
    DemoPerson("malte@demo.example", "Malte Ostermoor", "manages accounts", Role.MEMBER, MANAGEMENT),
    DemoPerson("aino@demo.example", "Aino Maasbergen", "leads onboarding", Role.MEMBER, ("onboarding",)),
    DemoPerson("jonna@demo.example", "Jonna Brix", "runs data and tools", Role.ADMIN),
)


def ways_in(system: System) -> Iterator[tuple[DemoPerson, str]]:
    """Yield everybody, the visitor first, each with a link that signs them in once."""
    for person in (VISITOR, *PEOPLE):
        yield person, _link(system, person)


def _link(system: System, person: DemoPerson) -> str:
    now, secret = clock.now(), system.settings.secret
    with system.database.write() as connection:
        user = find_address(connection, person.email) or _added(connection, person, now, secret)
        token = make_link(connection, user.id, by=BY_DEMO, now=now, secret=secret)
    return system.settings.address + link_path(token)


def _added(connection: Connection, person: DemoPerson, now: int, secret: str) -> User:
    return add_user(
        connection,
        person.email,
        person.name,
        role=person.role,
        teams=person.teams,
        by=BY_DEMO,
        now=now,
        secret=secret,
    )
