"""What an answer is made from: the request, who asks, what is allowed, the parts of the process."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from clew.access.audit import record
from clew.access.model import NOBODY, Actor, Permission
from clew.access.policy import AccountTeam, may, require
from clew.errors import BadRequest
from clew.web.parts import Parts

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.datastructures import UploadFile
    from starlette.requests import Request
    from starlette.responses import Response

    from clew.access.users.model import User
    from clew.questions.library import OpenWorkspace

PAGE = "page"  # key of Parts.kept under which the drawing of pages stands
DrawPage = Callable[["Asked", str, Mapping[str, Any], int], "Response"]


@dataclass(frozen=True)
class Asked:
    """One request, read and let through: what the `answer` of an `Endpoint` gets.

    request   its body is read already: use `form()`, `json()` or `body`
    actor     who asks, permitted what the endpoint needs
    parts     database, workspace folder, settings, clock
    now       microseconds UTC, read once for the whole request
    csrf      token that a form of this session must send back as the field "csrf" (header X-CSRF-Token for scripts);
              "" without a session
    session   digest of the session that the cookie names, "" without one
    user      who is signed in; None for keys and for nobody
    nonce     for the rare inline style or script: <style nonce="...">; the policy of the page names it
    """

    request: Request
    actor: Actor
    parts: Parts
    now: int
    csrf: str = ""
    session: str = ""
    user: User | None = None
    body: bytes = b""
    fields: Mapping[str, Sequence[str | UploadFile]] = field(default_factory=dict)
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    @property
    def path(self) -> Mapping[str, str]:
        """Parameters of the path, as text."""
        return {name: str(value) for name, value in self.request.path_params.items()}

    @property
    def client(self) -> str:
        """Address of the client, behind proxies that are trusted its own."""
        return self.request.client.host if self.request.client else ""

    def query(self, name: str, default: str = "") -> str:
        """One parameter of the query string."""
        return self.request.query_params.get(name, default)

    def queries(self, name: str) -> list[str]:
        """All values of a parameter of the query string."""
        return self.request.query_params.getlist(name)

    def form(self, name: str, default: str = "") -> str:
        """One text field of the form that was sent."""
        return next((value for value in self.fields.get(name, ()) if isinstance(value, str)), default)

    def forms(self, name: str) -> list[str]:
        """All values of a text field."""
        return [value for value in self.fields.get(name, ()) if isinstance(value, str)]

    def json(self) -> Any:
        """The body as JSON. Raises BadRequest."""
        try:
            told = json.loads(self.body)
            if b"\\u" in self.body:  # escapes can spell what no database stores
                json.dumps(told, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as fault:
            raise BadRequest(f"the body is no JSON that can be stored: {fault}") from fault
        if b"\\u0000" in self.body:
            raise BadRequest("the body holds the sign NUL, which no text may hold; leave it out")
        return told

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object. Raises BadRequest."""
        told = self.json()
        if not isinstance(told, dict):
            raise BadRequest("the body must be a JSON object, as {...}")
        return told

    def may(self, permission: Permission, account: AccountTeam | None = None) -> bool:
        """Say whether the actor may; templates ask this before they show a button."""
        return may(self.actor, permission, account)

    def require(self, permission: Permission, account: AccountTeam | None = None) -> None:
        """Refuse where the actor may not. Raises Forbidden."""
        require(self.actor, permission, account)

    def workspace(self) -> OpenWorkspace:
        """Open the workspace: its files as they are now, and its log."""
        from clew.questions.library import open_workspace

        return open_workspace(self.parts.folder)

    @property
    def secret(self) -> str:
        """The secret of the workspace, from which keys are derived."""
        return self.parts.settings.secret

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction for actions that leave their own row in the audit log."""
        with self.parts.database.write() as connection:
            yield connection

    @contextmanager
    def change(self, action: str, target: str, /, **detail: object) -> Iterator[Connection]:
        """A transaction that changes something, with its row in the audit log: both or neither.

        action  as "change source"; target what was changed, as "source:crm"; detail never holds a person's data
        """
        with self.write() as connection:
            yield connection
            record(connection, self.actor, action, object=target, detail=detail, now=self.now, secret=self.secret)

    def note_read(self, target: str, /, *, action: str = "read", **detail: object) -> None:
        """Note in the audit log that personal data were read, as "account:a-12" or "rejected:crm"."""
        with self.change(action, target, **detail):
            pass

    def page(self, template: str, /, *, status: int = 200, **values: Any) -> Response:
        """Draw a page from a template; how is the frame's matter (`Parts.kept[PAGE]`)."""
        draw: DrawPage = self.parts.kept[PAGE]
        return draw(self, template, values, status)

    def answer(self, value: Any, *, status: int = 200) -> Response:
        """Answer JSON."""
        from starlette.responses import JSONResponse

        return JSONResponse(value, status)

    def go(self, path: str) -> Response:
        """Send the browser on to a page, after a change."""
        from starlette.responses import RedirectResponse

        return RedirectResponse(path, 303)

    def having(self, request: Request, body: bytes, fields: Mapping[str, Sequence[str | UploadFile]]) -> Asked:
        """Return this with its body read."""
        return replace(self, request=request, body=body, fields=fields)

    @property
    def is_signed_in(self) -> bool:
        return self.actor is not NOBODY
