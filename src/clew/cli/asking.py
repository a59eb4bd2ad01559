"""From words on the command line to a query, and from a query to its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clew.clock import now
from clew.questions.model import Query
from clew.questions.reading import read_moment, read_query
from clew.questions.registry import Question

if TYPE_CHECKING:
    from clew.signals.sight import Sight

_AS_OF = "Look at the log as it stood then: a date, or 'now'. Without it: at the latest event."


def optional(flag: str, text: str, metavar: str | None = None) -> Any:
    """Describe an option that may be absent."""
    return typer.Option(flag, help=text, metavar=metavar, show_default=False)


AsOf = Annotated[str | None, optional("--as-of", _AS_OF, "DATE")]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print rows as CSV, raw: seconds, shares of 1, ISO times.")]


def query_asked(question: Question, given: Mapping[str, Any], zone: str | None = None) -> Query:
    """Build the query of one command from what was typed; dates are read in the firm's zone. Raises BadRequest."""
    return read_query(question, given, zone=zone, now=now())


def moment_asked(text: str | None, zone: str | None, name: str) -> int | None:
    """Read the moment that the option `name` gives, in the firm's zone; None where it was not. Raises BadRequest."""
    return read_moment(text, name, zone=zone, now=now())


def sight_asked(as_of: str | None) -> Sight:
    """Open the workspace here and look at its log as of the moment that was typed. Raises BadRequest, FileProblems."""
    from clew.questions.library import open_workspace
    from clew.signals.opening import open_sight

    workspace = open_workspace()
    return open_sight(workspace, moment_asked(as_of, workspace.firm.time_zone, "as-of"))
