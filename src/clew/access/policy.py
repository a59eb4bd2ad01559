"""The one place that says who may do what: a table of roles and permissions, and the rules of teams. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from clew.access.model import Actor, Permission, Role
from clew.errors import ClewError

LEAST_ACCOUNTS = 5  # a figure of fewer accounts is about those accounts: only for who may see single accounts


class Forbidden(ClewError):
    """Your role may not do that; ask an admin of this workspace."""

    code = "forbidden"


class Reach(IntEnum):
    """On which accounts a permission holds."""

    NOWHERE = 0
    OWN = 1  # of one's team or account team, and those that nobody has
    ALL = 2


@dataclass(frozen=True)
class AccountTeam:
    """Who works with an account.

    teams  of clew.yaml
    users  numbers of users: the account team
    """

    teams: frozenset[str] = field(default_factory=frozenset)
    users: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Correspondence:
    """A message with a body.

    users   numbers of the users who took part
    shared  whether it was shared with whoever may see the account's persons
    """

    users: frozenset[int] = field(default_factory=frozenset)
    shared: bool = False


_A, _O, _M, _V = Role.ADMIN, Role.OWNER, Role.MEMBER, Role.VIEWER
_ALL, _OWN, _NOWHERE = Reach.ALL, Reach.OWN, Reach.NOWHERE

# fmt: off
TABLE: Mapping[Permission, Mapping[Role, Reach]] = {
    Permission.SEE:           {_A: _ALL, _O: _ALL,     _M: _ALL,     _V: _ALL},
    Permission.SEE_ACCOUNTS:  {_A: _ALL, _O: _ALL,     _M: _ALL,     _V: _NOWHERE},
    Permission.SEE_PERSONS:   {_A: _ALL, _O: _ALL,     _M: _OWN,     _V: _NOWHERE},
    Permission.SEE_BODIES:    {_A: _ALL, _O: _ALL,     _M: _OWN,     _V: _NOWHERE},  # and `may_read`
    Permission.ACT:           {_A: _ALL, _O: _ALL,     _M: _OWN,     _V: _NOWHERE},
    Permission.EDIT_JOURNEYS: {_A: _ALL, _O: _ALL,     _M: _NOWHERE, _V: _NOWHERE},
    Permission.CONNECT:       {_A: _ALL, _O: _ALL,     _M: _NOWHERE, _V: _NOWHERE},
    Permission.RUN_SQL:       {_A: _ALL, _O: _NOWHERE, _M: _NOWHERE, _V: _NOWHERE},
    Permission.ADMINISTER:    {_A: _ALL, _O: _NOWHERE, _M: _NOWHERE, _V: _NOWHERE},
    Permission.ERASE:         {_A: _ALL, _O: _NOWHERE, _M: _NOWHERE, _V: _NOWHERE},
    Permission.AUDIT:         {_A: _ALL, _O: _NOWHERE, _M: _NOWHERE, _V: _NOWHERE},
}
# fmt: on


def may(actor: Actor, permission: Permission, account: AccountTeam | None = None) -> bool:
    """Say whether somebody may do something.

    account  on which account; None asks whether there may be any account at all on which
    """
    reach = reach_of(actor, permission)
    if reach is not Reach.OWN or account is None:
        return reach is not Reach.NOWHERE
    return _works_with(actor, account)


def require(actor: Actor, permission: Permission, account: AccountTeam | None = None) -> None:
    """Refuse what somebody may not do. Raises Forbidden."""
    if not may(actor, permission, account):
        raise Forbidden(f"this needs the permission to {permission}; ask an admin of this workspace")


def reach_of(actor: Actor, permission: Permission) -> Reach:
    """Say on which accounts somebody may do something: a list of accounts asks this once, not for each."""
    if actor.role is None or (actor.scopes is not None and permission not in actor.scopes):
        return Reach.NOWHERE
    return TABLE[permission][actor.role]


def require_all_of(actor: Actor, role: Role) -> None:
    """Refuse to give a role, or a way in as somebody who has it, to whom a key would then be more. Raises Forbidden."""
    beyond = [permission for permission, reach in TABLE.items() if reach_of(actor, permission) < reach[role]]
    if beyond:
        raise Forbidden(f"who lets in a {role} must be allowed all that a {role} is; this lacks: {', '.join(beyond)}")


def _works_with(actor: Actor, account: AccountTeam) -> bool:
    """An account that nobody has is everybody's: otherwise nobody could take it on."""
    if not account.teams and not account.users:
        return True
    return bool(account.teams & actor.teams) or actor.user in account.users


def may_read(actor: Actor, message: Correspondence, account: AccountTeam) -> bool:
    """Say whether somebody may read the body of a message: who took part, and others where it was shared."""
    if not may(actor, Permission.SEE_BODIES):
        return False
    if actor.user is not None and actor.user in message.users:
        return True
    return message.shared and may(actor, Permission.SEE_BODIES, account)


def may_see_figure(actor: Actor, accounts: int) -> bool:
    """Say whether somebody may see a figure over so many accounts; where not, the answer is "too few".

    A figure of no account tells of nobody.
    """
    if not may(actor, Permission.SEE):
        return False
    return accounts == 0 or accounts >= LEAST_ACCOUNTS or may(actor, Permission.SEE_ACCOUNTS)


def may_see_groups(actor: Actor, accounts: Sequence[int]) -> list[bool]:
    """Say which figures of groups somebody may see where the total stands beside them.

    accounts  of each group
    A group that is hidden alone could be worked out from the others and the total: then the smallest others are
    hidden with it, until together they are of enough accounts, and neither of the fewest nor of the most that each
    could have. Where all are hidden the total must not stand beside them.
    """
    seen = [may_see_figure(actor, count) for count in accounts]
    for size in sorted({count for count, shown in zip(accounts, seen, strict=True) if shown and count}):
        hidden = [count for count, shown in zip(accounts, seen, strict=True) if not shown]
        if not hidden or _are_safe(hidden):
            break
        seen = [shown and count != size for count, shown in zip(accounts, seen, strict=True)]  # places tell nothing
    return seen


def _are_safe(hidden: Sequence[int]) -> bool:
    bounds = (len(hidden), len(hidden) * (LEAST_ACCOUNTS - 1))
    return len(hidden) > 1 and sum(hidden) >= LEAST_ACCOUNTS and sum(hidden) not in bounds


def permissions_of(actor: Actor) -> frozenset[Permission]:
    """Everything that somebody may do somewhere."""
    return frozenset(permission for permission in Permission if may(actor, permission))
