"""One trial: a firm is made with known faults, loaded as any firm would be, and looked at by every detector."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from clew import clock
from clew.archive.model import Codes
from clew.demo.plan import Effect, Plan
from clew.demo.write import write_firm
from clew.questions.library import open_workspace
from clew.signals.model import Detector, Seen
from clew.signals.opening import open_sight
from clew.signals.registry import DETECTORS
from clew.signals.sight import Sight
from clew.trials.match import Noticed, Planted, Tally, tally

SHARE = 0.1  # of what is eligible, where a trial plants a fault
SHARES = {"missed-expansion": 0.4, "silence": 0.2, "small-frictions": 0.2}  # where few are eligible
SIZES = (0.0, 0.25, 0.5, 0.75, 1.0)
LARGEST = 2.0  # size that a plan of the demo accepts
LABELS = Path("truth") / "planted.csv"


@dataclass(frozen=True)
class Trial:
    """What one trial showed: the size of every planted effect (0: nothing planted), and the tally by detector."""

    seed: int
    size: float
    tallies: dict[str, Tally]


def curves(
    seeds: Sequence[int],
    sizes: Sequence[float] = SIZES,
    *,
    accounts: int = 300,
    done: Callable[[Trial], None] | None = None,
) -> list[Trial]:
    """Try every detector at every size with every seed.

    done  is told each trial as it ends
    """
    trials = []
    for seed in seeds:
        for size in sizes:
            trial = Trial(seed, size, try_once(seed, size, accounts=accounts))
            trials.append(trial)
            if done:
                done(trial)
    return trials


def try_once(seed: int, size: float, *, accounts: int) -> dict[str, Tally]:
    """Make, load and look at one firm in a folder that is removed afterwards; return the tally of every detector."""
    shares = {detector.name: SHARES.get(detector.name, SHARE) if size > 0 else 0.0 for detector in DETECTORS}
    effects = {name: Effect(share=share, size=size) for name, share in shares.items()}
    with TemporaryDirectory(prefix="clew-trial-") as folder:
        write_firm(Path(folder), Plan(accounts=accounts, seed=seed, effects=effects))
        return tallies(Path(folder))


def tallies(folder: Path) -> dict[str, Tally]:
    """Load the firm of a folder and hold what each detector notices against the labels beside it."""
    workspace = open_workspace(folder)
    workspace.load(now=clock.now())
    sight = open_sight(workspace)
    planted = [*read_labels(folder / LABELS)]
    return {detector.name: _tally(sight, detector, planted) for detector in DETECTORS}


def read_labels(path: Path) -> Iterator[Planted]:
    """Read the planted faults that a firm was written with."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            at, until = (clock.to_micros(datetime.fromisoformat(row[name])) for name in ("at", "until"))
            yield Planted(row["kind"], row["account_id"], at, until)


def _tally(sight: Sight, detector: Detector, planted: Sequence[Planted]) -> Tally:
    seen = [detector.detect(sight, number) for number in range(len(sight.buckets))]
    noticed = [signal for one in seen for signal in _noticed(sight, detector.name, one)]
    of_kind = [plant for plant in planted if plant.kind == detector.name and plant.at <= sight.as_of]
    counted = Tally(
        occasions=sum(len(one.exposed) for one in seen),
        accounts=sum(_different(one.exposed.thread) for one in seen),
        hit=sum(_different(one.found.thread) for one in seen),
    )
    return tally(of_kind, noticed) + counted


def _noticed(sight: Sight, kind: str, seen: Seen) -> Iterator[Noticed]:
    entities = sight.view.names["entity"]
    for thread, at in zip(seen.found.thread.tolist(), seen.found.at.tolist(), strict=True):
        yield Noticed(kind, entities.text(thread).partition(":")[2], at)


def _different(threads: Codes) -> int:
    return len(np.unique(threads))
