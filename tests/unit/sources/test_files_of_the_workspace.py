"""Which patterns leave the workspace, and which files are its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.errors import BadInput
from clew.sources.files import find_files, reaches_out, require_inside


@pytest.mark.parametrize("pattern", ["orders.csv", "exports/orders*.csv.gz", "./exports/**/*.parquet", "a..b/c.csv"])
def test_pattern_of_the_workspace_stays_inside(pattern: str) -> None:
    assert not reaches_out(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "/etc/*.csv",
        "../other/orders.csv",
        "exports/../../orders.csv",
        "exports/..",
        "${HOME}/orders.csv",
        "exports/${NAME}.csv",
        ".clew/uploads/crm/*.csv",
        "exports/../.clew/rejected/*.parquet",
        ".cle?/**/*.csv",
        "C:\\exports\\orders.csv",
        "..\\orders.csv",
        "\\\\host\\share\\orders.csv",
    ],
)
def test_pattern_that_may_name_files_of_others_reaches_out(pattern: str) -> None:
    assert reaches_out(pattern)


def test_files_that_a_link_leads_away_to_are_not_the_workspaces(tmp_path: Path) -> None:
    root, away = tmp_path / "workspace", tmp_path / "away"
    for folder in (root / "exports", root / ".clew", away):
        folder.mkdir(parents=True)
        (folder / "orders.csv").write_text("id\n")
    (root / "linked").symlink_to(away)
    (root / "own").symlink_to(root / "exports")
    store = root / ".clew"

    require_inside(find_files(["exports/*.csv", "own/*.csv"], root), root, store=store)
    for pattern in ("linked/*.csv", ".clew/*.csv", str(away / "orders.csv"), "../away/orders.csv"):
        with pytest.raises(BadInput, match="no export of this workspace"):
            require_inside(find_files([pattern], root), root, store=store)
