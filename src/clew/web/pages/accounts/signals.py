"""Signals of an account, as a page says them."""

from __future__ import annotations

from clew.signals.registry import BY_NAME


def title_of(kind: str) -> str:
    """What a page calls a kind of signal: the title of its detector, else its own name."""
    return BY_NAME[kind].title if kind in BY_NAME else kind.replace("-", " ").replace("_", " ").capitalize()


def sentence_of(says: str, thread: str) -> str:
    """What a detector says, without the account that the page is about anyway."""
    rest = says.removeprefix(f"{thread}: ")
    return rest if ":" in rest.split(" ")[0] else rest[:1].upper() + rest[1:]
