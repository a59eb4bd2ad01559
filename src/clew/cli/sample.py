"""clew sample: write the seeded firm to try Clew on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def sample(
    folder: Annotated[Path, typer.Argument(help="Folder to write to, new or empty.")],
    accounts: Annotated[int, typer.Option(help="How many accounts the firm knows.", min=1)] = 200,
    seed: Annotated[int, typer.Option(help="The same number gives the same files.")] = 7,
) -> None:
    """Write a small invented firm: its exports as CSV files and a workspace that describes them."""
    from clew.demo.sample import write_sample

    written = write_sample(folder, accounts=accounts, seed=seed)
    exports = sum(path.suffix == ".csv" for path in written)
    typer.echo(f"Wrote {exports} exports and {len(written) - exports} workspace files to {folder}.")
    typer.echo(f"Next: clew -C {folder} load")
