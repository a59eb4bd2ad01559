"""How the value of a setting is written; each reader raises ValueError with what would be right."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from clew.durations import ALLOWED, parse_duration

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_SIZES = {"": 1, "b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000}
_SIZE = re.compile(r"(\d+)\s*([kmg]?b?)", re.IGNORECASE)
_MOST_PORT = 65_535


def text(written: str) -> str:
    return written


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers, both ends included."""

    def read(written: str) -> int:
        if not re.fullmatch(r"\d{1,18}", written) or not least <= int(written) <= most:
            raise ValueError(f"a whole number from {least:,} to {most:,}")
        return int(written)

    return read


port = whole(0, _MOST_PORT)


def size(written: str) -> int:
    """Read '500 kB' as bytes."""
    found = _SIZE.fullmatch(written)
    if not found or found[2].lower() not in _SIZES or not int(found[1]):
        raise ValueError("a number of bytes above 0, as '500 kB' or '5 MB'")
    return int(found[1]) * _SIZES[found[2].lower()]


def duration_us(written: str) -> int:
    """Read '14 days' as microseconds."""
    try:
        duration = parse_duration(written)
    except ValueError as cause:
        raise ValueError(ALLOWED) from cause
    if duration.working or not duration.micros:
        raise ValueError("a span above 0 in elapsed time, as '14 days' or '72 hours'")
    return duration.micros


def one_of(*names: str) -> Callable[[str], str]:
    """Return a reader of one name of a few."""

    def read(written: str) -> str:
        if written.lower() not in names:
            raise ValueError(" | ".join(names))
        return written.lower()

    return read


def pairs(*values: str) -> Callable[[str], tuple[tuple[str, str], ...]]:
    """Return a reader of names that each get one of a few values: 'leads=member, heads=admin'."""

    def read(written: str) -> tuple[tuple[str, str], ...]:
        found = [[side.strip() for side in one.rpartition("=")[::2]] for one in written.split(",") if one.strip()]
        if not all(name and value.lower() in values for name, value in found):
            raise ValueError(f"NAME=VALUE with commas between, VALUE one of: {' | '.join(values)}")
        return tuple((name, value.lower()) for name, value in found)

    return read


def postgres_url(written: str) -> str:
    if not written.startswith(("postgresql://", "postgres://")) or len(written.split("://", 1)[1]) < 1:
        raise ValueError("postgresql://USER:PASSWORD@HOST/DATABASE; without one Clew uses SQLite in .clew/")
    return written


def web_address(written: str) -> str:
    """Read an http(s) address; a slash at its end goes."""
    try:
        parts = urlsplit(written)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
        good = good and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise ValueError("an address as https://clew.example.com")
    return written.rstrip("/")


def host(written: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._:%-]+", written):
        raise ValueError("a name or an IP address of this machine, as 127.0.0.1 or 0.0.0.0")
    return written


def long_text(least: int) -> Callable[[str], str]:
    """Return a reader of secrets: long enough that nobody guesses them."""

    def read(written: str) -> str:
        if len(written) < least:
            raise ValueError(f"at least {least} characters, drawn by chance")
        return written

    return read


def networks(written: str) -> tuple[Network, ...]:
    """Read '10.0.0.0/8, 127.0.0.1'."""
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in written.split(",") if one.strip())
    except ValueError as cause:
        raise ValueError("addresses or networks with commas between, as 127.0.0.1, 10.0.0.0/8") from cause


def folder(written: str) -> Path:
    return Path(written).expanduser()
