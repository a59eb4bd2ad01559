"""Where the runs of an account stand, against the owner's limit or what is usual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from clew.engine.norms import Norm
from clew.journeys.model import Journey, Stage, WaitingOn
from clew.questions.library import read_norms

if TYPE_CHECKING:
    from sqlalchemy import Row

    from clew.workspace.workspace import Workspace


@dataclass(frozen=True)
class Standing:
    """One open run.

    title       of the journey           stage    title of the stage, "" before any
    limit_at    the owner's limit        usual_at when nine of ten were further, None where nobody knows
    waiting_on  whose move it is         subject  what the run is about, where that is not the account
    """

    journey: str
    title: str
    subject: str
    stage: str
    team: str | None
    since: int
    limit_at: int | None
    usual_at: int | None
    waiting_on: str
    n: int = 0

    @property
    def expected_at(self) -> int | None:
        return self.limit_at if self.limit_at is not None else self.usual_at

    def is_late(self, now: int) -> bool:
        """Whether it stands longer than its owner allows or, where no limit is set, than nine of ten did."""
        return self.expected_at is not None and self.expected_at <= now


def standings(
    workspace: Workspace, runs: Iterable[Row[Any]], *, segment: str | None, thread: str
) -> Sequence[Standing]:
    """Say where each open run stands, those that began last first."""
    return [_standing(workspace, one, segment=segment, thread=thread) for one in runs if one.ended_at is None]


def _standing(workspace: Workspace, one: Row[Any], *, segment: str | None, thread: str) -> Standing:
    journey = workspace.journeys.get(one.journey)
    stage = stage_of(journey, one.stage)
    norm = _norm(workspace, journey, one.stage, segment) if journey and one.limit_at is None else None
    return Standing(
        journey=one.journey,
        title=(journey.title if journey else "") or one.journey,
        subject="" if one.subject == thread else one.subject,
        stage=((stage.title or stage.name) if stage else one.stage) or "",
        team=stage.team if stage else None,
        since=one.entered_at,
        limit_at=one.limit_at,
        usual_at=one.entered_at + norm.span_us if norm else None,
        waiting_on=(stage.waiting_on if stage else WaitingOn.US).value,
        n=norm.n if norm else 0,
    )


def stage_of(journey: Journey | None, name: str | None) -> Stage | None:
    """The stage of this name, None where the journey has none."""
    return next((stage for stage in (journey.stages if journey else ()) if stage.name == name), None)


def _norm(workspace: Workspace, journey: Journey, stage: str | None, segment: str | None) -> Norm | None:
    """The latest norm of the segment, else of all; none for a stage that a clock empties."""
    mine = [one for one in _norms(workspace, journey.name) if one.stage == stage and one.segment in (segment, None)]
    best = max(mine, key=lambda one: (one.segment is not None, one.dated), default=None)
    return None if best is None or best.timer else best


@lru_cache(maxsize=64)
def _norms(workspace: Workspace, journey: str) -> Sequence[Norm]:
    """Norms as they were when the workspace was read."""
    return tuple(read_norms(workspace.store, workspace.journey(journey)))
