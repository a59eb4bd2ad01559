"""A user, and what makes an address or a password acceptable."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import NewType

from clew.access.model import Actor, Role
from clew.errors import BadRequest, ClewError
from clew.sources.domains import same_address

Hashed = NewType("Hashed", str)  # what is stored of a password
LEAST_PASSWORD, MOST_PASSWORD = 12, 256
_MOST_TEXT = 254
_ADDRESS = re.compile(r"[^\s@<>\"'(),:;\[\]\\]+@[^\s@<>\"'(),:;\[\]\\]+")
_LEAST_PART = 4  # a part of an address that short says nothing about a password

# The longest of the usual lists of passwords, and what people write when twelve signs are asked for.
_COMMONEST = frozenset(
    """
    123456789012 1234567890123 012345678901 qwertyuiop12 qwertyuiop123 qwertyuiopas qwertzuiopas 1q2w3e4r5t6y
    1qaz2wsx3edc password1234 password12345 passwordpassword passw0rd1234 p@ssword1234 p@ssw0rd1234 iloveyou1234
    adminadmin12 administrator administrator1 changeme1234 changemenow1 letmein12345 welcome12345 welcome12345!
    welcome123456 correcthorsebatterystaple abcdefghijkl abcdef123456 abc123abc123 qwerty123456 asdfghjkl123
    zaq12wsxcde3 monkey123456 football1234 baseball1234 sunshine1234 princess1234 trustno1trustno1 superman1234
    summer2024!! summer2025!! summer2026!! winter2024!! winter2025!! winter2026!! customerjourney
    """.split()
)


class UnknownUser(ClewError):
    """There is no such user."""

    code = "unknown-user"


class UserExists(ClewError):
    """There is a user with this address already."""

    code = "user-exists"


class LastAdmin(ClewError):
    """This is the last admin who can sign in; make somebody else admin first."""

    code = "last-admin"


class WeakPassword(ClewError):
    """This password is too easy to guess."""

    code = "weak-password"


@dataclass(frozen=True)
class User:
    """A person inside the firm who may sign in.

    email    compared without regard to case, stored in lower case
    teams    of clew.yaml
    subject  "issuer subject" of OpenID Connect, None without
    off_at   may no longer sign in from then on
    """

    id: int
    email: str
    name: str
    role: Role
    made_at: int
    teams: frozenset[str] = field(default_factory=frozenset)
    has_password: bool = False
    subject: str | None = None
    off_at: int | None = None

    @property
    def actor(self) -> Actor:
        """The user as who asks."""
        return Actor("user", f"user:{self.id}", self.name, self.role, self.teams, user=self.id)

    def is_on(self, now: int) -> bool:
        return self.off_at is None or now < self.off_at


def address(text: str) -> str:
    """Return an e-mail address as it is stored. Raises BadRequest."""
    told = same_address(text)
    if len(told) > _MOST_TEXT or not _ADDRESS.fullmatch(told) or not told.isprintable():
        raise BadRequest(f"'{text.strip()[:80]}' is no e-mail address; write it as anna@example.com")
    return told


def full_name(text: str) -> str:
    """Return a person's name as it is stored. Raises BadRequest."""
    told = " ".join(text.split())
    if not told or len(told) > _MOST_TEXT or not told.isprintable():
        raise BadRequest(f"a name has 1 to {_MOST_TEXT} printable signs; this one has {len(told)}")
    return told


def role_named(text: str) -> Role:
    """Return a role by its name; "owner" will do for a journey owner. Raises BadRequest."""
    told = " ".join(text.casefold().replace("-", " ").split())
    try:
        return Role.OWNER if told == "owner" else Role(told)
    except ValueError as fault:
        raise BadRequest(f"there is no role '{text}'; allowed: {', '.join(Role)}") from fault


def new_password(text: str, email: str) -> str:
    """Return a password as it is hashed, NFKC, so that every keyboard types the same. Raises WeakPassword."""
    told = unicodedata.normalize("NFKC", text)
    if len(told) < LEAST_PASSWORD:
        raise WeakPassword(f"a password has at least {LEAST_PASSWORD} characters; this one has {len(told)}")
    if len(told) > MOST_PASSWORD:
        raise WeakPassword(f"a password has at most {MOST_PASSWORD} characters; this one has {len(told)}")
    if _names(told.casefold(), email):
        raise WeakPassword("a password must not be the address, nor the address with something around it")
    if told.casefold() in _COMMONEST or len(set(told.casefold())) < LEAST_PASSWORD // 3:
        raise WeakPassword(
            "this is one of the first passwords that are tried; take a few words that nobody puts together"
        )
    return told


def _names(password: str, email: str) -> bool:
    name, _, host = email.casefold().partition("@")
    rest = password.replace(email.casefold(), "").replace(name, "") if len(name) >= _LEAST_PART else password
    return password in (email.casefold(), name, host) or len(rest) < _LEAST_PART
