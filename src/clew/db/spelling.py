"""Words looked for in texts: in any case, alike on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, true


def within(word: str, *columns: Any) -> ColumnElement[bool]:
    """Whether a word stands in one of these texts, in any case.

    SQLite lowers the letters of ASCII alone: of another word its own letters are looked for, too.
    """
    told = columns[0] if len(columns) == 1 else _together(columns)
    found = func.coalesce(func.lower(told).contains(word.lower(), autoescape=True), False)
    return found if word.isascii() else or_(found, func.coalesce(told.contains(word, autoescape=True), False))


def all_within(text: str, *columns: Any) -> ColumnElement[bool]:
    """Whether every word of a text stands in one of these texts; no word is in all of them."""
    return and_(true(), *(within(word, *columns) for word in text.split()))


def _together(columns: Sequence[Any]) -> Any:
    told: Any = func.coalesce(columns[0], "")
    for column in columns[1:]:
        told = told + " " + func.coalesce(column, "")
    return told
