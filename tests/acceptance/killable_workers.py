"""Start real worker processes quickly: one process has everything loaded and forks when a line tells it to.

Each line of standard input is JSON: the folder of a workspace, the address of its database or null, and what
CLEW_FAILPOINTS shall say. The answer is the number of the new process. What a firm's size would bring about only after
hours is brought about early: the archive is written every few dozen rows.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

from clew import logs
from clew.config.model import Settings
from clew.live.keeping import model, tail
from clew.worker import run, run_worker
from clew.worker.duties import schedule

ROWS = 40  # of the tail that make it due; that stay in it afterwards


def hurry() -> None:
    """Let everything happen often."""
    vars(model)["LEAST_ROWS"] = vars(tail)["RECENT_ROWS"] = ROWS
    run.SLOW_S.update(dict.fromkeys(run.SLOW_S, 0.02))
    run.HEART_S = 0.2
    schedule.TASKS = {name: (100_000, act) for name, (_, act) in schedule.TASKS.items()}


def work(told: dict[str, str | None]) -> None:
    """Be a worker until a signal ends it."""
    os.environ["CLEW_FAILPOINTS"] = told["failpoints"] or ""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    logs.begin()
    settings = Settings(secret="x" * 32, database_url=told["url"])
    run_worker(Path(str(told["folder"])), settings, stop)


def main() -> None:
    hurry()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need not be waited for
    for line in sys.stdin:
        number = os.fork()
        if number == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(sys.stdout.fileno())  # or whoever reads the answers waits for the last worker
            try:
                work(json.loads(line))
            finally:
                os._exit(0)
        print(number, flush=True)


if __name__ == "__main__":
    main()
