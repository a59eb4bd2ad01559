"""What an answer can be split and filtered by. A dimension gives every row of a level a code, and every code a label.

Dated attributes count as they were in force at the run's start; where none was known then, the first one known later.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Dictionary
from clew.engine.model import OPEN, RESTARTED, FoldedBucket
from clew.engine.terms import Terms
from clew.errors import BadRequest, UnknownName
from clew.journeys.model import Journey
from clew.periods import GRAINS, period_label, period_number, period_of
from clew.questions.attributes import in_force_at_start
from clew.questions.frames import Level, run_of, stage_at_steps

NONE = "(none)"

Mask = NDArray[np.bool_]
Values = NDArray[np.int64]


class Dimension(ABC):
    """One way to split rows.

    name  as asked: "team", "period:month", "origin"
    note  sentence that a reader of the split must know, "" for none
    """

    name: str
    note: str = ""

    @abstractmethod
    def codes(self, folded: FoldedBucket, level: Level) -> Values:
        """Code of every row of the level; NO_CODE where the dimension does not apply."""

    @abstractmethod
    def label(self, code: int) -> str:
        """Text of a code."""

    @abstractmethod
    def code(self, text: str) -> int:
        """Code of a text. Raises UnknownName, BadRequest."""

    def order(self, code: int) -> tuple[int, str]:
        """Sort key of a code: the order in which rows are shown where size does not decide."""
        return (0, self.label(code)) if code != NO_CODE else (1, "")


class OfRuns(Dimension):
    """A dimension of runs; visits and events have that of their run."""

    @abstractmethod
    def run_codes(self, folded: FoldedBucket) -> Values:
        """Code of every run."""

    def codes(self, folded: FoldedBucket, level: Level) -> Values:
        codes = self.run_codes(folded)
        return codes if level is Level.RUN else codes[run_of(folded, level)]


class Period(OfRuns):
    """Calendar period of the run's start, in the firm's time zone."""

    def __init__(self, grain: str, zone: str) -> None:
        if grain not in GRAINS:
            raise UnknownName("period", grain, GRAINS)
        self.name, self.grain, self.zone = f"period:{grain}", grain, zone

    def run_codes(self, folded: FoldedBucket) -> Values:
        return period_of(folded.runs.start, self.grain, self.zone)

    def order(self, code: int) -> tuple[int, str]:
        return (code, "")

    def label(self, code: int) -> str:
        return period_label(code, self.grain)

    def code(self, text: str) -> int:
        try:
            return period_number(text, self.grain)
        except ValueError as cause:
            raise BadRequest(f"'{text}' is no {self.grain}; write it as {self.label(570)}") from cause


class Named(Dimension):
    """A dimension whose codes index a short list of names of the journey."""

    def __init__(self, name: str, kind: str, names: Sequence[str], note: str = "") -> None:
        self.name, self.kind, self.names, self.note = name, kind, tuple(names), note

    def label(self, code: int) -> str:
        return self.names[code] if 0 <= code < len(self.names) else NONE

    def code(self, text: str) -> int:
        if text == NONE:
            return NO_CODE
        if text not in self.names:
            raise UnknownName(self.kind, text, self.names)
        return self.names.index(text)

    def order(self, code: int) -> tuple[int, str]:
        return (code, "") if code >= 0 else (len(self.names), "")


class VariantOf(Named, OfRuns):
    """Variant of the journey that applies to the run, fixed at its start."""

    def __init__(self, journey: Journey) -> None:
        super().__init__("variant", "variant", [variant.name for variant in journey.variants])

    def run_codes(self, folded: FoldedBucket) -> Values:
        return folded.runs.variant.astype(np.int64)


class EndOf(Named, OfRuns):
    """How the run ended, or that it is open or was restarted."""

    def __init__(self, journey: Journey) -> None:
        self.ends = [end.name for end in journey.ends]
        super().__init__("end", "end", [*self.ends, "open", "restarted"])

    def run_codes(self, folded: FoldedBucket) -> Values:
        outcome = folded.runs.outcome.astype(np.int64)
        k = len(self.ends)
        return np.where(outcome == OPEN, k, np.where(outcome == RESTARTED, k + 1, np.maximum(outcome, NO_CODE)))


class StageOf(Named):
    """The stage: of a visit its own, of an event the one the run stood in, of a run the one it is or ended in."""

    def __init__(self, journey: Journey) -> None:
        super().__init__(
            "stage", "stage", journey.stage_names, "The stage of a run is the one it stands in, or ended in."
        )

    def codes(self, folded: FoldedBucket, level: Level) -> Values:
        match level:
            case Level.RUN:
                stage = folded.runs.stage
            case Level.VISIT:
                stage = folded.visits.stage
            case Level.EVENT:
                stage = stage_at_steps(folded)
        return np.maximum(stage.astype(np.int64), NO_CODE)


class AttributeOf(OfRuns):
    """A dated attribute of the subject, else of its account, as in force at the run's start."""

    def __init__(self, name: str, terms: Terms, journey: Journey) -> None:
        self.name, self.terms, self.dictionary = name, terms, terms.view.names[f"attribute:{name}"]
        self.of_account = journey.subject.kind == "account"
        self.note = (
            f"'{name}' is the value in force at the run's start; where none was known then, the first known later."
        )
        if name in terms.view.undated:
            self.note = f"'{name}' carries no date in the data: every run shows the value known today."

    def run_codes(self, folded: FoldedBucket) -> Values:
        return in_force_at_start(folded, self.name, self.terms, of_account=self.of_account)

    def label(self, code: int) -> str:
        return self.dictionary.text(code) if code >= 0 else NONE

    def code(self, text: str) -> int:
        return known_code(self.dictionary, self.name, text)


def known_code(dictionary: Dictionary, name: str, text: str) -> int:
    if text == NONE:
        return NO_CODE
    found = dictionary.code(text)
    if found == NO_CODE:
        raise UnknownName(f"value of '{name}'", text, dictionary.texts())
    return found
