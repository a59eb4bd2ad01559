"""The ingest edge under a real uvicorn on a real port, and a script of faults for what clients meet in real life."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from clew.access.write_keys import Scope, add_key
from clew.config import Settings
from clew.db.engine import Database
from clew.ingest.arriving.model import Waiting
from clew.ingest.arriving.queries import waiting
from clew.ingest.wires.model import Wire
from clew.web.ingest.limits import Limits
from clew.web.ingest.receiving import RECEIVING, Receiving, open_receiving
from clew.web.ingest.routes import ReceivingFirst
from clew.web.parts import Parts
from tests.receiving_edge import receiving_app

Asgi = Callable[[Any, Any, Any], Any]
SOURCES: Mapping[str, Wire | None] = {
    "crm": Wire.SEGMENT,
    "shop": Wire.RUDDERSTACK,
    "product": Wire.POSTHOG,
    "bus": Wire.CLOUDEVENTS,
    "own": Wire.CLEW,
    "exports": None,
}
NOW = 1_790_000_000_000_000


@dataclass(frozen=True)
class Fault:
    """What happens to one request instead of, or after, taking it in.

    status   answered without taking anything in; None: it is taken in
    headers  of that answer
    cut      the connection is dropped instead of an answer
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False


class Faulty:
    """An ASGI application that plays a script of faults, one for each request, and afterwards none."""

    def __init__(self, app: Asgi) -> None:
        self._app = app
        self.script: deque[Fault] = deque()
        self.seen: list[dict[str, str]] = []  # headers of every request

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.seen.append({name.decode(): value.decode() for name, value in scope["headers"]})
        fault = self.script.popleft() if self.script else Fault()
        if fault.status is None:
            await self._app(scope, receive, _cutting(send) if fault.cut else send)
        else:
            await _drain(receive)
            await _answer(send, fault)


async def _drain(receive: Any) -> None:
    while (await receive()).get("more_body"):
        pass


async def _answer(send: Any, fault: Fault) -> None:
    headers = [(b"content-type", b"application/json")]
    headers += [(name.encode(), value.encode()) for name, value in fault.headers.items()]
    await send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"code":"asked","message":"asked","detail":"asked"}'})


def _cutting(send: Any) -> Any:
    """Let the application do its work, then break the connection where it would answer."""

    async def cut(message: Any) -> None:
        del message
        send.__self__.transport.abort()  # of uvicorn's cycle of this request

    return cut


@dataclass
class Receiver:
    """A running ingest edge."""

    database: Database
    receiving: Receiving
    faults: Faulty
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def key(self, source: str = "crm", *scopes: Scope, key: str | None = None) -> str:
        """Make a write key."""
        with self.database.write() as connection:
            return add_key(connection, source, scopes=scopes or (Scope.EVENTS,), now=NOW, key=key)[0]

    def inbox(self) -> Sequence[Waiting]:
        """All that stands in the inbox."""
        with self.database.inbox.connect().execution_options(reads_only=True) as connection:
            return waiting(connection, 0)


@contextmanager
def receiver(
    database: Database,
    folder: Path,
    *,
    limits: Limits | None = None,
    sources: Mapping[str, Wire | None] = SOURCES,
    options: Mapping[str, Any] | None = None,
) -> Iterator[Receiver]:
    """Run the ingest edge in a thread.

    options  of uvicorn, for a server of its own
    """
    receiving = open_receiving(database, folder, lambda: sources, limits=limits)
    parts = Parts(folder, database, Settings(secret="x" * 32), kept={RECEIVING: receiving})
    faults = Faulty(ReceivingFirst(receiving_app(parts)))
    with _served(faults, options or {}) as port:
        yield Receiver(database, receiving, faults, port)
    receiving.close()


class Server:
    """A uvicorn on a free port that serves whatever it is given; starting one takes longer than most tests."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.app: Asgi | None = None
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(self, log_level="critical", lifespan="off", **options))
        threading.Thread(target=server.run, kwargs={"sockets": [self.listening]}, daemon=True).start()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


_IDLE: list[Server] = []


@contextmanager
def _served(app: Asgi, options: Mapping[str, Any]) -> Iterator[int]:
    server = _IDLE.pop() if _IDLE and not options else Server(options)
    server.app = app
    yield server.port
    server.app = None
    if not options:
        _IDLE.append(server)
