"""clew sample: write a seeded firm to try Clew on."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from clew.demo.plan import Plan
    from clew.demo.write import Written


def sample(
    folder: Annotated[Path, typer.Argument(help="Folder to write to, new or empty.")],
    firm: Annotated[
        str, typer.Option(help="Which firm: tarnfield, product-led, relationship-led or coordinated.")
    ] = "tarnfield",
    accounts: Annotated[
        int | None, typer.Option(help="How many accounts the firm knows, 20 to 2,000,000; absent: as many as it has.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same number gives the same files.")] = 7,
    months: Annotated[int, typer.Option(help="Length of its exports, 12 to 36 months.")] = 30,
) -> None:
    """Write an invented firm: its exports as CSV files, a workspace that describes them, and what is true of it."""
    from clew.demo.plan import Plan

    written = _write_whole(folder, Plan(firm=firm, accounts=accounts, seed=seed, months=months))
    exports = len(written.rows)
    rows = sum(written.rows.values())
    typer.echo(
        f"Wrote {exports} exports ({rows:,} rows) and {len(written.files) - exports - 2} workspace files to {folder}."
    )
    if written.labels:
        typer.echo(f"Planted: {written.labels:,} faults and changes, listed in truth/planted.csv.")
    typer.echo(f"Next: clew -C {folder} load")


def _write_whole(folder: Path, plan: Plan) -> Written:
    """Write beside the folder and give it its name in the end, so that no half a firm is left under that name."""
    from clew.demo.write import write_firm
    from clew.errors import BadRequest

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadRequest(f"{folder} is there already and not empty; name a new folder")
    target = folder.resolve()
    partial = target.with_name(f"{target.name}.partial")
    if partial.exists():
        raise BadRequest(f"{partial} is left from a run that was cut off; remove it first")
    try:
        written = write_firm(partial, plan, progress=_said)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    if target.exists():
        target.rmdir()
    partial.rename(target)
    return written


def _said(what: str, done: int, of: int) -> None:
    """Say on a terminal how far a run is, on one line that is wiped in the end."""
    if sys.stderr.isatty():
        text = f"{done:,} of {of:,} {what}"
        sys.stderr.write(f"\r{text:<60}" if what != "files written" or done < of else f"\r{'':<60}\r")
        sys.stderr.flush()
