"""Who looks: what somebody is to the firm follows from role, teams and accounts, not from a setting."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clew.access.model import Permission, Role
from clew.journeys.model import Journey
from clew.web.pages.journeys.now import teams_of
from clew.web.queries.today import owned, owned_count, spellings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clew.firm.model import Firm
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace


@dataclass(frozen=True)
class Person:
    """Somebody at the start of a day.

    spelled   how sources and files may spell this person
    whose     restricts a statement to the accounts that are this person's own, `owns` how many there are
    stages    of one's teams: journey -> stages            journeys  that one owns, by name
    sees      single accounts                              leads     a journey owner: looks at all of them
    connects  looks after sources and tools
    """

    teams: frozenset[str]
    spelled: Sequence[str]
    whose: Any
    owns: int
    stages: Mapping[str, Collection[str]]
    journeys: Mapping[str, Journey]
    sees: bool
    leads: bool
    connects: bool

    @property
    def has_work(self) -> bool:
        """Whether anything is this person's: a team, an account, a journey."""
        return bool(self.teams or self.owns or self.journeys)


def person_of(asked: Asked, connection: Connection, workspace: Workspace) -> Person:
    """Work out who asks."""
    actor, journeys = asked.actor, {name: workspace.journey(name) for name in workspace.sound_journeys()}
    spelled = _spelled(spellings(connection, actor), workspace.firm)
    whose, leads = owned(connection, actor, spelled), actor.role is Role.OWNER
    own = {name: one for name, one in journeys.items() if {each.casefold() for each in one.owner.values()} & {*spelled}}
    return Person(
        teams=actor.teams,
        spelled=spelled,
        whose=whose,
        owns=owned_count(connection, whose),
        stages={name: _stages(one, actor.teams) for name, one in journeys.items()},
        journeys=own or (journeys if leads else {}),
        sees=asked.may(Permission.SEE_ACCOUNTS),
        leads=leads,
        connects=asked.may(Permission.CONNECT),
    )


def _spelled(known: Sequence[str], firm: Firm) -> Sequence[str]:
    """Names and addresses of a user, and the names of clew.yaml whose title is one of them; casefolded."""
    plain = {one.casefold() for one in known}
    plain |= {one.partition("@")[0] for one in plain if "@" in one}
    return sorted(plain | {name.casefold() for name, one in firm.people.items() if one.title.casefold() in plain})


def _stages(journey: Journey, teams: Collection[str]) -> Sequence[str]:
    return (
        [stage.name for stage in journey.stages if stage.team in teams] if set(teams_of(journey)) & set(teams) else []
    )
