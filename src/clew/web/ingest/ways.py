"""One way in: which paths, what stands in the body, how it is answered; and the steps that all ways share."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect

from clew.access.write_keys import Scope, WriteKey
from clew.errors import ClewError
from clew.ingest.arriving.model import Arriving
from clew.ingest.wires.model import Wire
from clew.web.endpoint import Endpoint, Open
from clew.web.ingest.answers import Refused, done, preflight, refused
from clew.web.ingest.body import inflate
from clew.web.ingest.credentials import keys_told
from clew.web.ingest.reading import Read, ReadBody
from clew.web.ingest.receiving import Receiving, receiving_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

Answer = Callable[["Request"], Coroutine[Any, Any, "Response"]]
POST = ("POST", "OPTIONS")


@dataclass(frozen=True)
class Way:
    """How one path takes events in.

    wires    a source may receive one of these; the first where its file does not say
    kind     of the body, as clew.ingest.arriving.model.Arriving has it
    read     checks the body and counts its events
    headers  those of the request that are kept with the body
    unwrap   brings the inflated body to JSON where the client wraps it
    quiet    the path is for history
    answer   what is answered, from the body and what was read of it
    """

    wires: tuple[Wire, ...]
    kind: str
    read: ReadBody
    headers: Callable[[Request], Mapping[str, str]] | None = None
    unwrap: Callable[[Request, bytes], bytes] | None = None
    quiet: bool = False
    answer: Callable[[bytes, Read], Response] = lambda body, read: done()


def endpoint(path: str, way: Way) -> Endpoint:
    """Declare a path to which events are sent."""

    async def take(request: Request) -> Response:
        return await take_in(request, way)

    return Endpoint(path, POST, Open.WRITE_KEY, answering(take, POST), is_async=True)


def answering(answer: Answer, methods: tuple[str, ...]) -> Answer:
    """Wrap an answer: preflights of browsers before it, errors as JSON after it."""
    allowed = ", ".join(methods)

    async def respond(request: Request) -> Response:
        if request.method == "OPTIONS":
            return preflight(request, allowed)
        try:
            return await answer(request)
        except ClewError as fault:
            return refused(fault)
        except ClientDisconnect:
            return refused(Refused("bad-body", "the body ended too early"))

    return respond


async def take_in(request: Request, way: Way) -> Response:
    """Read, check, let in, append, answer: in this order, and the answer only after the commit."""
    receiving = receiving_of(request)
    most = receiving.limits.body_bytes
    async with receiving.room.enter(request, most) as sent:
        body = await inflate(sent, request.headers.get("content-encoding", ""), most, receiving.threads)
        if way.unwrap is not None:
            body = way.unwrap(request, body)
        read = way.read(body)
        await append(request, receiving, way, body, read)
        return way.answer(body, read)


async def append(request: Request, receiving: Receiving, way: Way, body: bytes, read: Read) -> None:
    """Let a checked body in under its key and append it."""
    if read.events > receiving.limits.events:
        raise Refused("too-many-events", f"{read.events:,} events at once; at most {receiving.limits.events:,}")
    key = await key_of(request, receiving, read.key)
    quiet = _is_quiet(key, way.quiet or read.quiet)
    wire = _wire(receiving, key.source, way)
    wait = receiving.rates.take(key.id, read.events, time.monotonic())
    if wait is not None:
        rate = receiving.limits.events_per_second
        raise Refused("too-fast", f"more than {rate:,} events a second under this key", retry_after=wait)
    headers = way.headers(request) if way.headers is not None else None
    body = _without_key(body, read.key)
    await receiving.append(Arriving(key.source, wire, way.kind, receiving.now(), body, quiet, headers))


async def key_of(request: Request, receiving: Receiving, of_body: object = None) -> WriteKey:
    """Return the write key of a request. Raises Refused."""
    told = list(keys_told(request, of_body))
    if not told:
        raise Refused("no-key", "no write key: send it as the user name of Basic, as Bearer, or in X-Write-Key")
    key = await receiving.keys.find(told)
    if key is None:
        raise Refused("unknown-key", "this write key is not known or has ended; 'clew keys list' shows those that hold")
    return key


def _without_key(body: bytes, key: object) -> bytes:
    """Strike out the key: what is kept of it is its digest."""
    if not isinstance(key, str) or not key:
        return body
    told = key.encode("utf-8", "replace")
    return body.replace(told, b"*" * len(told))


def _is_quiet(key: WriteKey, is_history: bool) -> bool:
    """A key that may only send history sends history, whatever the client calls it."""
    if Scope.EVENTS in key.scopes and not is_history:
        return False
    if Scope.BACKFILL in key.scopes:
        return True
    needed = Scope.BACKFILL if is_history else Scope.EVENTS
    raise Refused("key-scope", f"this key may not send {needed}; it may: {', '.join(sorted(key.scopes))}")


def _wire(receiving: Receiving, source: str, way: Way) -> Wire:
    """Return how the source's events are written; where its file cannot be read, as the path says."""
    if receiving.keys.reads_files_only(source):
        raise Refused("other-wire", f"source '{source}' reads files; say in its file what it receives")
    wire = receiving.keys.wire_of(source)
    if wire is None:
        return way.wires[0]
    if wire not in way.wires:
        raise Refused("other-wire", f"source '{source}' receives {wire}; this path takes {' and '.join(way.wires)}")
    return wire
