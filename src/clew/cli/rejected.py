"""clew rejected: events that could not be used, and taking them in again."""

from __future__ import annotations

import typer

rejected_app = typer.Typer(no_args_is_help=True, help="Events that could not be used, and taking them in again.")


@rejected_app.command("list", short_help="events that could not be used, by reason")
def list_rejected() -> None:
    """List rejected events by source and reason."""
