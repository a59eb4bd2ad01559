"""Runs in flight while a journey is published: where they stand, what each choice does to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clew.questions.publishing import by_stage, late, late_then, lost_stages, runs, standing_at
from clew.web.analytics.keeping import analytics_of
from clew.web.frame.files import workspace_of

if TYPE_CHECKING:
    from clew.live.fresh.asking import FreshWorkspace
    from clew.web.request import Asked

PATIENCE_S = 1.5  # the page waits so long for the log before it says that this is being worked out


@dataclass(frozen=True)
class Flight:
    """Runs that are open now.

    stages     stage -> runs; None: before any stage     late  beyond a limit where they stand
    late_then  so many would be, moved as the page says
    lost       stages of these that the draft has not: runs there need a place
    """

    stages: Mapping[str | None, int]
    late: int
    late_then: int
    lost: Sequence[str]

    @property
    def runs(self) -> int:
        return sum(self.stages.values())


def flight_of(asked: Asked, name: str, moved: Mapping[str, str], *, wait_s: float | None = PATIENCE_S) -> Flight | None:
    """Count them; None where the log is being opened still.

    moved   stage of before -> stage from now on     wait_s  None: however long it takes
    """
    moment = asked.now

    def work(workspace: FreshWorkspace) -> Flight:
        standing = standing_at(workspace, name, moment)
        known = workspace.journey(name).stage_names
        lost = lost_stages(standing, {}, known)
        targets = {old: new for old, new in moved.items() if new in known}
        then = late_then(workspace, name, targets, moment) if runs(standing) else 0
        return Flight(by_stage(standing), late(standing), then, list(lost))

    if wait_s is None:
        return analytics_of(asked.parts).look(moment, work)
    version = workspace_of(asked.parts).journey(name).version
    key = ("publish", name, version, tuple(sorted(moved.items())))
    return analytics_of(asked.parts).soon(key, moment, work, wait_s=wait_s)
