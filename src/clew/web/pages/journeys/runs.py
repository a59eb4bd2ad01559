"""The runs behind the figures of a journey: one list, filtered, sorted, cut and exported as every list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.clock import DAY_US
from clew.errors import UnknownName
from clew.firm.model import Firm
from clew.journeys.model import Journey
from clew.questions.stages import team_of, titled, waiting_on
from clew.questions.words import iso
from clew.reports.plan import team_title
from clew.reports.words import money
from clew.texts import gettext as _
from clew.web.addresses import address_of_account
from clew.web.analytics.naming import called, names_of
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.lists import Column, Filter, Listing, Page, Wanted, exported, wanted_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.journeys.now import MICRO, norming_of, places, side_words, teams_of, waits_on
from clew.web.queries.runs_list import NO_STAGE, STATES, RunsWanted, count_runs, listed_runs
from clew.workspace.succession import in_force

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

EXPORTED = (
    "account", "name", "subject", "stage", "state", "outcome", "since", "norm_reached", "days_over", "waiting_on",
    "team", "segment", "value", "account_team", "started",
)  # fmt: skip


@dataclass(frozen=True)
class RunRow:
    """One run as the list shows it.

    over    days beyond its norm, below 0 where there is time left; None without a norm, or ended
    waits   on whom, "" where it has ended          team  that answers for its stage
    value   units of the firm's currency
    """

    row: Any
    stage: str
    state: tuple[str, str]
    over: float | None
    waits: str
    team: str
    value: float | None


def listing_of(journey: Journey, firm: Firm) -> Listing:
    """Declare the list of one journey's runs."""
    columns = (
        Column("account", _("Account")),
        Column("stage", _("Stage")),
        Column("since", _("Since")),
        Column("over", _("Over the norm"), "num", rises=False),
        Column("waits", _("Waiting on"), sorts=False),
        Column("value", _("Value"), "num", rises=False),
        Column("weight", _("Value × days over"), "num", rises=False),
        Column("team", _("Team"), sorts=False),
    )
    states = {"open": _("open"), "stalled": _("open and stalled"), "ended": _("ended")}
    stages = [(NO_STAGE, _("before any stage")), *((stage.name, titled(stage)) for stage in journey.stages)]
    filters = (
        Filter("stage", _("Stage"), stages),
        Filter("state", _("State"), [(name, states[name]) for name in STATES]),
        Filter("segment", _("Segment"), [(name, name) for name in firm.segments]),
        Filter("team", _("Team"), [(name, team_title(name, firm)) for name in teams_of(journey)]),
        Filter("waits", _("Waiting on"), [(side, side_words(side)) for side in waits_on(journey)]),
    )
    return Listing(columns, filters, sort="-weight", search=_("Account"))


def show(asked: Asked) -> Response:
    """The page, or the list as a file."""
    workspace, name = workspace_of(asked.parts), asked.path["journey"]
    if name not in workspace.journeys:
        raise UnknownName("journey", name, workspace.journeys)
    journey, firm = in_force(workspace, name).journey, workspace.firm
    listing = listing_of(journey, firm)
    wanted = wanted_of(asked, listing)
    asks = runs_wanted(asked, journey, wanted)
    with asked.parts.database.read() as connection:
        total = count_runs(connection, asks)
        found = listed_runs(connection, asks, first=wanted.first, limit=wanted.limit)
    rows = [run_row(row, journey, firm, asked.now) for row in found]
    names = names_of(asked, {one.row.thread for one in rows if not one.row.name})
    if wanted.form:
        return exported(asked, f"{name}-runs", EXPORTED, _exported(rows, names), wanted.form)
    return asked.page(
        "journey_runs.html.j2",
        journey=journey,
        listing=listing,
        page=Page(rows, wanted, total, wanted.first + len(rows) < total),
        names={**names, **{one.row.thread: one.row.name for one in rows if one.row.name}},
        currency=firm.currency,
        next=_next_step(rows, wanted, names, firm.currency),
        updates=("runs",),
    )


def runs_wanted(asked: Asked, journey: Journey, wanted: Wanted) -> RunsWanted:
    """What the database is asked for a list."""
    chosen = wanted.filters
    where = [places(journey, waits=chosen["waits"])] if "waits" in chosen else []
    where += [places(journey, team=chosen["team"])] if "team" in chosen else []
    return RunsWanted(
        journey=journey.name,
        now=asked.now,
        norming=norming_of(asked, journey),
        state=chosen.get("state", ""),
        stage=chosen.get("stage", ""),
        segment=chosen.get("segment", ""),
        places=where,
        text=wanted.text,
        sort=wanted.sort,
        falls=wanted.falls,
    )


def run_row(row: Any, journey: Journey, firm: Firm, now: int) -> RunRow:
    """Put a row of the live state into words."""
    place = next((at for at, stage in enumerate(journey.stages) if stage.name == row.stage), None)
    variant = next((at for at, one in enumerate(journey.variants) if one.name == row.variant), -1)
    is_open = row.ended_at is None
    over = (now - row.stalls_at) / DAY_US if is_open and row.stalls_at is not None else None
    return RunRow(
        row=row,
        stage=_stage(journey, place, row.stage),
        state=_state(row, over),
        over=over,
        waits=side_words(waiting_on(journey, variant, place)) if is_open and place is not None else "",
        team=team_title(team_of(journey, variant, place), firm) if place is not None else "",
        value=None if row.value is None else row.value / MICRO,
    )


def _stage(journey: Journey, place: int | None, name: str | None) -> str:
    return titled(journey.stages[place]) if place is not None else name or _("before any stage")


def _state(row: Any, over: float | None) -> tuple[str, str]:
    if row.ended_at is not None:
        return "none", row.outcome or _("ended")
    return (
        ("late", _("stalled"))
        if over is not None and over >= 0
        else ("good", _("in time") if over is not None else _("open"))
    )


def _next_step(rows: Sequence[RunRow], wanted: Wanted, names: Mapping[str, str], currency: str) -> NextStep | None:
    """The run at the head of the list that is stalled is where to begin."""
    first = next((one for one in rows if one.over is not None and one.over > 0), None)
    if wanted.page > 1 or first is None:
        return None
    who = first.row.name or called(first.row.thread, names)
    worth = _(", worth %(money)s") % {"money": money(first.value, currency)} if first.value else ""
    says = _("Begin with %(who)s%(worth)s: %(days)s days beyond the norm in %(stage)s, waiting on %(whom)s.")
    told = {
        "who": who,
        "worth": worth,
        "days": f"{first.over:,.1f}",
        "stage": first.stage,
        "whom": first.waits or _("us"),
    }
    return NextStep(says % told, _("Open the account"), address_of_account(first.row.thread), "late")


def _exported(rows: Sequence[RunRow], names: Mapping[str, str]) -> Iterator[Sequence[Any]]:
    for one in rows:
        row = one.row
        over = None if one.over is None else round(one.over, 2)
        who = (row.thread, row.name or names.get(row.thread, ""), row.subject)
        stands = (row.stage or "", one.state[1], row.outcome or "", _instant(row.ended_at or row.entered_at))
        yield (
            *who, *stands, _instant(row.stalls_at), over, one.waits, one.team, row.segment or "", one.value,
            row.team or "", _instant(row.started_at),
        )  # fmt: skip


def _instant(at: int | None) -> str:
    return "" if at is None else iso(at / MICRO)


ENDPOINTS = (Endpoint("/journeys/{journey}/runs", ("GET",), Permission.SEE_ACCOUNTS, show),)
