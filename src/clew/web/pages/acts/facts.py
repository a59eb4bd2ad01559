"""What an act on an account is made from: who does it, what is known of the account, the words of the firm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from clew.access.model import Permission
from clew.accounts.persons import Record
from clew.acts.vocabulary import person
from clew.clock import to_datetime
from clew.config.store import STORE
from clew.context.model import Answer, Context, Header
from clew.context.roles import CommitteeRole
from clew.texts import gettext as _
from clew.web.frame.files import workspace_of
from clew.web.pages.accounts.committee import Committee, committee_of
from clew.web.pages.accounts.finding import Opened, opened
from clew.web.pages.accounts.log import meanings_of
from clew.web.queries.accounts import persons_of
from clew.web.queries.acts import strangers

if TYPE_CHECKING:
    from clew.access.model import Actor
    from clew.firm.model import Firm
    from clew.meanings.model import Meanings
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

Options = Sequence[tuple[str, str]]  # (value, words) each
MOST_TOPICS = 200


@dataclass(frozen=True)
class Facts:
    """An account that somebody acts on.

    persons    who its contacts are, nobody where the actor may not see it
    strangers  from an id or address to who is known by it at other accounts alone, which the actor may not see
    """

    account: Opened
    actor: Actor
    workspace: Workspace
    persons: Mapping[int, Record]
    now: int
    strangers: Callable[[str], Sequence[Record]]

    @property
    def thread(self) -> str:
        return self.account.thread

    @property
    def context(self) -> Context:
        """What is derived of it, nothing while that waits."""
        return self.account.context or Context(Header(self.thread, self.thread, (self.thread,)))

    @property
    def firm(self) -> Firm:
        return self.workspace.firm

    @property
    def meanings(self) -> Meanings:
        return meanings_of(self.workspace)

    @property
    def today(self) -> date:
        """The day in the zone of the firm."""
        return to_datetime(self.now).astimezone(ZoneInfo(self.firm.time_zone)).date()

    @property
    def committee(self) -> Committee:
        return committee_of(self.context, self.persons)

    @property
    def team(self) -> str:
        """The team for which the actor does it, as far as that can be guessed."""
        own = [team for team in self.firm.teams if team in self.actor.teams]
        owning = self.context.header.team or ""
        return owning if owning in own or not own else own[0]

    def teams(self) -> Options:
        return [(name, team.title) for name, team in self.firm.teams.items()]

    def contacts(self) -> Options:
        """The people of the account, each with what they are there."""
        return [(person(one.contact), _words(one.name, one.roles)) for one in self.committee.present]

    def topics(self) -> Sequence[str]:
        """Topics that were spoken of with this account, each in its first spelling."""
        found: dict[str, str] = {}
        for topic in self._topics():
            found.setdefault(topic.casefold(), topic)
        return sorted(found.values(), key=str.casefold)[:MOST_TOPICS]

    def _topics(self) -> Iterator[str]:
        context = self.context
        touches = (one.about for some in context.touches.values() for one in some)
        told = (*(one.topic for one in context.answers), *(one.topic for one in context.promises), *touches)
        yield from (topic for topic in told if topic)

    def known(self, topic: str) -> Sequence[Answer]:
        """What the customer told us on a topic and still counts as known, latest first."""
        wanted = topic.strip().casefold()
        told = [one for one in self.context.answers if one.topic.casefold() == wanted]
        return sorted((one for one in told if one.at <= self.now < one.until), key=lambda one: -one.at)


def facts_of(asked: Asked) -> Facts:
    """Find the account that the address names, and see that the actor may act on it. Raises Forbidden, NoSuchAccount"""
    return facts_on(asked, opened(asked))


def facts_on(asked: Asked, found: Opened) -> Facts:
    """The same for an account that was found already."""
    asked.require(Permission.ACT, found.team)
    numbers = {one.contact for one in found.context.memberships} if found.context else set()
    persons = persons_of(asked.parts.folder, numbers) if found.sees_persons else {}
    known = partial(_strangers, asked, found.thread)
    return Facts(found, asked.actor, workspace_of(asked.parts), persons, asked.now, known)


def _strangers(asked: Asked, thread: str, named: str) -> Sequence[Record]:
    with asked.parts.database.read() as connection:
        return strangers(connection, asked.actor, thread, named, store=asked.parts.folder / STORE)


def _words(name: str, roles: Sequence[str]) -> str:
    known = {role.value for role in CommitteeRole}
    told = ", ".join(_(role) if role in known else role for role in roles)
    return f"{name or _('a contact')} ({told})" if told else name or _("a contact")
