"""The packet of a handoff: its parts with what is known of each, so that nobody types what stands in Clew already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clew.clock import US, to_datetime
from clew.context.model import Promise, PromiseState
from clew.context.roles import CommitteeRole
from clew.questions.words import date
from clew.texts import gettext as _
from clew.web.pages.acts.facts import Facts
from clew.web.pages.acts.told import Told

PART = "part: "  # before the name of a part among the fields of a form
PROMISES, STAKEHOLDERS = "promises", "stakeholders"  # parts that Clew itself knows something of


@dataclass(frozen=True)
class Part:
    """One part of a packet as a form asks for it. known  where what stands in it comes from, "" where nothing does"""

    name: str
    text: str
    known: str = ""

    @property
    def field(self) -> str:
        return f"{PART}{self.name}"


def parts_of(facts: Facts, wanted: Sequence[str], sent: Mapping[str, str] | None = None) -> list[Part]:
    """Return the parts with what is known of each. sent  packet that was sent before"""
    return [_part(facts, name, (sent or {}).get(name, "")) for name in wanted]


def typed(told: Told, wanted: Sequence[str]) -> dict[str, str]:
    """Read the parts that were filled in."""
    found = {name: told.text(f"{PART}{name}") for name in wanted}
    return {name: text for name, text in found.items() if text}


def open_promises(facts: Facts) -> list[Promise]:
    """Promises that would travel with a handoff, those due first first."""
    unsettled = (PromiseState.OPEN, PromiseState.BROKEN)
    return sorted(
        (one for one in facts.context.promises if one.state(facts.now) in unsettled), key=lambda one: one.due_at
    )


def _part(facts: Facts, name: str, sent: str) -> Part:
    if sent:
        return Part(name, sent, _("as it was sent"))
    if name.casefold() == PROMISES:
        text = _promises(facts)
        return Part(name, text, _("from the promises that are open") if text else "")
    if name.casefold() == STAKEHOLDERS:
        text = _stakeholders(facts)
        return Part(name, text, _("from the people of this account; who they are stands there") if text else "")
    return _told_before(facts, name)


def _told_before(facts: Facts, name: str) -> Part:
    """What the customer told us on that very topic, else what an earlier handoff said."""
    for answer in facts.known(name):
        if answer.says and facts.account.sees_persons:
            day = date(answer.at / US, facts.firm.time_zone)
            return Part(name, answer.says, _("from the answer of %(day)s") % {"day": day})
    for handoff in sorted(facts.context.handoffs, key=lambda one: -one.sent.at):
        if handoff.packet.get(name) and facts.account.sees_persons:
            return Part(name, handoff.packet[name], _("from the handoff to %(team)s") % {"team": handoff.target})
    return Part(name, "")


def _promises(facts: Facts) -> str:
    lines = (
        f"{one.says or one.topic or one.id} ({_('due')} {to_datetime(one.due_at):%Y-%m-%d})"
        for one in open_promises(facts)
        if facts.account.sees_persons
    )
    return "\n".join(lines)


def _stakeholders(facts: Facts) -> str:
    """Roles and not names: the text stays in the log, and names have to be able to go."""
    present = facts.committee.present
    counts = Counter(role for one in present for role in one.roles)
    named = [role.value for role in CommitteeRole if counts[role.value]]
    lines = [f"{_(role)}: {counts[role]}" for role in named]
    missing = [_(role) for role in facts.committee.missing[:3]] if named else []
    if missing:
        lines.append(_("nobody known as: %(roles)s") % {"roles": ", ".join(missing)})
    return "\n".join(lines)
