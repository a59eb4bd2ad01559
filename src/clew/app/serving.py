"""Serve a workspace: web and worker in one process, or the web alone beside workers of their own."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from clew import logs
from clew.app.server import Server, listen
from clew.app.supervising import supervise
from clew.app.system import System, web_parts
from clew.errors import BadRequest
from clew.web.app import make_app
from clew.web.ingest.routes import ReceivingFirst
from clew.web.updates.watcher import KEPT
from clew.worker import ALL, run_worker

# The loop thread and the thread that writes the inbox hand the interpreter to each other: at the default of 5 ms
# acknowledgements wait. Measured: 1.18 times the events; 0.1 ms is worse.
SWITCH_S = 0.0005
PATIENCE_S = 60.0  # for the worker's turn that is under way


@contextmanager
def listening(system: System, *, or_any: bool = False) -> Iterator[tuple[socket.socket, System]]:
    """Take the port of the settings; with port 0 the settings of what is yielded name the one that was free.

    or_any  take any free one where another program has it
    """
    try:
        taken = listen(system.settings.host, system.settings.port)
    except BadRequest:
        if not or_any:
            raise
        taken = listen(system.settings.host, 0)
    try:
        yield taken, replace(system, settings=replace(system.settings, port=int(taken.getsockname()[1])))
    finally:
        taken.close()


def serve(system: System, at: socket.socket, *, works: bool = True, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until the process is told to stop; what was acknowledged is on disk then.

    at     a socket that listens
    works  also take events in and keep journeys current; without it this is one of several web processes
    ready  called once requests are answered
    """
    sys.setswitchinterval(SWITCH_S)
    bell = threading.Event()
    with web_parts(system, bell) as parts, _working(system, works, bell):
        Server(ReceivingFirst(make_app(parts)), parts.kept[KEPT], ready).run(sockets=[at])
        logs.info("the server has stopped")


@contextmanager
def _working(system: System, works: bool, bell: threading.Event) -> Iterator[None]:
    """Run the worker beside, again where it fails; a web process without one gives signs of life only."""
    stop = threading.Event()
    duties, role = (ALL, "serve") if works else (frozenset(), "web")

    def work() -> None:
        run_worker(system.folder, system.settings, stop, duties, role=role, bell=bell, address=system.settings.address)

    thread = threading.Thread(target=supervise, args=(system.database, work, stop), name="supervisor")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_S)
