"""From words on the command line to a query, and from a query to its answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clew.clock import ALWAYS, NEVER, now, to_micros
from clew.errors import BadRequest
from clew.questions.model import Period, Query
from clew.questions.registry import Question

if TYPE_CHECKING:
    from clew.signals.sight import Sight

_SHORT_FILTERS = ("segment", "team", "channel", "stage")
_JOINED = " > "
_AS_OF = "Look at the log as it stood then: a date, or 'now'. Without it: at the latest event."
_VIEWS = tuple(to_micros(datetime(year, 1, 1, tzinfo=UTC)) for year in (1900, 3000))


def optional(flag: str, text: str, metavar: str | None = None) -> Any:
    """Describe an option that may be absent."""
    return typer.Option(flag, help=text, metavar=metavar, show_default=False)


AsOf = Annotated[str | None, optional("--as-of", _AS_OF, "DATE")]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print rows as CSV, raw: seconds, shares of 1, ISO times.")]


def read_query(question: Question, given: Mapping[str, Any], zone: str | None = None) -> Query:
    """Build the query of one command from what was typed; dates are read in the firm's zone. Raises BadRequest."""
    return Query(
        question=question.name,
        journey=given["journey"],
        by=tuple(given["by"] or ()),
        where=_where(given),
        period=_period(given["from_"], given["to"], zone),
        compare=_compare(given.get("compare")),
        finished_only=bool(given.get("finished_only")),
        options=_options(question, given),
        as_of=moment_asked(given["as_of"], zone, "as-of"),
        known_at=moment_asked(given["known_at"], zone, "known-at"),
    )


def _where(given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {name: (given[name],) for name in _SHORT_FILTERS if given[name] is not None}
    for text in given["where"] or ():
        name, equals, values = text.partition("=")
        if not equals or not name or not values:
            raise BadRequest(f"--where '{text}' is no filter; write it as --where origin=email or --where size=10,20")
        found[name] = (*found.get(name, ()), *values.split(","))
    return found


def _compare(text: str | None) -> tuple[str, str, str] | None:
    if text is None:
        return None
    name, _, groups = text.partition("=")
    first, comma, second = groups.partition(",")
    if not (name and first and comma and second) or "," in second or first == second:
        raise BadRequest(f"--compare '{text}' names no two groups; write it as --compare segment=small,mid-market")
    return name, first, second


def _options(question: Question, given: Mapping[str, Any]) -> dict[str, str]:
    found = {"least": str(given["least"])} if given["least"] is not None else {}
    for option in question.options:
        value = given[option.name.replace("-", "_")]
        if value in (None, False) or value == []:
            continue
        found[option.name] = "yes" if value is True else value if isinstance(value, str) else _JOINED.join(value)
    return found


def _period(start: str | None, end: str | None, zone: str | None) -> Period | None:
    if start is None and end is None:
        return None
    first, last = _instant(start, zone, "from"), _instant(end, zone, "to")
    if first is not None and last is not None and first >= last:
        raise BadRequest(f"--from {start} does not lie before --to {end}")
    label = " ".join(part for part in (f"from {start}" if start else "", f"before {end}" if end else "") if part)
    return Period(ALWAYS if first is None else first, NEVER if last is None else last, label)


def moment_asked(text: str | None, zone: str | None, name: str) -> int | None:
    """Read the moment that the option `name` gives, in the firm's zone; None where it was not. Raises BadRequest."""
    at = _instant(text, zone, name)
    if at is not None and not _VIEWS[0] <= at < _VIEWS[1]:
        raise BadRequest(f"--{name} '{text}' is no time to look from; allowed: the years 1900 to 2999, and 'now'")
    return at


def sight_asked(as_of: str | None) -> Sight:
    """Open the workspace here and look at its log as of the moment that was typed. Raises BadRequest, FileProblems."""
    from clew.questions.library import open_workspace
    from clew.signals.opening import open_sight

    workspace = open_workspace()
    return open_sight(workspace, moment_asked(as_of, workspace.firm.time_zone, "as-of"))


def _instant(text: str | None, zone: str | None, name: str) -> int | None:
    if text is None:
        return None
    if text == "now":
        return now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as cause:
        raise BadRequest(f"--{name} '{text}' is no date; write it as 2018-01-31 or 2018-01-31T12:00") from cause
    if moment.tzinfo is None:
        from zoneinfo import ZoneInfo

        moment = moment.replace(tzinfo=ZoneInfo(zone or "UTC"))
    return to_micros(moment)
