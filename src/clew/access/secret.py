"""Keys that are derived from the secret of a workspace (`Settings.secret`), one for each purpose."""

from __future__ import annotations

import hashlib
import hmac
import secrets

TOKEN_BYTES = 32


def key_for(secret: str, purpose: str) -> bytes:
    """Return the key of one purpose: who learns one of them learns none of the others."""
    return hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)


def new_token(beginning: str = "") -> str:
    """Draw what nobody can guess; the beginning says what it is for."""
    return beginning + secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """Return what is stored of a token: enough to know it again, useless to whoever reads the database."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def masked(secret: str, purpose: str, text: str) -> str:
    """Return a short keyed digest that stands for a text which must not be stored."""
    return hmac.new(key_for(secret, purpose), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]
