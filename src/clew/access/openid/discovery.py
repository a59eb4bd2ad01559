"""What a provider publishes of itself: its addresses and its keys; asked once an hour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from clew.access.openid.model import ProviderFault
from clew.clock import HOUR_US, MINUTE_US

if TYPE_CHECKING:
    import httpx

WELL_KNOWN = "/.well-known/openid-configuration"
_FRESH_US = HOUR_US
_KEYS_FRESH_US = MINUTE_US  # a token with an unknown key makes us look again, but not at every attempt


@dataclass(frozen=True)
class Published:
    """Where a provider is asked, and with what its tokens are signed.

    keys     a JSON Web Key Set      secret_in_body  the client's secret goes into the form, not the header
    """

    authorization: str
    token: str
    userinfo: str | None
    keys_at: str
    secret_in_body: bool
    keys: dict[str, Any]
    read_at: int


@dataclass
class Discovery:
    """Keeps what providers publish, for one process."""

    known: dict[str, Published] = field(default_factory=dict)

    def published(self, client: httpx.Client, issuer: str, *, now: int) -> Published:
        """Return what an issuer publishes. Raises ProviderFault."""
        kept = self.known.get(issuer)
        if kept is None or now - kept.read_at >= _FRESH_US:
            kept = self.known[issuer] = _read(client, issuer, now)
        return kept

    def read_again(self, client: httpx.Client, issuer: str, *, now: int) -> Published:
        """Return it anew: the provider may have changed its keys. Raises ProviderFault."""
        kept = self.known.get(issuer)
        if kept is None or now - kept.read_at >= _KEYS_FRESH_US:
            kept = self.known[issuer] = _read(client, issuer, now)
        return kept


def _read(client: httpx.Client, issuer: str, now: int) -> Published:
    told = fetched(client, issuer + WELL_KNOWN)
    if str(told.get("issuer", "")).rstrip("/") != issuer:
        raise ProviderFault(f"{issuer} says it is '{told.get('issuer')}'; set CLEW_OIDC_ISSUER to what it says")
    keys_at = _address(told, "jwks_uri", issuer)
    methods = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Published(
        authorization=_address(told, "authorization_endpoint", issuer),
        token=_address(told, "token_endpoint", issuer),
        userinfo=_address(told, "userinfo_endpoint", issuer) if told.get("userinfo_endpoint") else None,
        keys_at=keys_at,
        secret_in_body="client_secret_basic" not in methods and "client_secret_post" in methods,
        keys=fetched(client, keys_at),
        read_at=now,
    )


def fetched(client: httpx.Client, address: str, *, token: str | None = None) -> dict[str, Any]:
    """Return the JSON object at an address. Raises ProviderFault."""
    import httpx

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        told = client.get(address, headers=headers).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as fault:
        raise ProviderFault(f"{address} gives no answer that can be used ({type(fault).__name__})") from fault
    if not isinstance(told, dict):
        raise ProviderFault(f"{address} gives no JSON object")
    return told


def _address(told: dict[str, Any], name: str, issuer: str) -> str:
    """An https issuer must not lead us to plain http."""
    text = told.get(name)
    parts = urlsplit(text) if isinstance(text, str) else urlsplit("")
    if not parts.netloc or parts.scheme not in ("https", urlsplit(issuer).scheme):
        raise ProviderFault(f"{issuer} publishes no usable {name}")
    return str(text)
