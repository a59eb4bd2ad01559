"""Clocks that are about to run out, and those that have."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from clew.access.model import Permission
from clew.clock import DAY_US, to_micros
from clew.firm.model import Firm
from clew.journeys.model import Journey
from clew.journeys.reviews import Review, last_review
from clew.live.contexts.queries import teams_of_accounts
from clew.questions.stages import titled
from clew.texts import gettext as _
from clew.web.addresses import address_of_account, address_of_handoff, address_of_journey
from clew.web.frame.spans import clock_words, span_words
from clew.web.frame.times import relative
from clew.web.pages.today.model import MOST, Line, Section
from clew.web.pages.today.person import Person
from clew.web.queries.today import LONG_US, Clock, Some, limits, promises_due, returned_handoffs, waiting_handoffs
from clew.workspace.publications import latest_version

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

AHEAD_US = 2 * DAY_US  # a promise is a clock from so long before it is due


@dataclass(frozen=True)
class _Ticking:
    at: int
    line: Line


def clocks(asked: Asked, connection: Connection, who: Person, workspace: Workspace) -> Section:
    """Handoffs, promises, limits and reviews of a person; what is over first, then what runs out soonest."""
    teams, now = None if who.leads else who.teams, asked.now
    firm = workspace.firm
    handed = waiting_handoffs(connection, teams, now=now, limit=MOST)
    back = returned_handoffs(connection, teams, limit=MOST)
    promised = promises_due(
        connection, teams, spelled=who.spelled, is_mine=who.whose, now=now, until=now + AHEAD_US, limit=MOST
    )
    today = limits(connection, who.stages, since=now, until=now + DAY_US, limit=MOST)
    ticking = [
        *_handoffs(handed, firm, now),
        *_returned(back, firm, now),
        *_promises(asked, connection, promised, firm),
    ]
    ticking += [*_limits(today, workspace, now), *(reviews := list(_reviews(who, workspace, now)))]
    ticking.sort(key=lambda one: (one.at < now - LONG_US, one.at if one.at >= now - LONG_US else -one.at))
    total = handed.total + back.total + promised.total + today.total + len(reviews)
    return Section(
        "clocks",
        _("Clocks"),
        [one.line for one in ticking],
        total,
        _where(handed, promised, teams),
        calm=_("No clock runs out today: no handoff waits for you, no promise is due, no review is late."),
    )


def _where(handed: Some, promised: Some, teams: Collection[str] | None) -> str:
    """Where most of what is not shown stands."""
    if promised.total > handed.total:
        return "/promises" if teams is None else "/promises?mine=yes"
    return "/handoffs?state=sent" + (f"&team={quote(next(iter(teams)))}" if teams and len(teams) == 1 else "")


def _handoffs(found: Some, firm: Firm, now: int) -> Iterator[_Ticking]:
    for one in found.rows:
        says = _("%(source)s hands over to %(target)s.") % {
            "source": firm.team_title(one.source),
            "target": firm.team_title(one.team),
        }
        left = clock_words(firm.calendar_of(one.team), one.at, now) if one.at != one.made else _("no limit")
        href = address_of_handoff(one.thread, one.id)
        yield _ticking(one, _("Handoff"), says, now, left=left, do=_("Take it over"), href=href)


def _returned(found: Some, firm: Firm, now: int) -> Iterator[_Ticking]:
    for one in found.rows:
        words = {"source": firm.team_title(one.source), "target": firm.team_title(one.team)}
        says = _("%(target)s returned what %(source)s handed over: something is missing.") % words
        href, since = address_of_handoff(one.thread, one.id), relative(one.at, now)
        yield _ticking(one, _("Returned"), says, now, left=since, do=_("Complete it"), href=href)


def _promises(asked: Asked, connection: Connection, found: Some, firm: Firm) -> Iterator[_Ticking]:
    """By their own words where the reader may know them, leading to the act where the reader may do it."""
    teams = teams_of_accounts(connection, {one.thread for one in found.rows})
    for one in found.rows:
        team = teams[one.thread]
        words = {"says": one.says, "team": firm.team_title(one.team) or _("nobody known")}
        says = _("“%(says)s”, promised by %(team)s.") % words
        if not one.says or not asked.may(Permission.SEE_PERSONS, team):
            topic = one.what[:1].upper() + one.what[1:] or _("Something")
            says = _("%(topic)s, promised by %(team)s.") % {"topic": topic, "team": words["team"]}
        left = clock_words(firm.calendar_of(one.team), one.at, asked.now)
        do, href = _("See it"), address_of_account(one.thread) + "#promises"
        if asked.may(Permission.ACT, team):
            do, href = _("Keep it"), "/promises?" + urlencode({"of": "waiting", "q": one.name})
        yield _ticking(one, _("Promise"), says, asked.now, left=left, do=do, href=href)


def _limits(found: Some, workspace: Workspace, now: int) -> Iterator[_Ticking]:
    for one in found.rows:
        journey = workspace.journey(one.id)
        stage = next((each for each in journey.stages if each.name == one.what), None)
        says = _("Its time in %(stage)s runs out (%(journey)s).") % {
            "stage": titled(stage) if stage else one.what,
            "journey": journey.title or journey.name,
        }
        left = clock_words(workspace.firm.calendar_of(stage.team if stage else None), one.at, now)
        href = address_of_account(one.thread) + "#track"
        yield _ticking(one, _("Limit"), says, now, left=left, do=_("Move it on"), href=href)


def _reviews(who: Person, workspace: Workspace, now: int) -> Iterator[_Ticking]:
    for name, review in overdue_reviews(who, workspace, now).items():
        journey = workspace.journey(name)
        since = review.age - review.every.micros
        says = _("It is to be reviewed every %(every)s.") % {"every": review.every}
        left = _("%(span)s over") % {"span": span_words(since)}
        where, title = address_of_journey(name), journey.title or name
        line = Line("late", _("Review"), says, where, title, left, _("Look at it"), where, over=True)
        yield _Ticking(now - since, line)


def overdue_reviews(who: Person, workspace: Workspace, now: int) -> dict[str, Review]:
    """Reviews of one's journeys that the file promises and that are overdue, by journey."""
    found = {name: _review(workspace, journey, now) for name, journey in who.journeys.items()}
    return {name: one for name, one in found.items() if one is not None and one.promised and not one.in_time}


def _review(workspace: Workspace, journey: Journey, now: int) -> Review | None:
    latest = latest_version(workspace, journey.name)
    return last_review(journey, now, workspace.firm.time_zone, to_micros(latest.at) if latest else None)


def _ticking(one: Clock, word: str, says: str, now: int, *, left: str, do: str, href: str) -> _Ticking:
    over = one.at < now
    where = address_of_account(one.thread)
    return _Ticking(one.at, Line("late" if over else "waiting", word, says, where, one.name, left, do, href, over=over))
