"""Columns are opened by several threads at once: while buckets are written, while journeys are walked."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from clew.archive.folders import Folder, Stored, write_folder
from clew.archive.layout import EVENTS
from clew.archive.pieces import Held

THREADS, TIMES = 4, 100


class _Yielding:
    """Garbage that lets other threads run while it is collected."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        time.sleep(0)


@pytest.fixture(autouse=True)
def _eager_collector() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(5)
    yield
    gc.set_threshold(*before)


def test_threads_open_columns_at_once(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, "table", EVENTS, Held(EVENTS, {"at": np.arange(5), "known": np.arange(5)}))

    with ThreadPoolExecutor(THREADS) as pool:
        sums = list(pool.map(lambda _: opened_again_and_again(tmp_path, folder), range(THREADS)))

    assert sums == [10 * TIMES] * THREADS


def opened_again_and_again(store: Path, folder: Folder) -> int:
    total = 0
    for _ in range(TIMES):
        _Yielding()
        total += int(Stored(store, EVENTS, folder).column("at").sum())
    return total
