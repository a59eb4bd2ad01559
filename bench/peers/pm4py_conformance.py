"""Token replay and alignments by PM4Py: python pm4py_conformance.py EVENTS MAP.json; prints the figures as JSON.

EVENTS  Parquet or CSV with the columns case, at, stage: one row per event that enters a stage; of several rows in a row
        with one stage the first counts
MAP     {"stages": [...], "optional": [...], "whole": false}

The net: a place before each stage; from it the stage's transition, and for an optional stage a silent one past it.
After a stage a silent transition leads on; where the way need not be gone to its end, another leads out.
"""

import hashlib
import json
import sys
from pathlib import Path

import pandas as pd
import pm4py
from pm4py.objects.petri_net.obj import Marking, PetriNet
from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to


def net_of(stages, optional, whole):
    net = PetriNet("map")

    def place(name):
        made = PetriNet.Place(name)
        net.places.add(made)
        return made

    def transition(name, label, source, target):
        made = PetriNet.Transition(name, label)
        net.transitions.add(made)
        add_arc_from_to(source, made, net)
        add_arc_from_to(made, target, net)

    before = [place(f"before {number}") for number in range(len(stages) + 1)]
    out = place("out")
    for number, stage in enumerate(stages):
        after = place(f"after {number}")
        transition(stage, stage, before[number], after)
        transition(f"on {number}", None, after, before[number + 1])
        if stage in optional:
            transition(f"past {number}", None, before[number], before[number + 1])
        if not whole:
            transition(f"out {number}", None, after, out)
    if whole:
        transition("end", None, before[-1], out)
    return net, Marking({before[0]: 1}), Marking({out: 1})


def log_of(path):
    table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype={"case": str})
    table["at"] = pd.to_datetime(table["at"], utc=True, format="ISO8601") if path.suffix == ".csv" else table["at"]
    table = table.sort_values(["case", "at"], kind="stable")
    first = (table["case"] != table["case"].shift()) | (table["stage"] != table["stage"].shift())
    return pm4py.format_dataframe(table[first], case_id="case", activity_key="stage", timestamp_key="at")


def main():
    events, written = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    log = log_of(events)
    net, begin, end = net_of(written["stages"], written["optional"], written["whole"])
    replayed = pm4py.fitness_token_based_replay(log, net, begin, end)
    aligned = pm4py.fitness_alignments(log, net, begin, end)
    paths = [list(path) for _, path in log.groupby("case:concept:name", sort=True)["concept:name"]]
    found = {
        "pm4py": pm4py.__version__,
        "cases": len(paths),
        "variants": len({tuple(path) for path in paths}),
        "paths_sha256": hashlib.sha256(json.dumps(sorted(paths)).encode()).hexdigest(),
        "token_replay_fit_share": replayed["percentage_of_fitting_traces"] / 100,
        "token_replay_average_fitness": replayed["average_trace_fitness"],
        "alignment_fit_share": aligned["percentage_of_fitting_traces"] / 100,
        "alignment_average_fitness": aligned["average_trace_fitness"],
        "alignment_log_fitness": aligned["log_fitness"],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
