"""How the fold should run: python bench/fold_execution.py EVENTS [--repeat N]

Times, on a seeded synthetic log, the walk of the fold in three ways, and the whole fold around it:

interpreted  clew.engine.walk as plain Python over lists
compiled     the same function through numba (extra `fast`)
ranks        a numpy prototype, here only: step k of every thread at once, longest threads first

Each way runs in a process of its own, so import, compilation and peak memory are its own; all must end the same runs.
Wall seconds (`_s`) need a quiet machine; processor seconds (`cpu_s`, all cores together) are steadier.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.clock import DAY_US, NEVER
from clew.conditions.model import All, AnyOf, Event, Not, Silent
from clew.durations import Duration
from clew.engine.fold import fold
from clew.engine.model import OPEN
from clew.engine.stream import build_stream, conditions_of
from clew.engine.symbols import compile_journey
from clew.engine.terms import Terms
from clew.engine.walk import Rows
from clew.firm.model import Firm
from clew.journeys.model import Again, AgainKind, Back, End, Journey, Stage, Subject
from clew.testing import MemoryAttributes, MemoryBucket, MemoryNames, MemoryView

FIRM = Firm("bench", "EUR", "UTC")
EVENTS = 24
MEAN = 76  # events of a thread, lognormal as in the published measurements


def journey(*, plain: bool = False) -> Journey:
    """Seven stages over 24 events, two ends; `plain` leaves out what the prototype does not know."""

    def one(*names: int) -> Event:
        return Event(tuple(f"event {name}" for name in names))

    stages = [Stage(f"stage {k}", one(3 * k, 3 * k + 1)) for k in range(6)]
    richer = AnyOf((one(18), All((one(19), Not(one(20))))))
    stages.append(Stage("stage 6", one(18) if plain else richer, back=Back.FRICTION))
    lapsed = End(
        "lapsed", Silent(tuple(f"event {name}" for name in range(EVENTS)), Duration(45, "day")), reopens=not plain
    )
    ends = (End("won", one(22), good=True), lapsed)
    again = Again() if plain else Again(AgainKind.AFTER_END, Duration(30, "day"))
    return Journey("bench", "Bench", "0", Subject(), tuple(stages), starts=one(0, 2, 5), again=again, ends=ends)


def synthetic(events: int, buckets: int = 16, *, seed: int = 7) -> MemoryView:
    """A log of about so many events, sorted by (thread, at); 3 % of all times are equal to the one before."""
    rng = np.random.default_rng(seed)
    names = MemoryNames()
    for name in range(EVENTS):
        names["event"].add(f"event {name}")
    threads = max(1, events // MEAN)
    made = []
    for number in range(buckets):
        count = threads // buckets + (number < threads % buckets)
        length = np.clip(rng.lognormal(np.log(MEAN) - 0.405, 0.9, count), 2, 4000).astype(np.int64)
        thread = np.repeat(np.arange(count, dtype=np.int32) * buckets + number, length)
        starts = np.repeat(np.cumsum(length) - length, length)
        progress = (np.arange(len(thread)) - starts) / np.repeat(length, length)
        gap = (rng.exponential(3.0, len(thread)) * DAY_US).astype(np.int64)
        gap[rng.random(len(thread)) < 0.03] = 0
        at = np.cumsum(gap)
        at = at - at[starts] + 1_700_000_000_000_000 + (thread.astype(np.int64) * 7919) % (90 * DAY_US)
        event = np.clip(rng.normal(progress * EVENTS, 3.0), 0, EVENTS - 1).astype(np.int32)
        made.append(_bucket(number, thread, at, event))
    as_of = max(int(bucket.at.max()) for bucket in made)
    return MemoryView(as_of, NEVER, names, frozenset(), frozenset(), kept=made)


def _bucket(number: int, thread: Any, at: Any, event: Any) -> MemoryBucket:
    none, code = np.full(len(thread), -1, np.int8), np.zeros(0, np.int32)
    attributes = MemoryAttributes(code, code, code, code, code.astype(np.int64), code.astype(np.int64))
    zero = np.zeros(len(thread), np.bool_)
    amount = np.full(len(thread), -(2**63))
    return MemoryBucket(
        number, thread, at, zero, event, zero.astype(np.uint8), none, none, none, none, amount, at, attributes
    )


def by_ranks(rows: Rows, as_of: int, ignored: NDArray[np.bool_]) -> dict[str, NDArray[np.int64]]:
    """Fold all units at once, one rank after the other: a start, stages, one silence and ends; no reopening, one run.

    Returns, per unit, the final state; visits are counted only, to be kind to this way.
    """
    length = np.diff(rows.starts)
    order = np.argsort(-length, kind="stable")
    first, length = rows.starts[:-1][order], length[order]
    units = len(first)
    known, is_open = np.zeros(units, np.bool_), np.zeros(units, np.bool_)
    stage, outcome = np.full(units, -1, np.int8), np.full(units, OPEN, np.int8)
    start, end, due = np.zeros(units, np.int64), np.full(units, NEVER), np.full(units, NEVER)
    entered_at, visits = np.full(units, -1, np.int64), np.zeros(units, np.int64)
    line_start, line_entry, line_end = rows.start[0], rows.entry_at[0], rows.end[0]
    for rank in range(int(length.max(initial=0))):
        active = int(np.searchsorted(-length, -rank, "left"))
        here = first[:active] + rank
        now = rows.at[here]
        ran_out = is_open[:active] & ((due[:active] < now) | ((due[:active] == now) & (rows.sign_at[here] == 0)))
        end[:active][ran_out] = due[:active][ran_out]
        outcome[:active][ran_out] = 1
        is_open[:active] &= ~ran_out
        begins = (line_start[here] != 0) & ~known[:active]
        known[:active] |= begins
        is_open[:active] |= begins
        start[:active][begins] = now[begins]
        visits[:active] += begins
        entered_at[:active][begins] = now[begins]
        alive = is_open[:active]
        due[:active] = np.where(alive & ((rows.sign[here] != 0) | begins), rows.after[0][here], due[:active])
        entry, present = line_entry[here], stage[:active]
        moves = alive & (entry >= 0) & (entry != present) & ((entry > present) | ~ignored[entry])
        visits[:active] += moves & (entered_at[:active] != now)
        stage[:active][moves] = entry[moves]
        entered_at[:active][moves] = now[moves]
        ends = alive & (line_end[here] != -1)
        end[:active][ends] = now[ends]
        outcome[:active][ends] = line_end[here][ends]
        is_open[:active] &= ~ends
    late = is_open & (due <= as_of)
    end[late], outcome[late] = due[late], 1
    back = np.argsort(order)
    columns = {"known": known, "stage": stage, "outcome": outcome, "start": start, "end": end, "visits": visits}
    return {name: column[back].astype(np.int64) for name, column in columns.items()}


def measure(way: str, events: int, repeat: int) -> dict[str, Any]:
    """Time one way; `first` includes loading and compiling what it needs."""
    view = synthetic(events)
    plain = journey(plain=True)
    base = _peak()
    told: dict[str, Any] = {"way": way, "events": sum(map(len, view.kept)), "base_mib": base}
    terms = Terms(view, FIRM)
    times, walks, processor = [], [], []
    for _ in range(repeat):
        begun, walked, total = time.perf_counter(), 0.0, np.zeros(3, np.int64)
        busy = time.process_time()
        if way == "ranks":
            for bucket in view.kept:
                symbols = compile_journey(plain, build_stream(bucket, terms, Subject(), conditions_of(plain)), terms)
                before = time.process_time()
                state = by_ranks(symbols.rows, view.as_of, symbols.rules.ignored)
                walked += time.process_time() - before
                total += (state["known"].sum(), (state["outcome"] == 0).sum(), (state["outcome"] == 1).sum())
        else:
            folded = fold(view, plain, FIRM, compiled=way == "compiled")
            for part in folded.buckets:
                runs = part.runs
                total += (len(runs), (runs.outcome == 0).sum(), (runs.outcome == 1).sum())
        times.append(time.perf_counter() - begun)
        processor.append(time.process_time() - busy)
        walks.append(walked)
        told["runs, won, lapsed"] = total.tolist()
    told |= {"first_s": round(times[0], 2), "best_s": round(min(times), 2), "peak_mib": _peak()}
    told["cpu_s"] = round(min(processor), 2)
    if way == "ranks":
        told["walk_cpu_s"] = round(min(walks), 2)
    if way != "ranks":
        told["walk_cpu_s"] = round(_walk_alone(view, plain, terms, compiled=way == "compiled", repeat=repeat), 2)
        full = journey()
        begun = time.perf_counter()
        whole = fold(view, full, FIRM, compiled=way == "compiled")
        told["full_journey_s"] = round(time.perf_counter() - begun, 2)
        told["full_journey_runs"] = sum(len(part.runs) for part in whole.buckets)
    return told


def _walk_alone(view: MemoryView, plain: Journey, terms: Terms, *, compiled: bool, repeat: int) -> float:
    """Processor seconds of the automaton alone, all buckets."""
    from clew.engine.fold import pieces, room_for
    from clew.engine.walk import WALK

    best = float("inf")
    for _ in range(repeat):
        spent = 0.0
        for bucket in view.kept:
            symbols = compile_journey(plain, build_stream(bucket, terms, Subject(), conditions_of(plain)), terms)
            for _, piece in pieces(symbols.rows):
                written = room_for(piece)
                begun = time.process_time()
                WALK((piece, symbols.rules), written, compiled=compiled)
                spent += time.process_time() - begun
        best = min(best, spent)
    return best


def long_thread(way: str, length: int) -> dict[str, Any]:
    """One thread with very many events beside many short ones: what a rank-parallel scan fears."""
    view = synthetic(length, 1)
    bucket = view.kept[0]
    joined = MemoryBucket(**{**vars(bucket), "thread": np.zeros(len(bucket), np.int32), "at": np.sort(bucket.at)})
    view.kept = [joined]
    plain, terms = journey(plain=True), Terms(view, FIRM)
    begun = time.process_time()
    if way == "ranks":
        symbols = compile_journey(plain, build_stream(joined, terms, Subject(), conditions_of(plain)), terms)
        by_ranks(symbols.rows, view.as_of, symbols.rules.ignored)
    else:
        fold(view, plain, FIRM, compiled=way == "compiled")
    return {"way": way, "one thread of": len(joined), "cpu_s": round(time.process_time() - begun, 2)}


def imports() -> dict[str, float]:
    """Seconds to import numpy, the engine, and numba on top."""
    told = {}
    for name, code in (("numpy", "import numpy"), ("engine", "import clew.engine.fold"), ("numba", "import numba")):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        told[name] = round(time.perf_counter() - begun, 2)
    return told


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("events", type=int)
    asked.add_argument("--repeat", type=int, default=3)
    asked.add_argument("--way", choices=("interpreted", "compiled", "ranks"))
    asked.add_argument("--long", type=int, default=0, help="time one thread of so many events instead")
    options = asked.parse_args()
    if options.way:
        told = (
            long_thread(options.way, options.long)
            if options.long
            else measure(options.way, options.events, options.repeat)
        )
        print(json.dumps(told))
        return
    print(json.dumps({"import_s": imports()}), flush=True)
    for way in ("interpreted", "compiled", "ranks"):
        command = [sys.executable, __file__, str(options.events), "--way", way]
        subprocess.run([*command, "--repeat", str(options.repeat)], check=True)
        subprocess.run([*command, "--long", "100000"], check=True)


if __name__ == "__main__":
    main()
