"""A provider as settings name it, and what it says of somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clew.access.model import Role
from clew.errors import ClewError

if TYPE_CHECKING:
    from clew.config import Settings

CALLBACK = "/sign-in/openid/callback"
SCOPE = "openid email profile"


class OpenIdRefused(ClewError):
    """The sign-in took too long, was begun in another browser, or the provider did not let you in."""

    code = "openid"


class ProviderFault(OpenIdRefused):
    """The provider cannot be reached, or what it says cannot be believed."""

    code = "openid-provider"


class NobodyHere(OpenIdRefused):
    """The provider knows this person, this workspace does not."""

    code = "openid-unknown"


class UnconfirmedAddress(OpenIdRefused):
    """The provider has not confirmed the e-mail address."""

    code = "openid-email"


class NoRole(OpenIdRefused):
    """None of the groups that the provider tells of has a role here."""

    code = "openid-role"


@dataclass(frozen=True)
class Provider:
    """An OpenID provider and what its word counts for.

    redirect  our address that it sends people back to
    groups    claim that tells groups      roles  group -> role; empty: roles are given here alone
    role      of people who are new here; None: they must have been added
    email     verified | trusted | off: when an address that it tells finds a user
    """

    issuer: str
    client: str
    secret: str | None
    redirect: str
    groups: str = "groups"
    roles: Mapping[str, Role] = field(default_factory=dict)
    role: Role | None = None
    email: str = "verified"


@dataclass(frozen=True)
class Claims:
    """What a provider says of somebody, checked.

    subject  "issuer subject": who it is, for ever
    verified whether the provider confirmed the address
    """

    subject: str
    email: str | None
    verified: bool
    name: str
    groups: frozenset[str]


def provider_of(settings: Settings) -> Provider | None:
    """Return the provider that settings name; None without one."""
    if not settings.oidc_issuer or not settings.oidc_client_id:
        return None
    return Provider(
        issuer=settings.oidc_issuer,
        client=settings.oidc_client_id,
        secret=settings.oidc_client_secret,
        redirect=settings.address + CALLBACK,
        groups=settings.oidc_groups,
        roles={group: Role(role) for group, role in settings.oidc_roles},
        role=Role(settings.oidc_role) if settings.oidc_role else None,
        email=settings.oidc_email,
    )
