"""Dimensions that come from events: team, channel, user, event and kept properties, and what runs did with them."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

import numpy as np

from clew.archive.model import NO_CODE, Bucket, Codes, Dictionary, LogView
from clew.engine.kernels.handoffs import pingpongs
from clew.engine.model import FoldedBucket
from clew.errors import BadRequest
from clew.journeys.model import Journey
from clew.questions.dimensions import NONE, Dimension, Mask, Named, OfRuns, Values, known_code
from clew.questions.frames import Level, first_steps, run_of
from clew.questions.stages import by_variant


class OfEvents(Dimension):
    """A column of events. A run has the value of its first event that carries one, a visit that of its run."""

    def __init__(self, name: str, column: str, dictionary: Dictionary) -> None:
        self.name, self.column, self.dictionary = name, column, dictionary
        self.note = f"The {name} of a run is that of its first event that has one."

    def column_of(self, bucket: Bucket) -> Codes:
        """The codes of a bucket's events."""
        if self.column.startswith("property:"):
            return bucket.property(self.column.removeprefix("property:"))
        column: Codes = getattr(bucket, self.column)
        return column

    def step_codes(self, folded: FoldedBucket) -> Values:
        """Code of every step."""
        return self.column_of(folded.bucket)[folded.steps.row].astype(np.int64)

    def codes(self, folded: FoldedBucket, level: Level) -> Values:
        codes = self.step_codes(folded)
        if level is Level.EVENT:
            return codes
        first = first_steps(folded, codes != NO_CODE)
        of_run = np.where(first >= 0, codes[first], NO_CODE) if len(codes) else np.full(len(first), NO_CODE, np.int64)
        return of_run if level is Level.RUN else of_run[run_of(folded, level)]

    def label(self, code: int) -> str:
        return self.dictionary.text(code) if code >= 0 else NONE

    def code(self, text: str) -> int:
        return known_code(self.dictionary, self.name, text)


class TeamOf(OfEvents):
    """The team: of a visit the one that answers for the stage, of an event the one that acted."""

    def __init__(self, view: LogView, journey: Journey) -> None:
        super().__init__("team", "team", view.names["team"])
        self.note = (
            "The team of a stage is the one the map names; of an event the one that acted; of a run that of its first."
        )
        self.seen = len(self.dictionary)
        self.of_stages = by_variant(journey, "team")
        named = dict.fromkeys(str(team) for row in self.of_stages for team in row if team is not None)
        self.silent = [team for team in named if self.dictionary.code(team) == NO_CODE]

    def codes(self, folded: FoldedBucket, level: Level) -> Values:
        if level is not Level.VISIT:
            return super().codes(folded, level)
        visits = folded.visits
        teams = np.array([[self._stage_code(team) for team in row] for row in self.of_stages], np.int64)
        found = teams[folded.runs.variant[visits.run] + 1, np.maximum(visits.stage, 0)]
        return np.where(visits.stage >= 0, found, NO_CODE)

    def label(self, code: int) -> str:
        return self.silent[code - self.seen] if code >= self.seen else super().label(code)

    def code(self, text: str) -> int:
        return self._stage_code(text) if text in self.silent else super().code(text)

    def _stage_code(self, team: object) -> int:
        if team is None:
            return NO_CODE
        return self.seen + self.silent.index(str(team)) if team in self.silent else self.dictionary.code(str(team))


class Touched(OfRuns):
    """Whether any event of the run has a value that matches: 'any:team' with patterns, where * stands for anything."""

    def __init__(self, inner: OfEvents, *, negated: bool) -> None:
        self.name, self.inner, self.negated = f"{'no' if negated else 'any'}:{inner.name}", inner, negated

    def run_codes(self, folded: FoldedBucket) -> Values:
        raise BadRequest(
            f"'{self.name}' filters runs; write --where '{self.name}=VALUE'. To split use '{self.inner.name}'"
        )

    def mask(self, folded: FoldedBucket, patterns: Sequence[str]) -> Mask:
        """True for runs with (no:, without) an event that matches one of the patterns."""
        matching = [
            code
            for code, text in enumerate(self.inner.dictionary.texts())
            if any(fnmatchcase(text, pattern) for pattern in patterns)
        ]
        hit = np.isin(self.inner.step_codes(folded), matching)
        touched = np.zeros(len(folded.runs), np.bool_)
        touched[folded.steps.run[hit]] = True
        return ~touched if self.negated else touched

    def label(self, code: int) -> str:
        return NONE

    def code(self, text: str) -> int:
        return NO_CODE


class PingPong(Named, OfRuns):
    """Whether the run went from one to another and straight back, over team or a property."""

    def __init__(self, inner: OfEvents) -> None:
        super().__init__(f"pingpong:{inner.name}", "answer", ("no", "yes"))
        self.inner = inner

    def run_codes(self, folded: FoldedBucket) -> Values:
        codes = np.zeros(len(folded.runs), np.int64)
        codes[pingpongs(folded.steps.run, self.inner.step_codes(folded)).segment] = 1
        return codes
