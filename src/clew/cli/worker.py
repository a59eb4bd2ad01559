"""clew worker: a further process that takes events in and keeps journeys current."""

from __future__ import annotations

from typing import Annotated

import typer

from clew.errors import BadRequest

DUTIES = ("intake", "fold", "archive", "schedule")


def worker(
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="DUTY", help=f"Do this alone: {', '.join(DUTIES)}. May be repeated."),
    ] = None,
) -> None:
    """Work beside others on one database: take over what nobody does."""
    import os
    import signal
    import threading

    from clew import logs
    from clew.config.reading import read_settings
    from clew.db.engine import open_database
    from clew.db.migrations import migrate
    from clew.questions.library import open_workspace
    from clew.worker import ALL, Duty, run_worker

    wrong = sorted(set(only or ()) - set(DUTIES))
    if wrong:
        raise BadRequest(f"there is no duty '{wrong[0]}'; allowed: {', '.join(DUTIES)}")
    workspace = open_workspace()
    settings = read_settings(workspace.store, os.environ)
    logs.begin(settings.log_level, settings.log_format)
    database = open_database(workspace.store, settings.database_url)
    migrate(database)
    database.close()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    logs.info("the worker begins", pid=os.getpid())
    run_worker(workspace.dir, settings, stop, frozenset(map(Duty, only)) if only else ALL)
    logs.info("the worker has stopped", pid=os.getpid())
