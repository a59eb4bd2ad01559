"""Which account a page is about, and what of it somebody may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.access.policy import AccountTeam
from clew.context.model import Context
from clew.live.contexts.queries import NoSuchAccount, account_team, context_of, find_account
from clew.web.addresses import address_of_account
from clew.web.queries.runs import runs_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


@dataclass(frozen=True)
class Opened:
    """An account that somebody looks at.

    context       None while nothing is derived of it
    sees_persons  names of contacts, and what was said        may_act  promises, notes, hands off
    """

    thread: str
    context: Context | None
    team: AccountTeam
    sees_persons: bool
    may_act: bool

    @property
    def address(self) -> str:
        """Of its page."""
        return address_of_account(self.thread)


def opened(asked: Asked) -> Opened:
    """Find the account that the address names by any of its ids. Raises NoSuchAccount."""
    named = asked.path["account"]
    with asked.parts.database.read() as connection:
        thread = find_account(connection, named)
        if thread is None and runs_of(connection, named):  # nothing is derived of it yet
            thread = named
        if thread is None:
            raise NoSuchAccount(named)
        context, team = context_of(connection, thread), account_team(connection, thread)
    sees, acts = asked.may(Permission.SEE_PERSONS, team), asked.may(Permission.ACT, team)
    return Opened(thread, context, team, sees, acts)


def elsewhere(asked: Asked, found: Opened, page: str = "") -> Response | None:
    """Send on to the account's own address where another of its ids was asked for."""
    from starlette.responses import RedirectResponse

    if asked.path["account"] == found.thread:
        return None
    query = asked.request.url.query
    return RedirectResponse(address_of_account(found.thread, page) + (f"?{query}" if query else ""), 307)
