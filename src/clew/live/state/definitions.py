"""What live state is folded by: the journeys of a workspace, and the one function that folds them."""

from __future__ import annotations

from collections.abc import Sequence

from clew.archive.model import LogView
from clew.engine.derived import FORMAT as FOLD
from clew.engine.fold import fold
from clew.engine.model import Folded
from clew.ids import fingerprint
from clew.live.state.model import Defined, Definitions
from clew.workspace.workspace import Workspace

FORMAT = "1"  # raised when the same fold comes to be stored otherwise
SOURCES = "sources"  # folder whose files say nothing of journeys


def definitions_of(workspace: Workspace) -> Definitions:
    """Return what the files of a workspace say now, as far as they hold no mistakes."""
    journeys = [workspace.journey(name) for name in workspace.sound_journeys()]
    faulty = {problem.path.parent.name for problem in workspace.problems} - {SOURCES}
    return define([Defined(journey, workspace.firm) for journey in journeys], complete=not faulty)


def define(defined: Sequence[Defined], *, complete: bool = True) -> Definitions:
    """Put definitions together and say what tells them from others."""
    parts = [part for each in defined for part in (each.journey.name, each.journey.version, each.firm.time_zone)]
    return Definitions(tuple(defined), complete, fingerprint(FORMAT, str(FOLD), str(complete), *parts))


def folded(view: LogView, defined: Defined) -> tuple[Folded, ...]:
    """Fold a journey over a view, each of its versions with the runs that belong to it."""
    return (fold(view, defined.journey, defined.firm),)
