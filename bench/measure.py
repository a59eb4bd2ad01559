"""One measurement in a process of its own, printed as JSON.

python bench/measure.py fold|questions|scan|scan-parquet FOLDER
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import clew
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
    "time --by segment": Query("time", JOURNEY, by=("segment",)),
    "runs --by period:month": Query("runs", JOURNEY, by=("period:month",)),
}


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def fold(folder: Path) -> dict[str, float]:
    """First fold of all threads, with nothing derived before; once more with the compiled code at hand."""
    found = {}
    for name in ("fold, first time", "fold, once more"):
        shutil.rmtree(folder / ".clew" / "derived", ignore_errors=True)
        workspace = clew.open_workspace(folder)
        found[name] = seconds(lambda: list(workspace.fold(JOURNEY).buckets))  # noqa: B023
    return found


def questions(folder: Path) -> dict[str, float]:
    """Every question from the stored layout: best of some repeats after one unmeasured answer."""
    workspace = clew.open_workspace(folder)
    plain = {name: Query(name, JOURNEY, options=OPTIONS.get(name, {})) for name in REGISTRY}
    found = {}
    for name, query in {**plain, **FURTHER}.items():
        workspace.ask(query)
        found[name] = min(seconds(lambda: workspace.ask(query)) for _ in range(REPEATS))  # noqa: B023
    return found


def scan(folder: Path) -> dict[str, float]:
    """Read thread, time and event of every stored event once."""
    buckets = clew.open_workspace(folder).view().buckets()

    def read() -> int:
        return sum(int(b.thread.max()) + int(b.at.max()) + int(b.event.max()) for b in buckets if len(b))

    read()
    return {"one scan of the same columns (numpy, mapped)": min(seconds(read) for _ in range(REPEATS))}


def scan_parquet(folder: Path) -> dict[str, float]:
    """Read the same columns of the Parquet export once."""
    import duckdb

    database = duckdb.connect()
    statement = f"SELECT max(account), max(at), max(activity) FROM '{folder}/exports/events.parquet'"
    database.execute(statement).fetchall()
    once = min(seconds(lambda: database.execute(statement).fetchall()) for _ in range(REPEATS))
    return {"one scan of the same columns (DuckDB over Parquet)": once}


def main() -> None:
    kind, folder = sys.argv[1], Path(sys.argv[2])
    measured = {"fold": fold, "questions": questions, "scan": scan, "scan-parquet": scan_parquet}[kind](folder)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
