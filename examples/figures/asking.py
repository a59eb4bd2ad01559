"""Ask the example workspaces; each is loaded when it is first asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import clew
from clew import OpenWorkspace, Query, clock

Cell = str | int | float | None
Row = Mapping[str, Any]  # a figure's type is known by the question, not by the checker

DAY, HOUR = 86400, 3600
EXACT = {"least": "1"}  # the facts show every figure, however few it rests on


class Told(NamedTuple):
    """What a question answered: its rows, and what it tells beside them."""

    rows: Sequence[Row]
    extra: Row


class Asker:
    """The example workspaces under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, OpenWorkspace] = {}

    def workspace(self, name: str) -> OpenWorkspace:
        """A loaded workspace."""
        if name not in self._open:
            workspace = clew.open_workspace(self._folder / name)
            workspace.require_sound()
            workspace.load(now=clock.now())
            self._open[name] = workspace
        return self._open[name]

    def ask(self, name: str, question: str, *, by: tuple[str, ...] = (), **more: Any) -> Told:
        """Ask one question; options as keywords, `where` and `finished_only` as in Query."""
        where, finished_only = more.pop("where", {}), more.pop("finished_only", False)
        options = EXACT | {key.replace("_", "-"): str(value) for key, value in more.items()}
        query = Query(question, by=by, where=where, finished_only=finished_only, options=options)
        answer = self.workspace(name).ask(query)
        return Told(answer.rows, answer.extra)
