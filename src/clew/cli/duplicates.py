"""clew duplicates: accounts that are probably one, and what a person says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clew.duplicates.queries import Kept

duplicates_app = typer.Typer(
    help="Accounts that are probably one customer: find them, say that they are one, or that they are not.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Show so many pairs.")]
_One = Annotated[str, typer.Argument(help="An account: its id, or its kind and id as desk:4711.")]
_Other = Annotated[str, typer.Argument(help="The other one.")]


@duplicates_app.command("find", short_help="compare all accounts and show pairs that are probably one")
def find_duplicates(limit: _Limit = 20) -> None:
    """Compare all accounts and show the pairs that are probably one, with reasons. Nothing is merged by itself."""
    from clew.cli.opened import opened
    from clew.duplicates.looking import look

    with opened() as here:
        looked = look(here.database, here.store, now=here.now)
        typer.echo(f"Accounts compared: {looked.accounts:,}, in {looked.seconds:.1f} s.")
        with here.database.read() as connection:
            _show(connection, "open", limit)


@duplicates_app.command("list", short_help="pairs that were found, or decided")
def list_duplicates(
    state: Annotated[
        str, typer.Option("--state", metavar="STATE", help="open, same or different.", show_default=True)
    ] = "open",
    limit: _Limit = 20,
) -> None:
    """Show pairs that wait for a decision, or those that were decided."""
    from clew.cli.opened import opened
    from clew.duplicates.model import Decision
    from clew.duplicates.queries import OPEN
    from clew.errors import UnknownName

    if state not in (OPEN, *Decision):
        raise UnknownName("state", state, (OPEN, *Decision))
    with opened() as here, here.database.read() as connection:
        _show(connection, state, limit)


@duplicates_app.command("merge", short_help="say that two accounts are one")
def merge_duplicates(one: _One, other: _Other) -> None:
    """Say that two accounts are one customer. A running 'clew serve' or 'clew worker' takes it in; it can be undone."""
    from clew.cli.opened import opened
    from clew.duplicates.deciding import merge

    with opened() as here, here.write() as connection:
        left, right = _threads(connection, one, other)
        merge(connection, left, right, **here.acting)
    typer.echo(f"{left} and {right} are one account, as soon as a worker has taken it in.")


@duplicates_app.command("apart", short_help="say that two accounts are different")
def keep_duplicates_apart(one: _One, other: _Other) -> None:
    """Say that two accounts are different customers: they are not suggested again."""
    from clew.cli.opened import opened
    from clew.duplicates.deciding import keep_apart

    with opened() as here, here.write() as connection:
        left, right = _threads(connection, one, other)
        keep_apart(connection, left, right, **here.acting)
    typer.echo(f"{left} and {right} stay apart.")


def _threads(connection: Connection, one: str, other: str) -> tuple[str, str]:
    from clew.live.contexts.queries import account_named

    return account_named(connection, one), account_named(connection, other)


def _show(connection: Connection, state: str, limit: int) -> None:
    from clew.duplicates.queries import pairs_page
    from clew.live.contexts.queries import names_of_threads

    found, total = pairs_page(connection, state=state, limit=limit)
    names = names_of_threads(connection, {end for pair in found for end in (pair.left, pair.right)})
    if not found:
        typer.echo("No pair waits for a decision." if state == "open" else "No pair.")
        return
    for pair in found:
        _show_pair(pair, names.get(pair.left, pair.left), names.get(pair.right, pair.right))
    if total > len(found):
        typer.echo(f"and {total - len(found):,} more: --limit {total}")
    typer.echo("")
    typer.echo("Next: clew duplicates merge ONE OTHER, or clew duplicates apart ONE OTHER")


def _show_pair(pair: Kept, left: str, right: str) -> None:
    from clew.duplicates.reasons import words

    typer.echo(f"{pair.chance:>5.0%}  {left} ({pair.left})  and  {right} ({pair.right})")
    for reason in pair.reasons:
        sign = "for" if reason.weight > 0 else "against"
        typer.echo(f"       {sign:<8} {words(reason)}")
