"""clew keys: with which keys tools send events."""

from __future__ import annotations

import typer

keys_app = typer.Typer(no_args_is_help=True, help="Keys with which tools send events to a source.")


@keys_app.command("list", short_help="the keys of every source")
def list_keys() -> None:
    """List write keys with their source, scopes and last use."""
