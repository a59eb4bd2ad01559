"""What a question follows through a run: its stages, its events, or any column of its events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Codes
from clew.clock import NEVER
from clew.engine.model import BEFORE_STAGES
from clew.questions.event_dimensions import OfEvents
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground

BEFORE = "(before the first stage)"


@dataclass(frozen=True)
class Trail:
    """What is followed, in the rows of a frame.

    run    (n,) contiguous     code  (n,) NO_CODE rows are passed over
    begin  (n,) instant of the row; left  (n,) instant at which a stage was left, None for events
    """

    run: Codes
    code: Codes
    begin: NDArray[np.int64]
    left: NDArray[np.int64] | None = None

    @property
    def end(self) -> NDArray[np.int64]:
        """Instant at which each row gives way: leaving the stage, the next event of the run; its own for the last."""
        return _next_instants(self.run, self.begin) if self.left is None else self.left


class Over:
    """Stages (visits) or a column of events, by name. Raises UnknownName for a column that does not exist."""

    def __init__(self, ground: Ground, name: str) -> None:
        self.name, self.ground = name, ground
        self.stages = name == "stages"
        self.level = Level.VISIT if self.stages else Level.EVENT
        self.column: OfEvents | None = None if self.stages else ground.column("event" if name == "events" else name)

    @property
    def one(self) -> str:
        """The word for one of what is followed."""
        return {"stages": "stage", "events": "event"}.get(self.name, self.name)

    def label(self, code: int) -> str:
        """Text of a code."""
        if self.column is not None:
            return self.column.label(code)
        return BEFORE if code == BEFORE_STAGES else self.ground.journey.stages[code].name

    def trail(self, frame: Frame) -> Trail:
        """Codes and instants of the frame's rows."""
        if self.column is None:
            visits = frame.folded.visits
            leave = visits.leave[frame.rows]
            end = np.where(leave == NEVER, self.ground.as_of, leave)
            return Trail(frame.run, visits.stage[frame.rows], visits.enter[frame.rows], end)
        rows = frame.event_rows
        run, begin = frame.run, frame.bucket.at[rows]
        return Trail(run, self.column.column_of(frame.bucket)[rows], begin)


def told(trail: Trail) -> Trail:
    """The rows that carry a code."""
    kept = trail.code != NO_CODE
    if kept.all():
        return trail
    return Trail(trail.run[kept], trail.code[kept], trail.begin[kept], None if trail.left is None else trail.left[kept])


def _next_instants(run: Codes, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Instant of the following row of the same run; its own for the last."""
    following = at.copy()
    same = np.flatnonzero(run[1:] == run[:-1]) if len(run) else np.zeros(0, np.int64)
    following[same] = at[same + 1]
    return following
