"""What a thread is to a reader: an account, else the thing that stands for it where no source names accounts."""

from __future__ import annotations

from clew.archive.model import LogView


def thread_word(view: LogView) -> str:
    """Return 'account', or the kind of thing, as 'ticket', where that is all that the log knows."""
    kinds = set(view.entity_kinds())
    things = kinds & view.subject_kinds
    return things.pop() if len(things) == 1 and things == kinds else "account"


def plural(kind: str) -> str:
    """Write a kind of thing in the plural: tickets, opportunities."""
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
