"""GET /: what waits for whoever asks, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clew.access.model import Permission, Role
from clew.access.policy import may_see_figure
from clew.clock import DAY_US
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.firm.verdict import Verdict, verdict_of
from clew.web.pages.firm.verdict import next_step as firm_step
from clew.web.pages.today.clocks import clocks
from clew.web.pages.today.model import Section, cut
from clew.web.pages.today.noticed import new_since_yesterday, own_accounts
from clew.web.pages.today.person import Person, person_of
from clew.web.pages.today.standing import journeys_at_stake, slipped
from clew.web.pages.today.system import pipes
from clew.web.queries.today import Changes, changes

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.responses import Response

    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace


@dataclass(frozen=True)
class Today:
    """The page's content.

    tends     looks after sources and tools, and nothing else waits
    sections  in the order in which they are shown        changed  what changed because of us, as sentences
    """

    who: Person
    tends: bool
    sections: Sequence[Section]
    changed: Sequence[str]


def show(asked: Asked) -> Response:
    """The page."""
    workspace = workspace_of(asked.parts)
    with asked.parts.database.read() as connection:
        who = person_of(asked, connection, workspace)
        found = list(_sections(asked, connection, who, workspace))
        verdict = None if who.sees else verdict_of(connection, asked.actor)
        changed = changes(connection, asked.now - DAY_US, _good(workspace))
    today = Today(who, _tends(asked, who), cut(found), list(_changed(asked, changed)))
    return asked.page(
        "today.html.j2",
        today=today,
        next=next_step(today) if who.sees else _verdict(verdict),
        updates=("contexts", "runs", "signals"),
    )


def _sections(asked: Asked, connection: Connection, who: Person, workspace: Workspace) -> Iterator[Section]:
    """What there is for somebody, in the order in which it matters to this somebody."""
    if _tends(asked, who):
        yield pipes(asked, connection, workspace)
    if who.sees and (who.has_work or who.leads):
        yield clocks(asked, connection, who, workspace)
    if not who.sees or who.leads:
        yield journeys_at_stake(asked, connection, who, workspace)
    if who.sees:
        yield new_since_yesterday(connection, who, asked.now)
        yield from own_accounts(connection, who, workspace.firm, asked.now)
        yield slipped(connection, who, workspace, asked.now)


def _tends(asked: Asked, who: Person) -> bool:
    return asked.actor.role is Role.ADMIN and not who.has_work


def next_step(today: Today) -> NextStep:
    """The first line that there is; who has nothing to do learns why."""
    for section in today.sections:
        for line in section.lines:
            whose, left = (
                f"{line.name}: " if line.name else "",
                line.left and f" {line.left[:1].upper()}{line.left[1:]}.",
            )
            return NextStep(f"{whose}{line.says}{left}", line.do or _("Open it"), line.href or line.where, line.kind)
    if today.who.sees and not today.who.has_work and not today.tends:
        return NextStep(_("Nothing is yours yet: you are in no team and own no account."), kind="none")
    return NextStep(_("Nothing waits for you today."), kind="good")


def _verdict(found: Verdict | None) -> NextStep:
    """For who sees no single account: whether the firm needs this, and where the board's page is."""
    step = firm_step(found, may_edit=False)
    return NextStep(step.says, _("See how the firm stands"), "/firm", step.kind)


def _good(workspace: Workspace) -> dict[str, Sequence[str]]:
    journeys = {name: workspace.journey(name) for name in workspace.sound_journeys()}
    return {name: [end.name for end in one.ends if end.good] for name, one in journeys.items()}


def _changed(asked: Asked, found: Changes) -> Iterator[str]:
    """What changed since yesterday because of us, as far as the actor may know it."""
    if found.kept and may_see_figure(asked.actor, found.kept_accounts):
        yield ngettext("%(count)d promise was kept", "%(count)d promises were kept", found.kept) % {"count": found.kept}
    if found.accepted and may_see_figure(asked.actor, found.accepted_accounts):
        words = ngettext("%(count)d handoff was taken over", "%(count)d handoffs were taken over", found.accepted)
        yield words % {"count": found.accepted}
    if found.ended and may_see_figure(asked.actor, found.ended_accounts):
        yield ngettext("%(count)d run ended well", "%(count)d runs ended well", found.ended) % {"count": found.ended}


ENDPOINTS = (Endpoint("/", ("GET",), Permission.SEE, show),)
