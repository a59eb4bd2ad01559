"""The list of a journey's runs: filtered, sorted and cut in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, Row, case, cast, func, select

from clew.clock import DAY_US
from clew.db.spelling import all_within
from clew.db.tables import account, run
from clew.web.queries.stalled import LIMITS, WITH_ACCOUNT, Norming, Places, in_places, stalls_at

STATES = ("open", "stalled", "ended")


@dataclass(frozen=True)
class RunsWanted:
    """Which runs of a journey, in which order.

    state    open | stalled | ended, "" for all          stage    "" for all; NO_STAGE: before any
    outcome  name of an end                              places   where they must stand, None: anywhere
    text     words of the account's name or id            sort     account | stage | since | over | value | weight
    """

    journey: str
    now: int
    norming: Norming = LIMITS
    state: str = ""
    stage: str = ""
    outcome: str = ""
    segment: str = ""
    places: Sequence[Places] = ()
    text: str = ""
    sort: str = "weight"
    falls: bool = True


NO_STAGE = "(before)"


def count_runs(connection: Connection, wanted: RunsWanted) -> int:
    """Count them."""
    asked = select(func.count()).select_from(WITH_ACCOUNT).where(*_conditions(wanted))
    return int(connection.execute(asked).scalar_one())


def listed_runs(connection: Connection, wanted: RunsWanted, *, first: int, limit: int) -> Sequence[Row[Any]]:
    """Return rows of `run` with name, segment and team of the account, and `stalls_at`.

    What has no value to sort by comes last; of equals, those first that stand longest beyond their norm.
    """
    at = stalls_at(wanted.norming)
    by = _sorted_by(wanted)
    order = (
        by.is_(None),
        by.desc() if wanted.falls else by,
        at.is_(None),
        at,
        run.c.thread,
        run.c.subject,
        run.c.number,
    )
    asked = (
        select(run, account.c.name, account.c.segment, account.c.team, at.label("stalls_at"))
        .select_from(WITH_ACCOUNT)
        .where(*_conditions(wanted))
        .order_by(*order)
    )
    return connection.execute(asked.offset(first).limit(limit)).all()


def _conditions(wanted: RunsWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [run.c.journey == wanted.journey]
    if wanted.state:
        found.append(run.c.ended_at.is_not(None) if wanted.state == "ended" else run.c.ended_at.is_(None))
    if wanted.state == "stalled":
        found.append(stalls_at(wanted.norming) <= wanted.now)
    if wanted.stage:
        found.append(run.c.stage.is_(None) if wanted.stage == NO_STAGE else run.c.stage == wanted.stage)
    given = {run.c.outcome: wanted.outcome, account.c.segment: wanted.segment}
    found += [column == value for column, value in given.items() if value]
    found += [in_places(places) for places in wanted.places]
    if wanted.text:
        found.append(all_within(wanted.text, account.c.name, run.c.thread))
    return found


def _sorted_by(wanted: RunsWanted) -> ColumnElement[Any]:
    over = cast(wanted.now - stalls_at(wanted.norming), Float) / DAY_US
    is_open = run.c.ended_at.is_(None)
    columns: Mapping[str, ColumnElement[Any]] = {
        "account": func.lower(func.coalesce(account.c.name, run.c.thread)),
        "stage": run.c.stage,
        "since": func.coalesce(run.c.ended_at, run.c.entered_at),
        "over": _where(is_open, over),
        "value": run.c.value,
        "weight": _where(is_open, cast(func.coalesce(run.c.value, 0), Float) / 1_000_000 * over),
    }
    return columns[wanted.sort]


def _where(condition: ColumnElement[bool], value: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((condition, value))
