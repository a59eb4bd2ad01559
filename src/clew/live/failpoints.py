"""Places at which a test may kill this process, between every pair of steps; in a process of a user they do nothing.

    CLEW_FAILPOINTS="intake.before-commit=3,state.before-commit=1" clew worker

kills the process (SIGKILL, as a power cut would) when it comes to `intake.before-commit` for the third time, or to
`state.before-commit` for the first. Names are `<part>.<step>`.
"""

from __future__ import annotations

import os
import signal
from functools import cache

VARIABLE = "CLEW_FAILPOINTS"


def reach(name: str) -> None:
    """Pass a place; dies here where the environment says that this is the time."""
    armed = _armed()
    if not armed or name not in armed:
        return
    armed[name] -= 1
    if armed[name] == 0:
        os.kill(os.getpid(), signal.SIGKILL)


@cache
def _armed() -> dict[str, int]:
    """How often each named place may still be reached."""
    pairs = (item.partition("=") for item in os.environ.get(VARIABLE, "").split(",") if item.strip())
    return {name.strip(): int(times or "1") for name, _, times in pairs}
