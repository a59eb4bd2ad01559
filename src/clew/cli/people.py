"""clew people: who may sign in, and as what."""

from __future__ import annotations

import typer

people_app = typer.Typer(no_args_is_help=True, help="Who may sign in, and as what.")


@people_app.command("list", short_help="who may sign in")
def list_people() -> None:
    """List users with role and teams."""
