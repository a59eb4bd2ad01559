"""The firm behind an e-mail address: its domain, unless anybody can have an address there."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

_ADDRESS = re.compile(r"[^@\s]+@([^\W_][\w-]*(?:\.[\w-]+)+)\.?")


def domain_of(address: str) -> str | None:
    """Return the domain of an e-mail address in lower case, None where the text is no address."""
    found = _ADDRESS.fullmatch(address.strip())
    return found[1].lower() if found else None


def same_address(address: str) -> str:
    """Return an e-mail address as it is compared: without regard to case, and nothing else made alike.

    Casefolding would make straße.example and strasse.example one domain, which are two people's.
    """
    return address.strip().lower()


def is_free_mail(domain: str) -> bool:
    """Say whether anybody can have an address at this domain, or at the one it belongs to."""
    labels = domain.split(".")
    return any(".".join(labels[first:]) in free_mail_domains() for first in range(len(labels) - 1))


@lru_cache(maxsize=1)
def free_mail_domains() -> frozenset[str]:
    """Return the domains listed in free-mail.txt."""
    lines = files("clew.sources").joinpath("free-mail.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
