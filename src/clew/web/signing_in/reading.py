"""What API requests say, checked against their type."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from clew.clock import US
from clew.errors import BadRequest
from clew.questions.words import iso

if TYPE_CHECKING:
    from clew.web.request import Asked

T = TypeVar("T")
_MOST_DIGITS = 18


def read(asked: Asked, kind: type[T]) -> T:
    """Return the body as this type (a msgspec.Struct). Raises BadRequest with the place of the first mistake."""
    import msgspec

    try:
        return msgspec.convert(asked.json_object(), kind)
    except msgspec.ValidationError as fault:
        raise BadRequest(f"the body does not fit: {fault}") from fault


def number_in_path(asked: Asked) -> int:
    """Return the {number} of the path. Raises BadRequest where no database counts so far."""
    text = asked.path["number"]
    if len(text) > _MOST_DIGITS:
        raise BadRequest(f"{text[:40]} is larger than any number given here")
    return int(text)


def whole(asked: Asked, name: str, default: int, most: int) -> int:
    """Return a whole number of the query string, 0 to `most`. Raises BadRequest."""
    text = asked.query(name) or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)) or int(text) > most:
        raise BadRequest(f"{name}={text[:40]} is no whole number from 0 to {most}")
    return int(text)


def told_time(at: int | None) -> str | None:
    """Write an instant for programs."""
    return None if at is None else iso(at / US)
