"""The HTTP server: listens, tells when it is ready, ends cleanly on Ctrl-C and SIGTERM."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from clew.errors import BadRequest
from clew.web.updates.watcher import Watcher

if TYPE_CHECKING:
    from starlette.types import ASGIApp

BACKLOG = 2048
KEEP_ALIVE_S = 75  # longer than clients and proxies keep a connection, so that none is closed under a request
PATIENCE_S = 10  # for requests that are being answered when the process is told to stop


def listen(host: str, port: int) -> socket.socket:
    """Take the port. Raises BadRequest where another program has it, or where it may not be taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as cause:
        taken.close()
        wrong = cause.strerror or str(cause)
        names_no_address = isinstance(cause, socket.gaierror) or cause.errno == errno.EADDRNOTAVAIL
        mend = (
            "give a name or an address of this machine with --host"
            if names_no_address
            else "choose another with --port"
        )
        raise BadRequest(f"{host}:{port} cannot be listened on: {wrong}; {mend}") from cause
    taken.listen(BACKLOG)
    taken.set_inheritable(True)
    return taken


class Server(uvicorn.Server):
    """Serves an application on a socket until the process is told to stop."""

    def __init__(self, app: ASGIApp, watcher: Watcher, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                log_level="warning",
                access_log=False,
                lifespan="off",
                proxy_headers=False,  # clew.web.proxies knows whom to believe
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=PATIENCE_S,
            )
        )
        self._watcher, self._ready = watcher, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._watcher.close()  # live pages would keep their connections for ever
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on Ctrl-C and SIGTERM, and go on with what comes after serving: nothing is raised again."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before: dict[int, Any] = {
            number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
