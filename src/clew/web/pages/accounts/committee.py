"""The people of an account: who they are, what they decide, when we last heard of them, and who is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clew.accounts.persons import Record
from clew.clock import ALWAYS
from clew.context.model import Context, Membership
from clew.context.roles import CommitteeRole, role_of
from clew.texts import gettext as _

INFLUENCE: Mapping[str, str] = {
    CommitteeRole.DECISION_MAKER: "decides",
    CommitteeRole.EXECUTIVE_SPONSOR: "backs it",
    CommitteeRole.CHAMPION: "argues for us",
    CommitteeRole.PROCUREMENT: "negotiates",
    CommitteeRole.INFLUENCER: "advises",
    CommitteeRole.USER: "works with it",
}
_RANK = {role: place for place, role in enumerate(INFLUENCE)}


@dataclass(frozen=True)
class Member:
    """One person at the account.

    name, address, title  "" where the reader may not see them, or nobody told them
    roles, influence      what they are in decisions about us, strongest first; role words that mean nothing else stay
    left                  since when they are not there any more, None: they are
    """

    contact: int
    name: str
    address: str
    title: str
    roles: Sequence[str]
    influence: Sequence[str]
    since: int | None
    left: int | None
    last_at: int | None
    touches: int


@dataclass(frozen=True)
class Committee:
    """Everybody known, those who decide first; who left comes last. `missing` names roles that nobody has."""

    members: Sequence[Member]
    missing: Sequence[str]

    @property
    def present(self) -> Sequence[Member]:
        return [one for one in self.members if one.left is None]


def committee_of(context: Context, persons: Mapping[int, Record]) -> Committee:
    """Bring the memberships of each person together.

    persons  who they are; without names where the reader may not see them
    A role that nobody gave in Clew is the one that a source tells with the person.
    """
    by_contact: dict[int, list[Membership]] = {}
    for one in context.memberships:
        by_contact.setdefault(one.contact, []).append(one)
    members = [_member(contact, told, persons.get(contact)) for contact, told in by_contact.items()]
    members.sort(key=_order)
    known = {role for one in members if one.left is None for role in one.roles}
    return Committee(members, [role.value for role in INFLUENCE if role not in known])  # type: ignore[attr-defined]


def called(contact: int | None, persons: Mapping[int, Record]) -> str:
    """What to call a contact: the name, else the address, else that it is one. "" for none."""
    if contact is None:
        return ""
    known = persons.get(contact)
    return (known and (known.name or known.email or known.identifier)) or _("a contact")


def without_names(persons: Mapping[int, Record]) -> Mapping[int, Record]:
    """Leave of persons what says what they are and not who."""
    return {number: Record(number, None, role=one.role) for number, one in persons.items()}


def _member(contact: int, told: Sequence[Membership], known: Record | None) -> Member:
    holds = [one for one in told if one.until is None]
    given = {one.role for one in holds or told if one.role}
    told_role = role_of(known.role) if known else None
    roles = sorted(given or ({told_role.value} if told_role else set()), key=lambda role: _RANK.get(role, len(_RANK)))
    since = [one.since for one in told if one.since != ALWAYS]
    return Member(
        contact=contact,
        name=called(contact, {contact: known} if known else {}),
        address=(known.email or "") if known else "",
        title=known.role if known and known.role and known.role.casefold() not in roles else "",
        roles=roles,
        influence=[_(INFLUENCE[role]) for role in roles if role in INFLUENCE],
        since=min(since, default=None),
        left=None if holds else max((one.until for one in told if one.until is not None), default=None),
        last_at=max((one.last_at for one in told if one.last_at is not None), default=None),
        touches=max((one.touches for one in told), default=0),
    )


def _order(one: Member) -> tuple[object, ...]:
    rank = _RANK.get(one.roles[0], len(_RANK)) if one.roles else len(_RANK) + 1
    return one.left is not None, rank, -(one.last_at or 0), one.contact
