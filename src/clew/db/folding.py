"""How texts are kept to be searched: without regard to case, the same whatever the database makes of letters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LAST = "\U0010ffff"  # behind every text that begins alike


def folded(*texts: str | None) -> str:
    """Return texts, those that there are, as one that is searched in."""
    return " ".join(text.casefold() for text in texts if text)


def folding(*columns: str) -> Callable[[Any], str]:
    """Return the default of a column that holds others of its row as they are searched."""

    def fold(context: Any) -> str:
        told = context.get_current_parameters()
        return folded(*(told.get(name) for name in columns))

    return fold
