"""Who asks, and what there is to be allowed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a user is in Clew; each may do all that the ones after it may."""

    ADMIN = "admin"
    OWNER = "journey owner"
    MEMBER = "member"
    VIEWER = "viewer"


class Permission(StrEnum):
    """What a page, endpoint, export or search needs."""

    SEE = "see"  # journeys, aggregates, health of the system
    SEE_ACCOUNTS = "see accounts"  # runs and events of single accounts, without persons
    SEE_PERSONS = "see persons"  # names and addresses of contacts
    SEE_BODIES = "see bodies"  # what was written in messages: participants only, unless shared
    ACT = "act"  # on accounts of one's team
    EDIT_JOURNEYS = "edit journeys"  # files of journeys, publication
    CONNECT = "connect"  # sources, write keys, arriving and rejected events, replay
    RUN_SQL = "run sql"  # SELECT sources are code
    ADMINISTER = "administer"  # people, roles, API keys, settings, backups
    ERASE = "erase"  # all that is known of a person: export and erasure
    AUDIT = "audit"  # read the audit log


@dataclass(frozen=True)
class Actor:
    """Who asks.

    kind    user | key | command | nobody
    id      "user:3", "key:5", "command:<system user>", "nobody": what the audit log names
    teams   of clew.yaml
    scopes  permissions a key is limited to; None: no limit beyond the role
    user    number of the user, None for a command
    """

    kind: str
    id: str
    name: str = ""
    role: Role | None = None
    teams: frozenset[str] = field(default_factory=frozenset)
    scopes: frozenset[Permission] | None = None
    user: int | None = None


NOBODY = Actor("nobody", "nobody")
