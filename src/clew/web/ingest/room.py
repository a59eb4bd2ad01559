"""Room for the bodies that are being read: nobody fills it, and nobody holds it by sending slowly."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from clew.ingest.arriving.model import Overloaded
from clew.web.ingest.answers import Refused
from clew.web.ingest.body import too_large

if TYPE_CHECKING:
    from starlette.requests import Request

PATIENCE_S = 10.0  # until a body has to have come, and longer by what has come of it at the least rate
LEAST_RATE = 50_000  # bytes a second
BODIES = 64  # that one address sends at a time without a key in a header
STRANGERS = 8  # all who show no key in a header share one part in so many, and one address has a quarter of it


class Room:
    """Bytes of all requests that are being read: a crowd of large bodies is turned away before it fills the memory.

    Whose key is known before the body is read, may use all of it. All others may be anybody: their key, if they have
    one, stands in the body.

    most    bytes of all        body_bytes  of one body: strangers have room for two at least
    """

    def __init__(self, most: int, body_bytes: int = 0) -> None:
        self.most, self.share = most, min(most, max(most // STRANGERS, 2 * body_bytes))
        self.taken = self.strangers = 0
        self.bytes_of: Counter[str] = Counter()
        self.bodies_of: Counter[str] = Counter()

    def place(self, request: Request, *, is_known: bool) -> Place:
        """Return a place for one body. Raises Overloaded."""
        return Place(self, request, None if is_known else request.client.host if request.client else "")

    def is_full(self, address: str | None) -> bool:
        """Say whether more was taken than there is, for whoever sends from an address, None: whose key is known."""
        if self.taken > self.most or address is None:
            return self.taken > self.most
        is_greedy = self.bodies_of[address] > 1 and self.bytes_of[address] > self.share // 4
        return is_greedy or self.strangers > self.share


class Place:
    """Room for one body; give it back with `leave`.

    address  of a stranger, None where the key is known
    """

    __slots__ = ("_address", "_request", "_room", "_size")

    def __init__(self, room: Room, request: Request, address: str | None) -> None:
        self._room, self._request, self._address, self._size = room, request, address, 0
        if address is not None:
            if room.bodies_of[address] >= BODIES:
                raise Overloaded
            room.bodies_of[address] += 1

    async def read(self, most: int) -> bytes:
        """Read the whole body. Raises Refused, Overloaded, ClientDisconnect."""
        told = self._request.headers.get("content-length", "")
        if told.isdigit() and int(told) > most:
            raise too_large(most)
        begun = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(begun + PATIENCE_S) as patience:
                return await self._pieces(most, begun, patience)
        except TimeoutError as fault:
            raise Refused("too-slow", f"the body came more slowly than {LEAST_RATE:,} bytes a second") from fault

    async def _pieces(self, most: int, begun: float, patience: asyncio.Timeout) -> bytes:
        pieces: list[bytes] = []
        while True:
            message = await self._request.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            pieces.append(message.get("body", b""))
            self._take(len(pieces[-1]), most)
            if not message.get("more_body", False):
                return pieces[0] if len(pieces) == 1 else b"".join(pieces)
            patience.reschedule(begun + PATIENCE_S + self._size / LEAST_RATE)

    def _take(self, size: int, most: int) -> None:
        room, address = self._room, self._address
        self._size += size
        room.taken += size
        if address is not None:
            room.strangers += size
            room.bytes_of[address] += size
        if self._size > most:
            raise too_large(most)
        if room.is_full(address):
            raise Overloaded

    def leave(self) -> None:
        """Give the room back."""
        room, address = self._room, self._address
        room.taken -= self._size
        if address is not None:
            room.strangers -= self._size
            for counts, amount in ((room.bytes_of, self._size), (room.bodies_of, 1)):
                counts[address] -= amount
                if counts[address] <= 0:
                    del counts[address]
