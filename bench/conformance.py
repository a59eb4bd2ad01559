"""Fitness by Clew beside PM4Py's token replay and alignments, on the same log and map: they must agree.

    python bench/conformance.py FOLDER [--journey NAME]      a workspace that is loaded
    python bench/conformance.py --invented                   small logs made from seeds
    ... --record FILE                                        keep PM4Py's figures for tests/reference

PM4Py (AGPL) runs as a process of its own, in the environment that bench/run.py makes; --python names another. It gets
the events, not Clew's runs: each event whose name enters a stage, in order of time.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from clew.archive.model import NO_CODE, LogView
from clew.clock import to_datetime
from clew.conditions.happening import event_names
from clew.discovery.conformance.conform import conform
from clew.discovery.conformance.tally import Measure
from clew.journeys.model import Journey
from clew.questions.library import open_workspace
from clew.questions.model import Query

HERE = Path(__file__).parent
EXACT = 1e-9
Row = tuple[str, str, str]
Figures = dict[str, Any]
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

# stages, those that may be left out, whether the way has to be gone to its end, seed
INVENTED: tuple[tuple[int, tuple[int, ...], bool, int], ...] = (
    (7, (), False, 7),
    (5, (0, 3), False, 11),
    (5, (2, 4), True, 13),
    (6, (), True, 17),
)
RUNS = 400


def stage_events(view: LogView, journey: Journey) -> Iterator[Row]:
    """Yield (case, at, stage) of every event that enters a stage by its name, in the log's order."""
    stage_of = {name: stage.name for stage in journey.stages for name in event_names(stage.enter)}
    stages = [stage_of.get(text) for text in view.names["event"].texts()]
    kind, entity = journey.subject.kind, view.names["entity"]
    for bucket in view.buckets():
        subject = bucket.thread if kind == "account" else bucket.subject(kind)
        for who, at, event in zip(subject.tolist(), bucket.at.tolist(), bucket.event.tolist(), strict=True):
            stage = stages[event]
            if stage is not None and who != NO_CODE:
                yield entity.text(who), to_datetime(at).isoformat(timespec="microseconds"), stage


def invented_paths(stages: int, seed: int, *, whole: bool) -> list[list[int]]:
    """Draw the ways of some runs: mostly onward, now and then over a stage, back, or once more."""
    draw = random.Random(seed)
    paths = []
    for _ in range(RUNS):
        path = [0 if draw.random() < 0.9 else draw.randrange(stages)]
        while len(path) < 25 and (path[-1] < stages - 1 if whole else draw.random() < 0.8):
            step = draw.choices((1, 2, -1, -2), (80, 8, 9, 3))[0]
            following = min(max(path[-1] + step, 0), stages - 1)
            path += [following] if following != path[-1] else []
        paths.append(path)
    return paths


def invented_events(paths: list[list[int]]) -> Iterator[Row]:
    for number, path in enumerate(paths):
        for hour, stage in enumerate(path):
            yield f"run {number:04d}", (BEGIN + timedelta(hours=hour)).isoformat(timespec="microseconds"), f"s{stage}"


def by_pm4py(python: Path, events: Iterator[Row], written: Figures) -> Figures:
    """Let PM4Py replay and align; adds its seconds, its start included, and the hash of the events it got."""
    with tempfile.TemporaryDirectory() as folder:
        log, drawn = Path(folder) / "events.csv", Path(folder) / "map.json"
        with log.open("w", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["case", "at", "stage"])
            rows.writerows(events)
        drawn.write_text(json.dumps(written))
        began = time.perf_counter()
        command = [str(python), str(HERE / "peers" / "pm4py_conformance.py"), str(log), str(drawn)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"PM4Py failed:\n{done.stderr[-2000:]}")
        found: Figures = json.loads(done.stdout.splitlines()[-1])
        return {**found, "seconds": time.perf_counter() - began, "events_sha256": _sha256(log)}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def by_clew(folder: Path, journey: str | None) -> tuple[Figures, LogView, Journey]:
    """Hold every run of a loaded workspace against its map; seconds after the fold."""
    workspace = open_workspace(folder)
    ground = workspace.ground(Query("conform", journey))
    began = time.perf_counter()
    found = conform(ground, Query("conform", journey, options={"top": "0"}), Measure(ordered_only=True))
    fit = found.fitness.rows[0]
    figures = {
        "cases": fit["n"],
        "variants": fit["paths"],
        "fit share": fit["straight"],
        "average fitness": fit["alignment"],
        "seconds": time.perf_counter() - began,
    }
    return figures, ground.view, ground.journey


def compare(ours: Figures, theirs: Figures) -> str:
    """Put both side by side. Raises SystemExit where they differ."""
    pairs = {
        "cases": theirs["cases"],
        "variants": theirs["variants"],
        "fit share": theirs["token_replay_fit_share"],
        "average fitness": theirs["alignment_average_fitness"],
    }
    lines = [f"{'':18} {'Clew':>20} {'PM4Py ' + theirs['pm4py']:>20}"]
    lines += [f"{name:18} {ours[name]!s:>20} {value!s:>20}" for name, value in pairs.items()]
    lines.append(f"{'seconds':18} {ours['seconds']:>20.3f} {theirs['seconds']:>20.1f}")
    differing = [name for name, value in pairs.items() if abs(ours[name] - value) > EXACT]
    if differing:
        raise SystemExit("\n".join([*lines, f"they differ in: {', '.join(differing)}"]))
    return "\n".join(lines)


def record(page: Path, case: Figures) -> None:
    """Keep a case under its name, in place of the former one."""
    kept = json.loads(page.read_text()) if page.exists() else []
    others = [each for each in kept if each["name"] != case["name"]]
    page.write_text(json.dumps([*others, case], indent=1) + "\n")


def invented(python: Path) -> Iterator[Figures]:
    """Make the small logs and let PM4Py judge them; their paths are kept with how many runs took each."""
    for stages, optional, whole, seed in INVENTED:
        names = [f"s{stage}" for stage in range(stages)]
        written = {"stages": names, "optional": [names[stage] for stage in optional], "whole": whole}
        paths = invented_paths(stages, seed, whole=whole)
        taken = Counter(" ".join(map(str, path)) for path in paths)
        found = by_pm4py(python, invented_events(paths), written)
        yield {"name": f"invented, seed {seed}", "map": written, "pm4py": found, "paths": dict(sorted(taken.items()))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--journey")
    parser.add_argument("--invented", action="store_true")
    parser.add_argument("--record", type=Path)
    parser.add_argument("--python", type=Path, default=HERE / ".venv-peers" / "bin" / "python")
    chosen = parser.parse_args()
    if chosen.invented:
        for case in invented(chosen.python):
            print(case["name"], json.dumps(case["pm4py"]))
            if chosen.record:
                record(chosen.record, case)
        return
    ours, view, journey = by_clew(chosen.folder, chosen.journey)
    optional = [stage.name for stage in journey.stages if stage.optional]
    written = {"stages": list(journey.stage_names), "optional": optional, "whole": False}
    theirs = by_pm4py(chosen.python, stage_events(view, journey), written)
    print(compare(ours, theirs))
    if chosen.record:
        record(chosen.record, {"name": journey.name, "map": written, "pm4py": theirs})


if __name__ == "__main__":
    main()
