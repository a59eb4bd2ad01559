"""Everything that Clew can tell a person went wrong.

ClewError                 anything a person can cause or mend; the edges print it, never a traceback
├── FileProblems          one or more problems in workspace files, each with its place
├── NotAWorkspace         no clew.yaml here or above
├── UnknownName           a journey, stage, segment, ... that does not exist
├── BadRequest            a question, option or period that makes no sense
├── BadInput              a data file that cannot be read at all
├── BrokenStore           the stored columns do not fit their manifest
└── NotEnoughData         fewer observations than a figure needs
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


class ClewError(Exception):
    """Something went wrong that a person can mend."""

    code = "error"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in a workspace file.

    path     file, as the person named it
    line     1-based line, column 1-based column of the offending key or value
    wrong    what is wrong, with the offending value
    allowed  what would be right ("" where the sentence says it all)
    nearest  nearest valid name, "" where there is none
    """

    path: Path
    line: int
    column: int
    wrong: str
    allowed: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        text = f"{self.path}:{self.line}:{self.column}: {self.wrong}"
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.nearest:
            text += f"; did you mean '{self.nearest}'?"
        return text


class FileProblems(ClewError):
    """Workspace files hold mistakes."""

    code = "file-problems"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class NotAWorkspace(ClewError):
    """No clew.yaml here or in any folder above; begin with 'clew start FILE.csv' or 'clew init'."""

    code = "not-a-workspace"


_NAMED = 20  # names that an error lists


class UnknownName(ClewError):
    """A name that does not exist."""

    code = "unknown-name"

    def __init__(self, kind: str, name: str, allowed: Iterable[str]) -> None:
        self.kind, self.name, self.allowed = kind, name, sorted(allowed)
        self.nearest = nearest_name(name, self.allowed)
        hint = f"; did you mean '{self.nearest}'?" if self.nearest else ""
        known = ", ".join(self.allowed[:_NAMED]) or "none yet"
        if len(self.allowed) > _NAMED:
            known += f" and {len(self.allowed) - _NAMED:,} more"
        super().__init__(f"there is no {kind} '{name}'; known: {known}{hint}")


class BadRequest(ClewError):
    """The question cannot be asked like this."""

    code = "bad-request"


class BadInput(ClewError):
    """The data cannot be read."""

    code = "bad-input"


class BrokenStore(ClewError):
    """The stored columns do not fit their manifest; load the exports again."""

    code = "broken-store"


class NotEnoughData(ClewError):
    """Too few observations for this figure."""

    code = "not-enough-data"

    def __init__(self, n: int, needed: int, what: str = "observations") -> None:
        self.n, self.needed = n, needed
        super().__init__(f"too few: {needed - n} more {what} needed (have {n}, need {needed})")


def nearest_name(name: str, allowed: Iterable[str], *, alike: float = 0.6) -> str:
    """Return the allowed name that reads most like this one, "" when none is near.

    alike  0 to 1: what a name must reach to be near
    """
    by_folded = {candidate.casefold(): candidate for candidate in allowed}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=alike)
    return by_folded[found[0]] if found else ""


def kind_and_place(fault: BaseException) -> str:
    """Tell a mistake of ours by its kind and its line of code; what it says may be a person's, and stays untold."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" in {Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}" if trace else ""
    return f"{type(fault).__name__}{where}"
