"""Why rows were rejected: counted from the lists of rejected rows that a load leaves in the store."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from clew.ids import file_stem
from clew.ingest.rejected import REJECTED
from clew.questions.ground import Rejected


def with_reasons(rejected: Sequence[Rejected], store: Path) -> list[Rejected]:
    """Fill in the reasons, by sentence, where the list of a source is there."""
    return [replace(each, reasons=_reasons(store / REJECTED / f"{file_stem(each.source)}.csv")) for each in rejected]


def _reasons(path: Path) -> dict[str, int]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            counted = Counter(row.get("reason") or "no reason given" for row in csv.DictReader(file))
    except FileNotFoundError:
        return {}
    return dict(counted.most_common())
