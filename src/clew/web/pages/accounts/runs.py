"""The runs of an account, and what happened to them, as it was learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.live.contexts.queries import NoSuchAccount
from clew.web.addresses import address_of_account
from clew.web.analytics.naming import names_of
from clew.web.frame.files import workspace_of
from clew.web.pages.accounts.finding import elsewhere, opened
from clew.web.queries.runs import runs_of, transitions_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


def show(asked: Asked) -> Response:
    """The page."""
    found = opened(asked)
    if sent := elsewhere(asked, found, "runs"):
        return sent
    thread, context = found.thread, found.context
    with asked.parts.database.read() as connection:
        runs, moves = runs_of(connection, thread), transitions_of(connection, thread)
    if not runs and context is None:
        raise NoSuchAccount(thread)
    workspace = workspace_of(asked.parts)
    names = {thread: context.header.name} if context else names_of(asked, {thread})
    return asked.page(
        "account_runs.html.j2",
        thread=thread,
        address=address_of_account(thread) if context else "",
        names=names,
        runs=runs,
        moves=moves,
        journeys=workspace.journeys,
        currency=workspace.firm.currency,
        updates=("runs",),
    )
