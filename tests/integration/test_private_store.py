"""What Clew keeps beside the files of a workspace is for its user alone, whichever part made the folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from clew.accounts.persons import PersonStore
from clew.config import read_settings
from clew.db.engine import open_database
from clew.ingest.load import load
from clew.ingest.lock import load_lock
from clew.workspace.workspace import open_workspace
from tests.arriving_world import NOW

ORDERS = "file: exports/*.csv\nid: id\naccount: {firm: firm}\nevents: [{event: ordered, at: at}]\n"


def lock(folder: Path) -> None:
    with load_lock(folder / ".clew"):
        pass


def load_exports(folder: Path) -> None:
    for path, text in (
        ("sources/orders.yaml", ORDERS),
        ("exports/orders.csv", "id,firm,at\n1,f1,2025-01-01\n2,f1,x\n"),
    ):
        (folder / path).parent.mkdir()
        (folder / path).write_text(text)
    (folder / "clew.yaml").write_text("firm: Desk\ncurrency: EUR\ntime_zone: UTC\n")
    load(folder, open_workspace(folder).sources, now=NOW)


WAYS: dict[str, Callable[[Path], object]] = {
    "database": lambda folder: open_database(folder / ".clew").close(),
    "secret": lambda folder: read_settings(folder / ".clew", {}),
    "lock": lock,
    "persons": lambda folder: PersonStore(folder / ".clew"),
    "load": load_exports,
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("make", WAYS.values(), ids=WAYS)
def test_store_is_for_its_owner_alone(tmp_path: Path, make: Callable[[Path], object]) -> None:
    former = os.umask(0)
    try:
        make(tmp_path)
    finally:
        os.umask(former)

    assert stat.S_IMODE((tmp_path / ".clew").stat().st_mode) == 0o700
