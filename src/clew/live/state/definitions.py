"""What live state is folded by: the journeys of a workspace, and the one function that folds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clew.archive.model import LogView
from clew.clock import ALWAYS
from clew.engine.derived import FORMAT as FOLD
from clew.engine.model import Folded
from clew.engine.succession import Governing, fold_succession
from clew.ids import fingerprint
from clew.journeys.model import Journey
from clew.live.state.model import Defined, Definitions
from clew.workspace.succession import succession_of
from clew.workspace.workspace import Workspace

FORMAT = "1"  # raised when the same fold comes to be stored otherwise
SOURCES = "sources"  # folder whose files say nothing of journeys


def definitions_of(workspace: Workspace) -> Definitions:
    """Return what is in force: published versions, else drafts as far as their files hold no mistakes."""
    defined = [_defined(workspace, workspace.journey(name)) for name in workspace.sound_journeys()]
    faulty = {problem.path.parent.name for problem in workspace.problems} - {SOURCES}
    return define(defined, complete=not faulty)


def _defined(workspace: Workspace, journey: Journey) -> Defined:
    succession = succession_of(workspace, journey)
    return Defined(succession[-1].journey, succession[-1].firm, succession)


def define(defined: Sequence[Defined], *, complete: bool = True) -> Definitions:
    """Put definitions together and say what tells them from others."""
    parts = [part for each in defined for part in _parts(each)]
    since = max((version.since for each in defined for version in each.succession), default=ALWAYS)
    return Definitions(tuple(defined), complete, fingerprint(FORMAT, str(FOLD), str(complete), *parts), since)


def _parts(defined: Defined) -> Iterator[str]:
    """Yield what tells a definition from others."""
    for each in defined.succession or [Governing(defined.journey, defined.firm)]:
        flight = each.in_flight
        yield from (each.journey.name, each.journey.version, each.firm.time_zone, str(each.since))
        yield from (flight.choice, *(f"{old}={new}" for old, new in sorted(flight.stages.items())))


def folded(view: LogView, defined: Defined) -> tuple[Folded, ...]:
    """Fold a journey over a view, each of its versions with the runs that belong to it."""
    return fold_succession(view, defined.succession or [Governing(defined.journey, defined.firm)])
