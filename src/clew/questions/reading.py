"""From words to a query: what was typed on a command line, written into a form, or sent in an address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from clew.clock import ALWAYS, NEVER, to_micros
from clew.errors import BadRequest
from clew.questions.model import Period, Query
from clew.questions.registry import Question

SHORT_FILTERS = ("segment", "team", "channel", "stage")
_JOINED = " > "
_VIEWS = tuple(to_micros(datetime(year, 1, 1, tzinfo=UTC)) for year in (1900, 3000))


def read_query(question: Question, given: Mapping[str, Any], *, zone: str | None, now: int) -> Query:
    """Build the query of one question from what was given.

    given   by parameter: journey, segment, team, channel, stage, from_, to, as_of, known_at, least, compare (text or
            None), by, where (lists or None), finished_only, and each option of the question, "-" written "_"
    zone    of the firm, in which dates are read; None: UTC
    now     microseconds UTC: what the word "now" means
    Raises  BadRequest
    """
    return Query(
        question=question.name,
        journey=given["journey"],
        by=tuple(given["by"] or ()),
        where=_where(given),
        period=_period(given["from_"], given["to"], zone, now),
        compare=_compare(given.get("compare")),
        finished_only=bool(given.get("finished_only")),
        options=_options(question, given),
        as_of=read_moment(given["as_of"], "as-of", zone=zone, now=now),
        known_at=read_moment(given["known_at"], "known-at", zone=zone, now=now),
    )


def _where(given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {name: (given[name],) for name in SHORT_FILTERS if given[name] is not None}
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


def _period(start: str | None, end: str | None, zone: str | None, now: int) -> Period | None:
    if start is None and end is None:
        return None
    first, last = _instant(start, zone, now, "from"), _instant(end, zone, now, "to")
    if first is not None and last is not None and first >= last:
        raise BadRequest(f"--from {start} does not lie before --to {end}")
    label = " ".join(part for part in (f"from {start}" if start else "", f"before {end}" if end else "") if part)
    return Period(ALWAYS if first is None else first, NEVER if last is None else last, label)


def read_moment(text: str | None, name: str, *, zone: str | None, now: int) -> int | None:
    """Read the moment that the option `name` gives, in the firm's zone; None where it was not. Raises BadRequest."""
    at = _instant(text, zone, now, name)
    if at is not None and not _VIEWS[0] <= at < _VIEWS[1]:
        raise BadRequest(f"--{name} '{text}' is no time to look from; allowed: the years 1900 to 2999, and 'now'")
    return at


def _instant(text: str | None, zone: str | None, now: int, name: str) -> int | None:
    if text is None:
        return None
    if text == "now":
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as cause:
        raise BadRequest(f"--{name} '{text}' is no date; write it as 2018-01-31 or 2018-01-31T12:00") from cause
    if moment.tzinfo is None:
        from zoneinfo import ZoneInfo

        moment = moment.replace(tzinfo=ZoneInfo(zone or "UTC"))
    return to_micros(moment)
