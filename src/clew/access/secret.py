"""The secret of a workspace, and the keys that are derived from it, one for each purpose."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path

from clew.errors import ClewError

SECRET = "secret.key"
LEAST_BYTES = 32


class WeakSecret(ClewError):
    """The secret is too short; give at least 32 signs made by chance."""

    code = "weak-secret"


@cache
def secret_of(store: Path, given: str | None = None) -> bytes:
    """Return the secret of a workspace: the one that settings give, else of a file in its store, made when missing.

    Raises WeakSecret.
    """
    secret = given.encode() if given else _kept(store / SECRET)
    if len(secret) < LEAST_BYTES:
        where = "the setting" if given else str(store / SECRET)
        raise WeakSecret(f"{where} holds {len(secret)} signs; a secret needs at least {LEAST_BYTES}, made by chance")
    return secret


def key_for(secret: bytes, purpose: str) -> bytes:
    """Return the key of one purpose: who learns one of them learns none of the others."""
    return hmac.digest(secret, purpose.encode(), hashlib.sha256)


def _kept(path: Path) -> bytes:
    """Read the secret's file; of several processes that make it at once, one wins and all read the same."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_hex(LEAST_BYTES).encode())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes().strip()
