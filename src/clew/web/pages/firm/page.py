"""GET /firm: what goes into a board pack, on one page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from clew.access.model import Permission
from clew.clock import DAY_US
from clew.reports.rulers import ruler
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.pages.firm.cells import MICRO, Cell, Row, amount, row
from clew.web.pages.firm.verdict import next_step, verdict_of
from clew.web.pages.journeys.now import live_of
from clew.web.queries.accounts_list import RENEWS_WITHIN_DAYS
from clew.web.queries.firm import GroupRow, RenewalClass, beyond_limits, by_segment, by_team, renewals_by_class
from clew.web.queries.journeys import JourneyNow
from clew.web.queries.runs import ended_since

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.responses import Response

    from clew.firm.model import Firm
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

MOST_WATCHED = 8


@dataclass(frozen=True)
class Stalled:
    """A journey with what is stalled in it; width: of its bar, 0..100 to the scale of the largest."""

    name: str
    title: str
    open: str
    late: str
    stake: str
    width: float


def show(asked: Asked) -> Response:
    """The page."""
    workspace = workspace_of(asked.parts)
    firm, sees = workspace.firm, asked.may(Permission.SEE_ACCOUNTS)
    with asked.parts.database.read() as connection:
        found = verdict_of(connection, asked.actor)
        live = _live(asked, connection, workspace)
        together = _together(asked, connection, live)
        classes = renewals_by_class(connection, asked.actor, asked.now, RENEWS_WITHIN_DAYS * DAY_US)
        segments = by_segment(connection, asked.actor, asked.now)
        teams = by_team(connection, asked.actor, asked.now, _teams(workspace))
    return asked.page(
        "firm.html.j2",
        verdict=found,
        watched=[] if found is None else found.thresholds[:MOST_WATCHED],
        ruler=lambda one, key: ruler(one.watched.ruler, key, firm.currency),
        stalled=list(_stalled(live, workspace)),
        together=together,
        renewals=[_renewal(one, sees=sees) for one in classes],
        days=RENEWS_WITHIN_DAYS,
        practices=[_practice(one, sees=sees) for one in segments],
        teams=[_team(one, firm, sees=sees) for one in teams],
        gaps=list(_gaps(segments, teams)),
        currency=firm.currency,
        next=next_step(found, may_edit=asked.may(Permission.EDIT_JOURNEYS)),
        updates=("contexts", "signals"),
    )


def _live(asked: Asked, connection: Connection, workspace: Workspace) -> Mapping[str, JourneyNow]:
    ended = ended_since(connection, asked.now - DAY_US)
    return {name: live_of(asked, connection, name, ended).now for name in workspace.sound_journeys()}


def _stalled(live: Mapping[str, JourneyNow], workspace: Workspace) -> Iterator[Stalled]:
    most = max((one.at_stake for one in live.values()), default=0)
    for name, one in sorted(live.items(), key=lambda pair: (-pair[1].at_stake, -pair[1].figures.late.least, pair[0])):
        stake = f"{one.at_stake / MICRO:,.0f}" if one.at_stake else "–"
        yield Stalled(
            name,
            workspace.journey(name).title or name,
            _total(one.figures.open.least, whole=one.figures.open.whole),
            _total(one.figures.late.least, whole=one.figures.late.whole),
            stake,
            100 * one.at_stake / most if most else 0.0,
        )


def _together(asked: Asked, connection: Connection, live: Mapping[str, JourneyNow]) -> str:
    """What stands beyond its limit in the whole firm, in a sentence; "" where that would tell of few accounts."""
    shown = {
        (name, stage) for name, one in live.items() for stage, told in one.stages.items() if told.stalled is not None
    }
    found = beyond_limits(connection, asked.actor, shown, asked.now)
    if found is None:
        return ""
    words = ngettext(
        "Together %(value)s %(currency)s of %(count)s account, in %(runs)s runs beyond the owners' limits.",
        "Together %(value)s %(currency)s of %(count)s accounts, in %(runs)s runs beyond the owners' limits.",
        found.accounts,
    )
    currency = workspace_of(asked.parts).firm.currency
    value = f"{found.value / MICRO:,.0f}"
    return words % {"value": value, "currency": currency, "count": f"{found.accounts:,}", "runs": f"{found.runs:,}"}


def _total(least: int, *, whole: bool) -> str:
    if whole:
        return f"{least:,}"
    return _("at least %(count)s") % {"count": f"{least:,}"} if least else _("few")


def _teams(workspace: Workspace) -> Mapping[tuple[str, str], str]:
    """Which team answers for which stage of which journey."""
    journeys = {name: workspace.journey(name) for name in workspace.sound_journeys()}
    return {(name, stage.name): stage.team for name, one in journeys.items() for stage in one.stages if stage.team}


def _renewal(one: RenewalClass, *, sees: bool) -> tuple[str, Cell, Cell, str]:
    words = {
        "silent": _("gone silent"),
        "trouble": _("something was noticed in 90 days"),
        "ready": _("ready for more, and nobody called"),
        "nothing": _("nothing was noticed"),
    }
    href = "/accounts?" + urlencode({"renewal": "soon", "sort": "renewal"}) if sees else ""
    return words[one.name], amount(one.accounts), amount(one.revenue, money=True), href


def _practice(one: GroupRow, *, sees: bool) -> Row:
    href = "/accounts?" + urlencode({"segment": one.name}) if sees and one.name else ""
    return row(one, one.name or _("in no segment"), href)


def _team(one: GroupRow, firm: Firm, *, sees: bool) -> Row:
    title = firm.team_title(one.name) or _("no team")
    return row(one, title, "/accounts?" + urlencode({"team": one.name}) if sees and one.name else "")


def _gaps(segments: Sequence[GroupRow], teams: Sequence[GroupRow]) -> Iterator[str]:
    """What the tables do not see, in sentences."""
    whole = [one.accounts.value for one in segments]
    known = [one.revenue.accounts for one in segments if one.revenue.value is not None]
    if None not in whole and len(known) == len(segments):
        total = sum(one or 0 for one in whole)
        if total > sum(known):
            words = {"known": f"{sum(known):,}", "total": f"{total:,}"}
            yield _("The revenue of %(known)s of %(total)s customers is known.") % words
    for rows, says in (
        (segments, _("%(count)s customers are in no segment.")),
        (teams, _("%(count)s customers have no team.")),
    ):
        nobody = next((one for one in rows if one.name is None), None)
        if nobody is not None and nobody.accounts.value:
            yield says % {"count": f"{nobody.accounts.value:,}"}


ENDPOINTS = (Endpoint("/firm", ("GET",), Permission.SEE, show),)
