"""The id_token: signature, issuer, audience, time, nonce."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clew.access.openid.model import Provider, ProviderFault
from clew.clock import US

# Keys that only the provider has; never HS256, whose key each of its clients knows, and never none.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_LEEWAY_S = 60
_OLDEST_S = 600
_MOST_SUBJECT = 255


class BadToken(ProviderFault):
    """The provider's id_token cannot be believed.

    is_key  no published key made its signature: perhaps the keys have changed
    """

    def __init__(self, why: str, *, is_key: bool = False) -> None:
        self.is_key = is_key
        super().__init__(f"the provider's id_token cannot be believed: {why}")


def checked(token: str, keys: Mapping[str, Any], *, provider: Provider, nonce: str, now: int) -> dict[str, Any]:
    """Return the claims of an id_token that this provider signed for us, now, for this start. Raises BadToken."""
    from joserfc import jwt
    from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError, KeyParameterError

    seconds = now // US
    registry = jwt.JWTClaimsRegistry(
        now=seconds,
        leeway=_LEEWAY_S,
        iss={"essential": True},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        aud={"essential": True, "value": provider.client},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = dict(jwt.decode(token, _key_set(keys), algorithms=ALGORITHMS).claims)
        registry.validate(claims)
    except (BadSignatureError, InvalidKeyIdError, KeyParameterError) as fault:
        raise BadToken("no published key made its signature", is_key=True) from fault
    except (JoseError, ValueError, TypeError) as fault:
        raise BadToken(type(fault).__name__) from fault
    return _ours(claims, provider, seconds)


def _ours(claims: dict[str, Any], provider: Provider, seconds: int) -> dict[str, Any]:
    audience, party, subject = claims["aud"], claims.get("azp"), claims["sub"]
    if str(claims["iss"]).rstrip("/") != provider.issuer:
        raise BadToken("it is of another issuer")
    several = isinstance(audience, list) and len(audience) > 1
    if party != provider.client if party is not None else several:
        raise BadToken("it was made for another client")
    if claims["iat"] < seconds - _OLDEST_S:
        raise BadToken("it is too old")
    if not isinstance(subject, str) or not 0 < len(subject) <= _MOST_SUBJECT or not subject.isprintable():
        raise BadToken("it names nobody")
    return claims


def _key_set(keys: Mapping[str, Any]) -> Any:
    from joserfc.jwk import KeySet

    told: Any = keys
    return KeySet.import_key_set(told)
