"""One measurement in a process of its own, printed as JSON: for each name wall seconds and CPU seconds of all threads.

python bench/measure.py fold|questions|scan|scan-parquet FOLDER
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from clew.engine.fold import fold as fold_journey
from clew.questions.library import open_workspace
from clew.questions.model import Query
from clew.questions.registry import REGISTRY

JOURNEY = "lifecycle"
REPEATS = 3
# Questions that need to be told more than their name; all others are asked as they are.
OPTIONS: dict[str, dict[str, str]] = {
    "conversion": {"points": "form filled > meeting booked > demo held > proposal sent", "within": "90 days"},
}
FURTHER: dict[str, Query] = {
    "transitions --over events": Query("transitions", JOURNEY, options={"over": "events"}),
    "time --working": Query("time", JOURNEY, options={"working": "yes"}),
    "time --of event": Query("time", JOURNEY, options={"of": "event"}),
    "time --by segment": Query("time", JOURNEY, by=("segment",)),
    "runs --by period:month": Query("runs", JOURNEY, by=("period:month",)),
}


Took = tuple[float, float]  # wall and CPU seconds


def took(work: Callable[[], object]) -> Took:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def fold(folder: Path) -> dict[str, Took]:
    """Fold of all threads from the stored columns, twice: the first one loads or compiles code."""
    workspace = open_workspace(folder)
    journey, view = workspace.journey(JOURNEY), workspace.view()
    names = ("fold of all threads, first time", "fold of all threads, once more")
    return {name: took(lambda: fold_journey(view, journey, workspace.firm)) for name in names}


def questions(folder: Path) -> dict[str, Took]:
    """Every question over the stored columns and a fold at hand: best of some repeats after one unmeasured answer."""
    plain = {name: Query(name, JOURNEY, options=OPTIONS.get(name, {})) for name in REGISTRY}
    workspace = open_workspace(folder)
    return {name: _best(partial(workspace.ask, query)) for name, query in {**plain, **FURTHER}.items()}


def scan(folder: Path) -> dict[str, Took]:
    """Read thread, time and event of every stored event once."""
    buckets = open_workspace(folder).view().buckets()

    def read() -> int:
        return sum(int(b.thread.max()) + int(b.at.max()) + int(b.event.max()) for b in buckets if len(b))

    return {"one scan of the same columns (numpy, mapped)": _best(read)}


def _best(work: Callable[[], object]) -> Took:
    """The quickest of some repeats, after one that is not measured."""
    work()
    return min(took(work) for _ in range(REPEATS))


def scan_parquet(folder: Path) -> dict[str, Took]:
    """Read the same columns of the Parquet export once."""
    import duckdb

    database = duckdb.connect()
    table = f"'{folder}/exports/events.parquet' AS log"
    statement = f"SELECT sum(length(account)), sum(epoch_us(log.at)), sum(length(activity)) FROM {table}"
    return {"one scan of the same columns (DuckDB over Parquet)": _best(lambda: database.execute(statement).fetchall())}


def main() -> None:
    kind, folder = sys.argv[1], Path(sys.argv[2])
    measured = {"fold": fold, "questions": questions, "scan": scan, "scan-parquet": scan_parquet}[kind](folder)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
