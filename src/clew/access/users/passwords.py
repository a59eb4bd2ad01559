"""Passwords: argon2id. A hash takes about 60 ms of four threads and 64 MiB, so only a few are made at once."""

from __future__ import annotations

import unicodedata
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from clew.access.users.model import Hashed

if TYPE_CHECKING:
    from pwdlib import PasswordHash

AT_ONCE = 4  # 256 MiB at most, however many try to sign in
_turn = BoundedSemaphore(AT_ONCE)
# Of nobody's password: somebody who is not known costs as much time as somebody who is.
_NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$Wv/VPDCLAA3tkfA8dqJl1g$hM/kfPeTn11gE43+mzqwmexP0/b/PSlFsDISzIdlBqA"


@cache
def _hashing() -> PasswordHash:
    """RFC 9106's second recommendation: three passes over 64 MiB, four lanes."""
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(time_cost=3, memory_cost=65_536, parallelism=4),))


def hash_password(password: str) -> Hashed:
    """Return what is stored of a password that `new_password` let through."""
    with _turn:
        return Hashed(_hashing().hash(_bytes(password)))


def is_password(password: str, stored: str | None) -> tuple[bool, Hashed | None]:
    """Compare a password with what is stored; with None the answer is no, after the same time.

    Returns also a fresh hash where the stored one was made at another cost, else None.
    """
    told = _bytes(unicodedata.normalize("NFKC", password))
    with _turn:
        right, fresh = _hashing().verify_and_update(told, stored or _NOBODYS)
    return right and stored is not None, Hashed(fresh) if stored and fresh else None


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")  # JSON can spell what UTF-8 cannot
