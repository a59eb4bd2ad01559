"""Texts that look like e-mail addresses, with letters of any script."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def holds_address(text: str) -> bool:
    """Whether somewhere in the text stands something@something.something."""
    return "@" in text and _ADDRESS.search(text) is not None
