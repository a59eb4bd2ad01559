"""clew serve, clew demo: the living system in one process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from clew.app.demo_people import DemoPerson
    from clew.app.system import System

Host = Annotated[
    str | None,
    typer.Option(help="Listen on this address instead of CLEW_HOST; 0.0.0.0 for all.", show_default=False),
]
Port = Annotated[
    int | None,
    typer.Option(
        min=0, max=65_535, help="Listen on this port instead of CLEW_PORT; 0: one that is free.", show_default=False
    ),
]


def serve(
    host: Host = None,
    port: Port = None,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Pages and API only: other processes take events in and fold.")
    ] = False,
) -> None:
    """Serve pages and API, take in events as they arrive, keep every journey current."""
    import os

    from clew.app.serving import listening
    from clew.app.serving import serve as serve_until_stopped
    from clew.app.system import first_way_in, opened
    from clew.workspace.find import find_workspace

    folder = find_workspace(None)
    with opened(folder, os.environ, host=host, port=port) as system, listening(system) as (at, there):
        link = first_way_in(there)

        def ready() -> None:
            for line in _told(there, works=not no_worker, link=link):
                typer.echo(line)

        serve_until_stopped(there, at, works=not no_worker, ready=ready)
    typer.echo("Stopped. What was acknowledged is kept; clew serve goes on where it was.")


def demo(
    folder: Annotated[Path, typer.Argument(help="Where the invented firm goes, or is from an earlier demo.")] = Path(
        "clew-demo"
    ),
    host: Host = None,
    port: Port = None,
    pace: Annotated[float, typer.Option(min=1, max=6000, help="Events a minute.")] = 60,
    seed: Annotated[int, typer.Option(help="The same number gives the same firm and the same story.")] = 7,
    no_open: Annotated[bool, typer.Option("--no-open", help="Open no browser.")] = False,
) -> None:
    """Serve an invented firm whose events keep arriving, and open it in a browser."""
    import os

    from clew.app.demo_people import ways_in
    from clew.app.living_demo import living, prepare, the_only_demo
    from clew.app.server import listen
    from clew.app.serving import listening
    from clew.app.serving import serve as serve_until_stopped
    from clew.app.system import opened

    folder = folder.resolve()
    if port:
        listen(host or "127.0.0.1", port).close()  # rather than after the firm was written
    made = prepare(folder, seed=seed)
    if made.load:
        typer.echo(f"Made an invented firm in {folder}: {made.load.events:,} events, up to last week.")
    with (
        the_only_demo(folder),
        opened(folder, os.environ, host=host, port=port) as system,
        listening(system, or_any=port is None) as (at, there),
        living(there, seed=seed, pace=pace) as begin,
    ):
        ways = list(ways_in(there))

        def ready() -> None:
            begin()
            for line in _demo_told(there, pace, ways):
                typer.echo(line)
            if not no_open:
                _open(ways[0][1])

        serve_until_stopped(there, at, ready=ready)
    typer.echo(f"Stopped. To go on: clew demo {folder}")


def _told(system: System, *, works: bool, link: str) -> Iterator[str]:
    from clew.web.static import has_script

    kept = "PostgreSQL" if system.settings.database_url else f"SQLite in {system.store}"
    yield f"Clew serves {system.folder} at {system.settings.address}"
    yield f"  Data: {kept}."
    if works:
        yield "  It takes events in and keeps journeys current; more processes: clew worker, clew serve --no-worker."
    else:
        yield "  Pages and API only: a clew serve or clew worker beside it takes events in."
    if not has_script():
        yield "  The script of the pages was not built, so they do not renew themselves: python hatch_build.py"
    yield ""
    if link:
        yield "Next: become the first admin by this link. It works once, within a day."
        yield f"  {link}"
    else:
        yield f"Next: sign in at {system.settings.address}/sign-in"
    yield "Ctrl-C stops it."


def _demo_told(system: System, pace: float, ways: Sequence[tuple[DemoPerson, str]]) -> Iterator[str]:
    (_, visitor), *others = ways
    yield f"Clew serves it at {system.settings.address}; {pace:,.0f} events a minute arrive."
    yield ""
    yield "Next: open this link. It signs you in, once; clew demo makes another."
    yield f"  {visitor}"
    yield ""
    yield "Or see it as somebody of the firm does; each link works once."
    for person, link in others:
        yield f"  {person.name}, {person.does}"
        yield f"    {link}"
    yield "Ctrl-C stops it."


def _open(link: str) -> None:
    """Open a browser where somebody sits in front of one."""
    import os
    import sys
    import webbrowser

    has_screen = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.stdout.isatty() and has_screen:
        webbrowser.open(link)
