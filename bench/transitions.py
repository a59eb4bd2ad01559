"""Stored log to directly-follows transitions, by the library alone: python bench/transitions.py FOLDER."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from clew.archive.reader import open_archive
from clew.engine.kernels.counts import merge_counted
from clew.engine.kernels.transitions import transitions

view = open_archive(Path(sys.argv[1]) / ".clew").view()
counted = merge_counted([transitions(bucket.thread, bucket.event) for bucket in view.buckets()])
print(json.dumps({"transitions": int(counted.count.sum()), "largest": int(counted.count.max())}))
