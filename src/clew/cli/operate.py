"""clew doctor, backup, restore: looking after the data of a workspace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import os

    from clew.live.backups.model import Made
    from clew.live.health.doctor.model import Finding

_WRONG = 1
_FILE = "clew-{:%Y-%m-%d-%H%M%S}.tar.gz"


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print findings as JSON.")] = False) -> None:
    """Say what is wrong with this workspace's data and settings, and how to mend it."""
    import os

    from clew import clock
    from clew.live.health.doctor.examine import examine
    from clew.live.health.doctor.model import Grade
    from clew.workspace.find import find_workspace

    findings = examine(find_workspace(), os.environ, now=clock.now())
    for line in _as_json(findings) if as_json else _as_text(findings):
        typer.echo(line)
    if any(finding.grade is Grade.WRONG for finding in findings):
        raise typer.Exit(_WRONG)


def backup(
    file: Annotated[
        Path | None,
        typer.Argument(help="A new file; without one, a name with the time in the folder of CLEW_BACKUPS."),
    ] = None,
    make_folder: Annotated[
        bool, typer.Option("--make-folder", help="Make the folder of FILE where there is none.")
    ] = False,
) -> None:
    """Write everything into one file, consistent while the system runs."""
    import os

    from clew import clock
    from clew.cli.opened import Opened, system_user
    from clew.config import read_settings
    from clew.config.store import STORE
    from clew.db.engine import open_database
    from clew.db.migrations import is_current, migrate, schema_of
    from clew.live.backups.making import make_backup
    from clew.workspace.find import find_workspace

    folder = find_workspace()
    settings = read_settings(folder / STORE, os.environ)
    now = clock.now()
    path = file or _named(settings.backups, now)
    if file is not None and not make_folder:
        _require_folder(file)
    database = open_database(folder / STORE, settings.database_url)
    try:
        if not any(schema_of(database).values()):  # an older schema is backed up as it is
            migrate(database)
        made = make_backup(folder, database, path, now=now)
        if is_current(database):
            here = Opened(folder, settings, database, system_user(), now)
            here.note("backup", "workspace", generation=made.index.generation, bytes=made.bytes)
    finally:
        database.close()
    typer.echo(f"wrote {path}: {_told(made)}")
    typer.echo(
        "it holds persons and secrets: keep it as safe as the workspace, and beside your exports, on another disk"
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    into: Annotated[
        Path | None,
        typer.Option("--into", metavar="DIR", help="An empty or new folder; this one without.", show_default=False),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only make sure that the backup is whole.")] = False,
) -> None:
    """Bring a backup back, into an empty folder and an empty database."""
    import os

    from clew.cli.beside import note
    from clew.live.backups.restoring import check_backup, restore_backup

    if check:
        typer.echo(f"{file} is whole: {_told(check_backup(file))}")
        return
    place = into or Path.cwd()
    made = restore_backup(file, place, url=_database_url(os.environ))
    note(place, "restore", "workspace", generation=made.index.generation, as_of=made.head.at)
    typer.echo(f"brought back into {place}: {_told(made)}")
    typer.echo(f"next: put exports and settings beside it, then 'clew -C {place} doctor' and 'clew -C {place} serve'")


def _database_url(environ: os._Environ[str]) -> str | None:
    """Where the rows go: from the environment, or the file that CLEW_SETTINGS names; there is no .clew yet."""
    import tempfile

    from clew.config import read_settings

    with tempfile.TemporaryDirectory() as nowhere:
        return read_settings(Path(nowhere), environ).database_url


def _require_folder(file: Path) -> None:
    from clew.errors import BadRequest

    if not file.expanduser().absolute().parent.is_dir():
        raise BadRequest(f"there is no folder {file.parent}; make it, or add --make-folder")


def _named(folder: Path | None, now: int) -> Path:
    from clew.clock import to_datetime
    from clew.errors import BadRequest

    if folder is None:
        raise BadRequest("name a file, as 'clew backup clew.tar.gz', or a folder with CLEW_BACKUPS")
    return folder / _FILE.format(to_datetime(now))


def _told(made: Made) -> str:
    from clew.clock import to_datetime

    kept = sum(member.bytes for member in made.index.members.values())
    return (
        f"as of {to_datetime(made.head.at):%Y-%m-%d %H:%M:%S} UTC, generation {made.index.generation}, "
        f"{len(made.index.members):,} parts, {kept / 1e6:,.1f} MB ({made.bytes / 1e6:,.1f} MB packed)"
    )


def _as_json(findings: list[Finding]) -> Iterator[str]:
    import json

    told = [
        {"grade": one.grade.value, "area": one.area, "says": one.says, "mend": one.mend or None} for one in findings
    ]
    yield json.dumps(told, indent=2, ensure_ascii=False)


def _as_text(findings: list[Finding]) -> Iterator[str]:
    width = max(len(finding.area) for finding in findings)
    for finding in findings:
        yield f"{finding.grade.value:<5}  {finding.area:<{width}}  {finding.says}"
        if finding.mend:
            yield f"{'':<5}  {'':<{width}}  → {finding.mend}"
