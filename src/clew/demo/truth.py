"""The truth beside the exports: truth/planted.csv with a row for each planted fault and each change."""

from __future__ import annotations

import numpy as np

from clew.demo.labels import DETAILS
from clew.demo.plan import CHANGES, KINDS
from clew.demo.plants.changes import changed_at
from clew.demo.scene import Scene
from clew.demo.tables import Export, number, words

_STORIES = dict(zip(CHANGES, DETAILS[-len(CHANGES) :], strict=True))


def _instant(column: str) -> str:
    return f"strftime(make_timestamp(\"{column}\" * 1000000), '%Y-%m-%dT%H:%M:%SZ')"


EXPORT = Export(
    "planted",
    {
        "kind": words("kind", KINDS),
        "account_id": number("A-", "account"),
        "at": _instant("at"),
        "until": _instant("until"),
        "detail": words("detail", DETAILS),
    },
    ("kind", "at", "row"),
    folder="truth",
)


def label_changes(scene: Scene) -> None:
    """Label the stories about changes; they are of the whole firm, from their date to the end."""
    nobody = np.full(1, -1)
    for kind, detail in _STORIES.items():
        if scene.effect(kind).share > 0:
            at = np.full(1, changed_at(kind, scene.start, scene.end))
            scene.labels.add(kind, nobody, at, np.full(1, scene.end), detail)
