"""Do an act: written down with its row in the audit log, once; then wait a moment until it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clew.acts.model import Act
from clew.live.contexts.settled import Settled, settled
from clew.web.forgery import local_path
from clew.web.queries.acts import LONGEST_KEY, Done, Once, Overtaken, done_before, write_down

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

ONCE = "once"  # field of a form that makes it count once
_OF_A_FORM = 100  # characters of its key
_OF_THE_FRAME = frozenset({"csrf", "back", ONCE})
WAIT_S = 2.0  # a page waits so long for what it has just recorded
SAID: dict[Settled, str] = {Settled.WAITING: "act-waits", Settled.REFUSED: "act-refused"}


def do(asked: Asked, act: Act, once: Once, *, action: str, **detail: Any) -> Done:
    """Write an act down in one transaction with its row in the audit log; nothing where it was done before.

    detail  for the audit log; never a person's data
    Raises  Overtaken where somebody else was faster, KeyUsed
    """
    before = done_already(asked, once)
    if before is not None:
        return before
    try:
        with asked.change(action, audited(act.account), **detail) as connection:
            return write_down(connection, act, once, by=asked.actor, now=asked.now)
    except Overtaken:
        same = done_already(asked, once)  # one request, sent twice at one instant
        if same is None:
            raise
        return same


def done_already(asked: Asked, once: Once) -> Done | None:
    """Return what was done when the same request came before; None for a new one. Raises KeyUsed"""
    with asked.parts.database.read() as connection:
        return done_before(connection, asked.actor, once)


def form_once(asked: Asked) -> Once:
    """What makes a form happen once, however often it is sent; gone back to and filled in anew, it is another."""
    told = {name: asked.form(name) for name in asked.fields if name not in _OF_THE_FRAME}
    once = Once(asked.form(ONCE)[:_OF_A_FORM], {**told, "path": asked.request.url.path})
    return replace(once, key=f"{once.key} {once.digest}"[:LONGEST_KEY] if once.key else "")


def audited(thread: str) -> str:
    """Name an account as the audit log does."""
    return thread if thread.startswith("account:") else f"account:{thread}"


def go_on(asked: Asked, done: Done, path: str, *, said: str) -> Response:
    """Wait until the act shows, or a moment; then send the browser on to where its form says, else to a path.

    said  key of clew.web.frame.said where all went well
    """
    how = settled(asked.parts.database, done.act, wait_s=WAIT_S)
    back = local_path(asked.form("back")) if asked.form("back") else path
    before, _, query = back.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith("said=")]
    return asked.go(f"{before}?{'&'.join([*kept, f'said={SAID.get(how, said)}'])}#said")
