"""Read the options of a question. A wrong value says what would be right."""

from __future__ import annotations

from collections.abc import Mapping

from clew.durations import ALLOWED, Duration, parse_duration
from clew.errors import BadRequest

SEPARATOR = " > "


def whole_number(name: str, text: str) -> int:
    """Read a number of rows, gaps, ..."""
    if not text.isdecimal():
        raise BadRequest(f"--{name} {text!r} is no whole number; write it as --{name} 20")
    return int(text)


def flag(options: Mapping[str, str], name: str) -> bool:
    """Whether a flag is set."""
    return options.get(name, "") not in ("", "no", "false")


def span(name: str, text: str) -> Duration:
    """Read an elapsed duration."""
    try:
        duration = parse_duration(text)
    except ValueError as cause:
        raise BadRequest(f"--{name} {text!r} is no duration; allowed: {ALLOWED}") from cause
    if duration.working:
        raise BadRequest(f"--{name} {text!r} counts working time; write elapsed time here, as '3 days' or '72 hours'")
    return duration


def several(text: str) -> tuple[str, ...]:
    """Split names joined by ' > '."""
    return tuple(part.strip() for part in text.split(SEPARATOR) if part.strip()) if text else ()
