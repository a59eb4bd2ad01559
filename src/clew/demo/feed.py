"""Events that keep arriving: the sample firm lives on from now, and its tools send what happens over HTTP."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from clew.demo.living.cast import ORDER, read_cast, read_lived, write_lived
from clew.demo.living.happening import Tool, happenings
from clew.demo.living.sending import Flawed, Request, flawed, requests_of

__all__ = ["PACE", "Tool", "feed", "told"]

PACE = 60.0  # events a minute
TIMEOUT_S = 10.0
_FIRST_RUN = 1_700_000_000  # seconds since 1970: runs began later
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
PATIENCE_S = 2.0  # before a request that was not answered is sent again


def told(folder: Path, seed: int, run: str) -> Iterator[Flawed]:
    """What happens from now on, and how it is told; the same for the same exports, seed and run.

    run  stands in ids and numbers of tickets
    """
    return flawed(happenings(read_cast(folder), seed, run), seed)


def feed(
    folder: Path,
    address: str,
    keys: Mapping[Tool, str],
    stop: threading.Event,
    *,
    seed: int = 7,
    pace: float = PACE,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Send until told to stop; return how many requests were acknowledged.

    address  of the server, without a slash at the end       keys  write key of each tool's source
    pace     events a minute
    """
    run = run_of(now())
    lived, sent = read_lived(folder), 0
    for one in told(folder, seed, run):
        for request in requests_of(one, run, now()):
            sent += _send(address, request, keys[request.tool], stop)
        if one.happening.event in ORDER:
            lived[one.happening.customer.id] = ORDER.index(one.happening.event) + 1
            write_lived(folder, lived)
        if stop.wait(60 / pace):
            break
    return sent


def run_of(begins: datetime) -> str:
    """Name a run by when it began, in a few letters: "k3f9z"."""
    seconds, letters = int(begins.timestamp()) - _FIRST_RUN, ""
    while seconds > 0:
        seconds, place = divmod(seconds, len(_LETTERS))
        letters = _LETTERS[place] + letters
    return letters or _LETTERS[0]


def _send(address: str, request: Request, key: str, stop: threading.Event) -> bool:
    """Send until it is acknowledged or refused: what was not answered may have arrived, and its id tells that."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    posted = urllib.request.Request(address + request.path, request.body, headers)
    while not stop.is_set():
        try:
            with urllib.request.urlopen(posted, timeout=TIMEOUT_S) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as refused:
            refused.close()
            if refused.code < 500 and refused.code != 429:
                return False
        except OSError:
            pass
        stop.wait(PATIENCE_S)
    return False
