"""From what was told to the act that says it; what is wrong is told field by field, and nothing is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from clew.access.model import Permission
from clew.access.policy import may
from clew.acts import vocabulary
from clew.acts.model import Act
from clew.acts.vocabulary import PERSON, person
from clew.clock import to_micros
from clew.conditions.happening import event_names
from clew.context import vocabulary as words
from clew.context.attributes import OWNERS, TEAMS
from clew.context.model import Answer
from clew.context.roles import CommitteeRole
from clew.errors import ClewError
from clew.texts import gettext as _
from clew.web.pages.acts.facts import Facts
from clew.web.pages.acts.told import Told

LONGEST_NAME = 200  # characters of a topic, an event, an address, as clew.acts.recording takes them
Making = Callable[[Facts, Told], Act]


class AlreadyAnswered(ClewError):
    """The customer told us this already."""

    code = "already-answered"

    def __init__(self, topic: str, answers: Sequence[Answer]) -> None:
        self.topic, self.answers = topic, answers
        super().__init__(
            f"the customer told us about '{topic[:80]}' already; read the answer, or ask all the same: still is true"
        )


def promise(facts: Facts, told: Told) -> Act:
    """Read says, due, topic, contact, contact_name, team, id."""
    says = told.text("says", needed=_("Say what was promised."))
    due = told.day("due")
    if due is not None and due < facts.today:
        told.wrong["due"] = _("%(day)s is over; a promise is due today or later.") % {"day": due.isoformat()}
    topic, contact, team = _topic(told), _contact(facts, told), _team(facts, told)
    id = told.text("id", longest=LONGEST_NAME)
    told.check()
    made = vocabulary.promise_made(
        facts.meanings, facts.thread, says=says, due=due, topic=topic, contact=contact.id, team=team, id=id
    )
    return contact.named(made)


def answer(facts: Facts, told: Told) -> Act:
    """Read topic, says, contact, contact_name, team."""
    topic = _topic(told, needed=_("Say what it is about, so that others find it."))
    says = told.text("says", needed=_("Say what the customer told us."))
    contact, team = _contact(facts, told), _team(facts, told)
    told.check()
    given = vocabulary.answer_given(facts.meanings, facts.thread, topic=topic, says=says, contact=contact.id, team=team)
    return contact.named(given)


def question(facts: Facts, told: Told) -> Act:
    """Read topic, contact, contact_name, team, still. Raises AlreadyAnswered"""
    topic = _topic(told, needed=_("Say what you want to ask about."))
    contact, team = _contact(facts, told), _team(facts, told)
    told.check()
    _ask_once(facts, told, topic)
    return contact.named(
        vocabulary.question_asked(facts.meanings, facts.thread, topic=topic, contact=contact.id, team=team)
    )


def touch(facts: Facts, told: Told) -> Act:
    """Read event, channel, topic, says, on, contact, contact_name, team, still. Raises AlreadyAnswered"""
    event = told.text("event", longest=LONGEST_NAME)
    channel = told.text("channel", longest=LONGEST_NAME)
    topic, says, day = _topic(told), told.text("says"), told.day("on")
    if not event and not says:
        told.wrong["event"] = _("Say what happened, or write a note.")
    if day is not None and day > facts.today:
        told.wrong["on"] = _("%(day)s is still to come; a touch has happened.") % {"day": day.isoformat()}
    if event in _decisive(facts) and not may(facts.actor, Permission.EDIT_JOURNEYS):
        told.wrong["event"] = _("'%(event)s' begins or ends journeys; who edits journeys may write it down.") % {
            "event": event
        }
    contact, team = _contact(facts, told), _team(facts, told)
    told.check()
    if topic and event in _questions(facts):
        _ask_once(facts, told, topic)
    logged = vocabulary.touch_logged(
        facts.meanings,
        facts.thread,
        event=event,
        channel=channel,
        about=topic,
        says=says,
        contact=contact.id,
        team=team,
        at=_at(facts, day),
    )
    return contact.named(logged)


def role(facts: Facts, told: Told) -> Act:
    """Read contact, contact_name, role, on, ends, team. ends  the contact has the role no longer; on  from which day"""
    ends = told.is_checked("ends")
    needed = "" if ends else _("Choose a role.")
    given = told.one_of("role", [each.value for each in CommitteeRole], needed=needed)
    contact, team, day = _contact(facts, told), _team(facts, told), told.day("on")
    if not contact.id and "contact" not in told.wrong and "new_contact" not in told.wrong:
        told.wrong["contact"] = _("Choose who it is.")
    told.check()
    make = vocabulary.role_ended if ends else vocabulary.role_given
    when: Mapping[str, date | None] = {"until" if ends else "since": day}
    return contact.named(make(facts.thread, contact=contact.id, role=given, team=team, **when))


def owner(facts: Facts, told: Told) -> Act:
    """Read owner (a name or address of a user), team (that owns the account)."""
    name = told.text("owner", longest=LONGEST_NAME)
    team = _team(facts, told)
    if not name and not team and not told.wrong:
        told.wrong["owner"] = _("Name who owns the account, the team that does, or both.")
    told.check()
    means = facts.meanings.account
    said = {_attribute(facts, means.owner, OWNERS): name, _attribute(facts, means.team, TEAMS): team}
    return vocabulary.owner_named(facts.thread, said)


def _attribute(facts: Facts, own: str | None, usual: Sequence[str]) -> str:
    """Name the attribute that is read: the firm's own, else the one that this account has, else the first usual one."""
    has = facts.context.header.attributes
    return own or next((name for name in usual if name in has), usual[0])


# -- parts of several acts --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contact:
    """Whom an act is about. id  "person:<number>" or an identifier, "" for nobody"""

    id: str = ""
    name: str = ""

    def named(self, act: Act) -> Act:
        """Return an act that says what the person is called."""
        return replace(act, contact_name=self.name) if self.name else act


def _contact(facts: Facts, told: Told) -> Contact:
    """Read whom it is about: somebody known, or somebody new by address or id, perhaps with a name."""
    new = told.text("new_contact", longest=LONGEST_NAME)
    name = told.text("contact_name", longest=LONGEST_NAME)
    id, field = new or told.text("contact", longest=LONGEST_NAME), "new_contact" if new else "contact"
    if id.startswith(PERSON) and id not in {person(one.contact) for one in facts.context.memberships}:
        told.wrong[field] = _("Nobody of this account has that number.")
    if name and not id:
        told.wrong["new_contact"] = _("Add an e-mail address; by a name alone nobody can be told apart.")
    others = facts.strangers(id) if id and not told.wrong else ()
    if others and "@" not in id:
        told.wrong[field] = _("Nobody of this account has that id; name somebody new by an e-mail address.")
    if any(one.name for one in others):
        name = ""  # what they are called is said by those who know them
    return Contact(id, name)


def _topic(told: Told, needed: str = "") -> str:
    return told.text("topic", needed=needed, longest=LONGEST_NAME)


def _team(facts: Facts, told: Told) -> str:
    return told.one_of("team", list(facts.firm.teams))


def _questions(facts: Facts) -> Sequence[str]:
    asked = facts.meanings.asked
    return (words.QUESTION_ASKED, *(event_names(asked.when) if asked else ()))


def _decisive(facts: Facts) -> frozenset[str]:
    """Events that begin or end a journey, or say what an account is to us: more than somebody's own doing."""
    means, journeys = facts.meanings, [facts.workspace.journey(name) for name in facts.workspace.sound_journeys()]
    conditions = [one for each in journeys for one in (each.starts, *(end.when for end in each.ends))]
    conditions += [means.customers, means.lost, means.renewed, means.expanded]
    return frozenset(event for one in conditions if one is not None for event in event_names(one))


def _ask_once(facts: Facts, told: Told, topic: str) -> None:
    known = facts.known(topic)
    if known and not told.is_checked("still"):
        raise AlreadyAnswered(topic, known)


def _at(facts: Facts, day: date | None) -> int | None:
    """Noon of a day that is over; None for today: it has just happened."""
    if day is None or day == facts.today:
        return None
    return to_micros(datetime.combine(day, time(12), ZoneInfo(facts.firm.time_zone)))
