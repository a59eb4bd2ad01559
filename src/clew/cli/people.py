"""clew people: who may sign in, and as what; what was done."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clew.cli.opened import Opened, opened

if TYPE_CHECKING:
    from collections.abc import Collection

    from clew.access.users.model import User

people_app = typer.Typer(no_args_is_help=True, help="Who may sign in, and as what; what was done.")

_TAMPERED = 1
_ROLES = "admin, owner, member or viewer"
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="E-mail address of somebody inside the firm.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]


@people_app.command("add", short_help="let somebody in")
def add(
    email: Email,
    name: Annotated[str, typer.Option("--name", help="Full name; absent: the address before the @.")] = "",
    role: Annotated[str, typer.Option("--role", help=f"What they are: {_ROLES}.")] = "viewer",
    team: Annotated[list[str] | None, typer.Option("--team", help="Team of clew.yaml. May be repeated.")] = None,
) -> None:
    """Let somebody in; print the link with which they sign in once and set a password."""
    from clew.access.signing_in.links import make_link
    from clew.access.users.actions import add_user
    from clew.access.users.model import role_named

    with opened() as here, here.write() as connection:
        made = add_user(
            connection, email, name or email.partition("@")[0],
            role=role_named(role), teams=team or (), known_teams=_teams(here), **here.acting,
        )  # fmt: skip
        token = make_link(connection, made.id, **here.acting)
    typer.echo(f"{made.name} may sign in as {made.role}{_in_teams(made)}.")
    typer.echo(_link(here, token))


@people_app.command("list", short_help="who may sign in")
def list_people(as_json: AsJson = False) -> None:
    """List users with role and teams."""
    from clew.access.signing_in.links import linked_users
    from clew.access.users.queries import all_users

    with opened() as here, here.database.read() as connection:
        users, linked = all_users(connection), linked_users(connection, now=here.now)
    if as_json:
        typer.echo(
            json.dumps(
                [_told(user, here.now) | {"link": user.id in linked} for user in users], indent=2, ensure_ascii=False
            )
        )
        return
    rows = [
        ("address", "name", "role", "teams", "way in"),
        *(_cells(user, here.now, has_link=user.id in linked) for user in users),
    ]
    for line in _aligned(rows):
        typer.echo(line)
    if not users:
        typer.echo("Nobody may sign in yet; 'clew people add EMAIL --role admin' lets somebody in.")


@people_app.command("role", short_help="give somebody another role")
def role(email: Email, new: Annotated[str, typer.Argument(metavar="ROLE", help=f"{_ROLES}.")]) -> None:
    """Give somebody another role; it holds at once."""
    from clew.access.users.actions import change_role
    from clew.access.users.model import role_named
    from clew.access.users.queries import user_by_address

    with opened() as here, here.write() as connection:
        changed = change_role(connection, user_by_address(connection, email).id, role_named(new), **here.acting)
    typer.echo(f"{changed.name} is {changed.role} now.")


@people_app.command("team", short_help="put somebody into teams")
def team(
    email: Email,
    teams: Annotated[
        list[str] | None, typer.Argument(metavar="[TEAM]...", help="Teams of clew.yaml; none: of no team.")
    ] = None,
) -> None:
    """Put somebody into these teams, and no others."""
    from clew.access.users.actions import change_teams
    from clew.access.users.queries import user_by_address

    with opened() as here, here.write() as connection:
        number = user_by_address(connection, email).id
        changed = change_teams(connection, number, teams or (), known_teams=_teams(here), **here.acting)
    typer.echo(f"{changed.name} is in {', '.join(sorted(changed.teams)) or 'no team'} now.")


@people_app.command("off", short_help="let somebody in no longer")
def off(email: Email) -> None:
    """Let somebody in no longer: sessions and links end at once, their API keys stop."""
    from clew.access.users.actions import switch_off
    from clew.access.users.queries import user_by_address

    with opened() as here, here.write() as connection:
        changed = switch_off(connection, user_by_address(connection, email).id, **here.acting)
    typer.echo(f"{changed.name} may sign in no longer; 'clew people on {changed.email}' takes it back.")


@people_app.command("on", short_help="let somebody in again")
def on(email: Email) -> None:
    """Let somebody in again who was switched off."""
    from clew.access.users.actions import switch_on
    from clew.access.users.queries import user_by_address

    with opened() as here, here.write() as connection:
        changed = switch_on(connection, user_by_address(connection, email).id, **here.acting)
    typer.echo(f"{changed.name} may sign in again as {changed.role}.")


@people_app.command("password", short_help="set somebody's password")
def password(email: Email) -> None:
    """Set somebody's password: asked for, or the first line of the input. Whoever is signed in as them is out."""
    from clew.access.users.actions import set_password
    from clew.access.users.model import new_password
    from clew.access.users.passwords import hash_password
    from clew.access.users.queries import user_by_address

    with opened() as here:
        with here.database.read() as connection:
            user = user_by_address(connection, email)
        hashed = hash_password(new_password(_typed(), user.email))
        with here.write() as connection:
            set_password(connection, user.id, hashed, **here.acting)
    typer.echo(f"{user.name} signs in with the new password from now on.")


@people_app.command("link", short_help="make a link that signs somebody in once")
def link(email: Email) -> None:
    """Make a link with which somebody signs in once within a day and sets a password."""
    from clew.access.signing_in.links import make_link
    from clew.access.users.queries import user_by_address

    with opened() as here, here.write() as connection:
        token = make_link(connection, user_by_address(connection, email).id, **here.acting)
    typer.echo(_link(here, token))


@people_app.command("log", short_help="what was done, and whether the log of it is whole")
def log(
    check: Annotated[
        bool, typer.Option("--check", help="Make sure that no row was altered, removed or cut off.")
    ] = False,
    head: Annotated[
        list[str] | None,
        typer.Option("--head", metavar="HEAD", help="A head noted earlier: the log must reach to it. Implies --check."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many rows.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Show the audit log, the latest row first: changes, sign-ins, reads of personal data."""
    from clew.access.audit_queries import entries

    with opened() as here:
        if check or head:
            _check(here, head or [])
            return
        with here.database.read() as connection:
            found = entries(connection, limit=limit)
    if as_json:
        typer.echo(json.dumps([vars(entry) | {"at": _time(entry.at)} for entry in found], indent=2, ensure_ascii=False))
        return
    rows = [(str(e.id), _time(e.at), e.actor, e.action, e.object, _detail(e.detail)) for e in found]
    for line in _aligned([("row", "at", "who", "what", "of", ""), *rows]):
        typer.echo(line)


def _check(here: Opened, heads: list[str]) -> None:
    from clew.access.audit_check import check_audit
    from clew.access.audit_head import head_of
    from clew.errors import BadRequest

    try:
        noted = [head_of(text) for text in heads]
    except ValueError as fault:
        raise BadRequest("--head is written NUMBER:DIGEST, as 'clew people log --check' prints it") from fault
    found = check_audit(here.database, here.store, secret=here.settings.secret, noted=noted)
    for told in found.faults:
        typer.echo(told, err=True)
    typer.echo(f"rows: {found.rows:,}; head: {found.head}")
    if found.faults:
        raise typer.Exit(_TAMPERED)
    typer.echo(
        "Every row is as it was written. Note the head elsewhere; --head checks later that the log reaches to it."
    )


def _teams(here: Opened) -> Collection[str]:
    from clew.firm.parse import parse_firm
    from clew.workspace.find import FIRM_FILE

    path = here.folder / FIRM_FILE
    return parse_firm(path.read_text("utf-8"), path).teams


def _link(here: Opened, token: str) -> str:
    from clew.access.signing_in.links import link_path
    from clew.live.health.serving import serving_at

    with here.database.read() as connection:
        address = here.settings.public_url or serving_at(connection, now=here.now) or here.settings.address
    return f"Sign in once, within a day: {address}{link_path(token)}"


def _typed() -> str:
    """Ask twice on a terminal; elsewhere take the first line of the input."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")


def _told(user: User, now: int) -> dict[str, Any]:
    return {
        "email": user.email,
        "name": user.name,
        "role": user.role.value,
        "teams": sorted(user.teams),
        "on": user.is_on(now),
        "password": user.has_password,
        "openid": user.subject is not None,
    }


def _cells(user: User, now: int, *, has_link: bool) -> tuple[str, ...]:
    """One row of the list. A link that is used or ended is gone, so that one that is there is unused."""
    ways = [way for way, there in (("password", user.has_password), ("OpenID", user.subject is not None)) if there]
    ways += ["link, unused"] if has_link else []
    shown = ", ".join(ways) or "none; 'clew people link' makes one" if user.is_on(now) else "off"
    return user.email, user.name, user.role.value, ", ".join(sorted(user.teams)), shown


def _in_teams(user: User) -> str:
    return f" in {', '.join(sorted(user.teams))}" if user.teams else ""


def _detail(detail: dict[str, Any]) -> str:
    return ", ".join(f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in sorted(detail.items()))


def _time(at: int) -> str:
    from clew.clock import to_datetime

    return f"{to_datetime(at):%Y-%m-%dT%H:%M:%SZ}"


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
