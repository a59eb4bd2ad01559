"""GET /sources: every source and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from clew.access.model import Permission
from clew.access.write_keys import all_keys
from clew.clock import DAY_US
from clew.live.rejected.queries import waiting_by_source
from clew.questions.words import counted
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.standing import SourceStanding, standings
from clew.web.queries.arrivals import counts_since, last_minutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


def all_standings(asked: Asked, connection: Connection) -> list[SourceStanding]:
    """Say how every source stands now."""
    return standings(
        workspace_of(asked.parts),
        keys=all_keys(connection),
        today=counts_since(connection, asked.now - DAY_US),
        ever=last_minutes(connection),
        waiting=waiting_by_source(connection),
        now=asked.now,
    )


def next_step(found: list[SourceStanding]) -> NextStep:
    """Mend a file, else bring a source to its first event, else connect one more."""
    faulty = next((source for source in found if source.problems), None)
    if faulty:
        says = f"The file of {faulty.name} holds {counted(len(faulty.problems), 'mistake')}."
        return NextStep(says, "Mend it", f"/sources/{faulty.name}", "bad")
    waiting = next((source for source in found if source.receives and source.state[0] == "waiting"), None)
    if waiting:
        says = f"Source {waiting.name}: {waiting.state[1]}."
        return NextStep(says, "Go on with it", f"/sources/{waiting.name}")
    if not any(source.receives for source in found):
        says = "No source receives events yet. Connect a tool that your firm already has."
        return NextStep(says, "Connect a source", "/sources/new")
    return NextStep("Every source receives or reads what it should.", "Connect one more", "/sources/new", "good")


def show(asked: Asked) -> Response:
    """The page."""
    with asked.parts.database.read() as connection:
        found = all_standings(asked, connection)
    others = [one for one in workspace_of(asked.parts).problems if not any(one in each.problems for each in found)]
    return asked.page("sources.html.j2", sources=found, next=next_step(found), updates=("arrived",), others=others)


ENDPOINTS = (Endpoint("/sources", ("GET",), Permission.CONNECT, show),)
