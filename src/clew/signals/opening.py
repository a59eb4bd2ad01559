"""From a workspace to what detectors look at."""

from __future__ import annotations

from clew.archive.layout import EVENTS
from clew.clock import US
from clew.errors import BadRequest
from clew.questions.ground import Ground
from clew.questions.library import OpenWorkspace, read_norms
from clew.questions.words import date
from clew.signals.sight import Sight


def open_sight(workspace: OpenWorkspace, as_of: int | None = None, known_at: int | None = None) -> Sight:
    """Look at the log of a workspace: as of a moment (its latest event), as known at a moment (now).

    Every journey whose file is sound is folded over the same view. Raises BadRequest where nothing is loaded or
    nothing had happened yet, FileProblems where meanings.yaml holds mistakes
    """
    _refuse_before_the_log(workspace, as_of)
    meanings, view = workspace.meanings, workspace.view(as_of, known_at)
    journeys = {
        name: Ground(
            workspace.fold(name, view), workspace.firm, norms=read_norms(workspace.store, workspace.journey(name))
        )
        for name in workspace.sound_journeys()
    }
    return Sight(view, workspace.firm, meanings, journeys)


def _refuse_before_the_log(workspace: OpenWorkspace, as_of: int | None) -> None:
    archive = workspace.archive()
    if as_of is None or not archive.events:
        return
    zone, first = workspace.firm.time_zone, archive.manifest.span(EVENTS)[0]
    if as_of < first:
        raise BadRequest(
            f"nothing had happened yet on {date(as_of / US, zone)}: the log begins {date(first / US, zone)}; "
            "name a later --as-of, or none"
        )
