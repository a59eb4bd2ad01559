"""One way in: which paths, what stands in the body, how it is answered; and the steps that all ways share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect

from clew import logs
from clew.access.write_keys import Scope, WriteKey
from clew.errors import ClewError
from clew.ingest.arriving.model import Arriving
from clew.ingest.wires.checking import Checked, validate
from clew.ingest.wires.decoding import tried
from clew.ingest.wires.model import Wire
from clew.web.endpoint import Endpoint, Open, route_of
from clew.web.ingest import said
from clew.web.ingest.answers import DONE, Refused, preflight, refused
from clew.web.ingest.body import inflate
from clew.web.ingest.credentials import keys_of_headers, keys_told
from clew.web.ingest.receiving import Receiving, receiving_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

Answer = Callable[["Request"], Coroutine[Any, Any, "Response"]]
POST = ("POST", "OPTIONS")
_IN_THREAD_BYTES = 32_000  # of a body whose events are looked into one by one


def retries(request: Request) -> Mapping[str, str] | None:
    """Keep how often a client has tried: what it waited meanwhile is no fault of its clock."""
    return tried(request.headers)


@dataclass(frozen=True)
class Way:
    """How one path takes events in.

    wires    a source may receive one of these; the first where its file does not say
    kind     of the body, as clew.ingest.arriving.model.Arriving has it
    says     reads from the body what it says besides its events
    headers  those of the request that are kept with the body
    unwrap   brings the inflated body to JSON where the client wraps it
    quiet    whether the path, or its query, is for history
    answer   what is answered, from the body and what was found in it
    """

    wires: tuple[Wire, ...]
    kind: str
    says: said.Say = said.nothing
    headers: Callable[[Request], Mapping[str, str] | None] = retries
    unwrap: Callable[[bytes], bytes] | None = None
    quiet: Callable[[Request], bool] = lambda request: False
    answer: Callable[[bytes, Checked], Response] = lambda body, checked: DONE


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
        except Exception as fault:
            logs.failure("a request to take events in failed", fault, method=request.method, route=route_of(request))
            return refused(Refused("crashed", "something went wrong inside Clew; send it again later", retry_after=5))

    return respond


async def take_in(request: Request, way: Way) -> Response:
    """Read a body and take it in; the answer comes after the commit."""
    receiving = receiving_of(request)
    most = receiving.limits.body_bytes
    key = await _key_before(request, way)
    place = receiving.room.place(request, is_known=key is not None)
    try:
        sent = await place.read(most)
        body = await inflate(sent, request.headers.get("content-encoding", ""), most, receiving.threads)
        if way.unwrap is not None:
            body = way.unwrap(body)
        return way.answer(body, await append(request, way, body, key))
    finally:
        place.leave()


async def _key_before(request: Request, way: Way) -> WriteKey | None:
    """Return the key where it is known before the body is read; nothing is read where none can stand in the body."""
    if way.says is said.nothing:
        return await key_of(request)
    return await receiving_of(request).keys.find_held(keys_of_headers(request))


async def append(request: Request, way: Way, body: bytes, key: WriteKey | None = None) -> Checked:
    """Let a body in under its key, check it, append it: in this order."""
    receiving = receiving_of(request)
    of_body = way.says(body)
    key = key or await key_of(request, of_body.key)
    quiet = _is_quiet(key, of_body.quiet or way.quiet(request))
    wire = _wire(receiving, key.source, way)
    headers = way.headers(request)
    now = receiving.now()
    if of_body.events is None:
        checked = await _check(receiving, partial(validate, wire, way.kind, body, received_at=now, headers=headers))
    else:
        checked = Checked(of_body.events)
    _slow_down(receiving, key, checked.events)
    kept = _without(of_body.key, body) if of_body.key else body
    await receiving.append(Arriving(key.source, wire, way.kind, now, kept, quiet, headers))
    return checked


async def key_of(request: Request, of_body: str = "") -> WriteKey:
    """Return the write key of a request. Raises Refused."""
    told = list(keys_told(request, of_body))
    if not told:
        raise Refused("no-key", "no write key: send it as the user name of Basic, as Bearer, or in X-Write-Key")
    key = await receiving_of(request).keys.find(told)
    if key is None:
        raise Refused("unknown-key", "this write key is not known or has ended; 'clew keys list' shows those that hold")
    return key


def _without(key: str, body: bytes) -> bytes:
    """Strike out the key: what is kept of it is its digest."""
    told = key.encode("utf-8", "replace")
    return body.replace(told, b"*" * len(told))


async def _check(receiving: Receiving, check: partial[Checked]) -> Checked:
    """Check a body; beside the event loop where that takes long."""
    wire, _, body = check.args
    if wire is not Wire.CLEW or len(body) < _IN_THREAD_BYTES:
        return check()
    return await asyncio.get_running_loop().run_in_executor(receiving.threads, check)


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


def _slow_down(receiving: Receiving, key: WriteKey, events: int) -> None:
    wait = receiving.rates.take(key.id, events, time.monotonic())
    if wait is not None:
        rate = receiving.limits.events_per_second
        raise Refused("too-fast", f"more than {rate:,} events a second under this key", retry_after=wait)
