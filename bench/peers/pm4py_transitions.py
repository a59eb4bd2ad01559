"""The same by PM4Py: python pm4py_transitions.py EVENTS.parquet; prints the number of transitions and the largest."""

import json
import sys

import pandas as pd
import pm4py

table = pd.read_parquet(sys.argv[1], columns=["account", "at", "activity"])
log = pm4py.format_dataframe(table, case_id="account", activity_key="activity", timestamp_key="at")
graph, _, _ = pm4py.discover_dfg(log)
print(json.dumps({"transitions": int(sum(graph.values())), "largest": int(max(graph.values()))}))
