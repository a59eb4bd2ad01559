"""From a workspace to what detectors look at."""

from __future__ import annotations

from clew.questions.ground import Ground
from clew.questions.library import OpenWorkspace, read_norms
from clew.signals.sight import Sight


def open_sight(workspace: OpenWorkspace, as_of: int | None = None, known_at: int | None = None) -> Sight:
    """Look at the log of a workspace: as of a moment (its latest event), as known at a moment (now).

    Every journey whose file is sound is folded over the same view. Raises BadRequest where nothing is loaded,
    FileProblems where meanings.yaml holds mistakes
    """
    meanings, view = workspace.meanings, workspace.view(as_of, known_at)
    journeys = {
        name: Ground(
            workspace.fold(name, view), workspace.firm, norms=read_norms(workspace.store, workspace.journey(name))
        )
        for name in workspace.sound_journeys()
    }
    return Sight(view, workspace.firm, meanings, journeys)
