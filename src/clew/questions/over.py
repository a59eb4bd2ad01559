"""What a question follows through a run: its stages, its events, or any column of its events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE
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
    begin  (n,) instant of the row; end  (n,) instant at which it gives way: leaving a stage, the next event of the run
    """

    run: NDArray[np.int64]
    code: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]


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
            return Trail(frame.run, visits.stage[frame.rows].astype(np.int64), visits.enter[frame.rows], end)
        rows = frame.event_rows
        run, begin = frame.run, frame.bucket.at[rows]
        code = self.column.column_of(frame.bucket)[rows].astype(np.int64)
        return Trail(run, code, begin, _next_instants(run, begin))


def told(trail: Trail) -> Trail:
    """The rows that carry a code."""
    kept = trail.code != NO_CODE
    return Trail(trail.run[kept], trail.code[kept], trail.begin[kept], trail.end[kept])


def _next_instants(run: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Instant of the following row of the same run; its own for the last."""
    following = at.copy()
    same = np.flatnonzero(run[1:] == run[:-1]) if len(run) else np.zeros(0, np.int64)
    following[same] = at[same + 1]
    return following
