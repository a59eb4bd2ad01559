"""A small workspace with four people, for tests of who may see what."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from clew.access.keys.api_keys import make_key
from clew.access.model import Actor, Permission, Role
from clew.access.signing_in.sessions import find_session, start_session
from clew.access.users.actions import add_user
from clew.access.users.model import User
from clew.access.users.queries import find_address
from clew.config import Settings
from clew.db.engine import Database
from clew.web.app import make_app
from clew.web.parts import Parts

NOW = 1_790_000_000_000_000  # September 2026
SECRET = "0123456789abcdef" * 3
SHELL = Actor("command", "command:test", role=Role.ADMIN)
HOST = "http://clew.test"
FIRM = "firm: Hafen\ncurrency: EUR\ntime_zone: Europe/Berlin\nteams: {sales: Sales, service: Service}\n"
PEOPLE = {
    "anna": (Role.ADMIN, ()),
    "otto": (Role.OWNER, ()),
    "mia": (Role.MEMBER, ("sales",)),
    "vera": (Role.VIEWER, ()),
}


class InProcess(httpx.BaseTransport):
    """Carry requests of a synchronous client to an application in this process."""

    def __init__(self, app: Any, peer: str) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False, client=(peer, 40_000))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        request.stream = httpx.ByteStream(request.read())
        answer = await self._inner.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


@dataclass
class World:
    """A workspace, its people, and a clock that stands still until it is moved."""

    folder: Path
    database: Database
    settings: Settings = field(default_factory=lambda: Settings(secret=SECRET))
    clock: int = NOW
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def parts(self) -> Parts:
        return Parts(self.folder, self.database, self.settings, lambda: self.clock, dict(self.kept))

    def user(self, name: str) -> User:
        with self.database.read() as connection:
            found = find_address(connection, f"{name}@hafen.example")
        assert found is not None
        return found

    def client(self, base_url: str = HOST, *, peer: str = "203.0.113.7") -> httpx.Client:
        """A browser that nobody has signed in with."""
        return httpx.Client(transport=InProcess(make_app(self.parts), peer), base_url=base_url)

    def signed_in(self, name: str) -> httpx.Client:
        """A browser of somebody who signed in; its token of forms goes with every request."""
        client = self.client()
        with self.database.write() as connection:
            token = start_session(connection, self.user(name).id, way="password", now=self.clock)
        https = (self.settings.public_url or "").startswith("https:")
        client.cookies.set("__Host-clew" if https else "clew", token)
        found = find_session(self.database, token, rest_us=self.settings.session_us, now=self.clock)
        assert found is not None
        client.headers["x-csrf-token"] = found.csrf
        return client

    def with_key(self, name: str, *scopes: Permission) -> httpx.Client:
        """A program with a key that acts for somebody."""
        client = self.client()
        with self.database.write() as connection:
            user = self.user(name).id
            _, text = make_key(connection, "robot", scopes, user=user, by=SHELL, now=self.clock, secret=SECRET)
        client.headers["authorization"] = f"Bearer {text}"
        return client


def make_world(folder: Path, database: Database, **settings: object) -> World:
    """Write the workspace and let its people in."""
    (folder / "clew.yaml").write_text(FIRM)
    (folder / ".clew").mkdir(exist_ok=True)
    world = World(folder, database, Settings(secret=SECRET, **settings))  # type: ignore[arg-type]
    with database.write() as connection:
        for name, (role, teams) in PEOPLE.items():
            email = f"{name}@hafen.example"
            add_user(connection, email, name.title(), role=role, teams=teams, by=SHELL, now=NOW, secret=SECRET)
    return world
