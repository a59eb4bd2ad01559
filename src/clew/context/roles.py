"""The roles of a buying committee, and which of them a source's own word means."""

from __future__ import annotations

from enum import StrEnum


class CommitteeRole(StrEnum):
    """What somebody is in the account's decisions about us."""

    DECISION_MAKER = "decision maker"
    CHAMPION = "champion"
    INFLUENCER = "influencer"
    USER = "user"
    PROCUREMENT = "procurement"
    EXECUTIVE_SPONSOR = "executive sponsor"
