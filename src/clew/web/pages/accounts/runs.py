"""An account: its runs, and what happened to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.errors import ClewError
from clew.web.analytics.naming import names_of
from clew.web.frame.files import workspace_of
from clew.web.queries.runs import runs_of, transitions_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


class NoSuchAccount(ClewError):
    """No account of this name has runs."""

    code = "unknown-account"


def show(asked: Asked) -> Response:
    """The page."""
    thread = asked.path["account"]
    with asked.parts.database.read() as connection:
        runs, moves = runs_of(connection, thread), transitions_of(connection, thread)
    if not runs:
        raise NoSuchAccount(f"there is no account '{thread}' with runs; journeys and their stages list those there are")
    workspace = workspace_of(asked.parts)
    return asked.page(
        "account_runs.html.j2",
        thread=thread,
        names=names_of(asked, {thread}),
        runs=runs,
        moves=moves,
        journeys=workspace.journeys,
        currency=workspace.firm.currency,
        updates=("runs",),
    )

