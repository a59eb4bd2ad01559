"""The meaning of what was read, as a hash: comments, layout and written-out defaults do not change it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import PurePath
from typing import Any

HEX_DIGITS = 12
NO_MEANING = {"meaning": False}  # metadata of a field that is no part of what a value means: when it was looked at
WHERE_GIVEN = {"meaning": None}  # of one that came later: left out where it says nothing, so that old hashes stay


def content_hash(value: object, *, leave_out: frozenset[str] = frozenset()) -> str:
    """Return 12 hexadecimal digits of what a frozen value means.

    leave_out  names of top-level fields that are no part of the meaning (the version itself, the place of the file)
    """
    plain = plain_meaning(value)
    if isinstance(plain, dict):
        plain = {key: part for key, part in plain.items() if key not in leave_out}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:HEX_DIGITS]


def plain_meaning(value: object) -> Any:
    """Return a value as plain JSON data; parts of a union carry the name of their class."""
    if is_dataclass(value) and not isinstance(value, type):
        meant = {field.name: field.metadata.get("meaning", True) for field in fields(value)}
        told = [name for name, means in meant.items() if means or (means is None and getattr(value, name) is not None)]
        return {"~": type(value).__name__, **{name: plain_meaning(getattr(value, name)) for name in told}}
    if isinstance(value, Mapping):
        return {str(key): plain_meaning(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_meaning(part) for part in value]
    if isinstance(value, (set, frozenset)):
        return sorted(json.dumps(plain_meaning(part), sort_keys=True) for part in value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, PurePath)):
        return str(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value
