"""POST /accounts/ID/merge: merge, split, take either back; then wait until it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.duplicates.deciding import merge, part, rejoin
from clew.errors import BadRequest
from clew.live.contexts.queries import account_named, find_account
from clew.live.contexts.settled import Settled, settled
from clew.live.fresh.merging import cut
from clew.web.addresses import address_of_account
from clew.web.endpoint import Endpoint
from clew.web.pages.merging.page import in_log

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

WAIT_S = 2.0  # a page waits so long for what it has just recorded
_NOT_YET = {Settled.WAITING: "act-waits", Settled.REFUSED: "act-refused"}


def act(asked: Asked) -> Response:
    """Do what the form says. Raises Forbidden, BadRequest, NoSuchAccount, NoSuchPair."""
    what = asked.form("do")
    if what not in _DOES:
        raise BadRequest(f"cannot do '{what[:40]}'; allowed: {', '.join(_DOES)}")
    with asked.parts.database.read() as connection:
        thread = account_named(connection, asked.path["account"])
    does, said = _DOES[what]
    number = does(asked, thread)
    how = settled(asked.parts.database, number, wait_s=WAIT_S)
    with asked.parts.database.read() as connection:
        shown = find_account(connection, thread) or thread
    return asked.go(f"{address_of_account(shown, 'merge')}?said={_NOT_YET.get(how, said)}#said")


def _merge(asked: Asked, thread: str) -> int:
    with asked.parts.database.read() as connection:
        other = account_named(connection, asked.form("with"))
    with asked.write() as connection:
        return merge(connection, thread, other, by=asked.actor, now=asked.now, secret=asked.secret)


def _split(asked: Asked, thread: str) -> int:
    pairs = cut(in_log(asked, thread).links, frozenset(asked.forms("apart")))
    with asked.write() as connection:
        return part(connection, thread, pairs, by=asked.actor, now=asked.now, secret=asked.secret)


def _undo(asked: Asked, thread: str) -> int:
    """Take back that ids are one account."""
    with asked.write() as connection:
        return part(connection, thread, _said(asked, thread), by=asked.actor, now=asked.now, secret=asked.secret)


def _again(asked: Asked, thread: str) -> int:
    """Take back that ids are not one account."""
    pairs = _said(asked, thread)
    with asked.write() as connection:
        return rejoin(connection, thread, pairs, by=asked.actor, now=asked.now, secret=asked.secret)


def _said(asked: Asked, thread: str) -> Sequence[tuple[str, str]]:
    """The pairs that the form names: those of which something is said here."""
    pairs = list(zip(asked.forms("left"), asked.forms("right"), strict=False))
    known = {frozenset((link.left, link.right)) for link in in_log(asked, thread).links}
    unknown = [pair for pair in pairs if frozenset(pair) not in known]
    if unknown or not pairs:
        left, right = unknown[0] if unknown else ("", "")
        raise BadRequest(f"nothing is said of '{left[:60]}' and '{right[:60]}' on this account")
    return pairs


_DOES: dict[str, tuple[Callable[[Asked, str], int], str]] = {
    "merge": (_merge, "accounts-merged"),
    "split": (_split, "accounts-parted"),
    "undo": (_undo, "accounts-parted"),
    "again": (_again, "accounts-merged"),
}

ENDPOINTS = (Endpoint("/accounts/{account:path}/merge", ("POST",), Permission.ACT, act),)
