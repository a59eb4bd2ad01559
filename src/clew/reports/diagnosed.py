"""What the first page and the section on the three failures say, as frozen values: the diagnosis beside the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clew.reports.model import Figure, Table


@dataclass(frozen=True)
class Said:
    """One sentence with how it is known.

    mark  measured | stated | unknown, "" where it joins several     see  the command that shows the numbers
    """

    text: str
    mark: str = ""
    see: str = ""


@dataclass(frozen=True)
class Level:
    """One of the four diagnostics, or of the three failures.

    level     0..highest; None where too little is known to tell
    words     what that means: "2 of 3, customers are many or differ clearly"
    failure   one of the three failures, else a diagnostic
    evidence  the strongest thing that speaks for the level, else what would have to be known
    """

    title: str
    level: int | None
    words: str
    failure: bool
    evidence: Said
    highest: int = 3


@dataclass(frozen=True)
class Ruler:
    """One threshold that would change the verdict, and where the firm stands.

    now, limit  in one unit; `now` with its interval and n      above  crossed on the upper side
    distance    "44.3 points below 60.0 %"                      effect what crossing does
    top         upper end of the ruler, which begins at zero
    """

    title: str
    now: Figure
    limit: Figure
    above: bool
    distance: str
    effect: str
    top: float
    see: str = ""


@dataclass(frozen=True)
class Start:
    """A journey to begin with.

    stake   open runs, their revenue and the part of it at risk, in words     reason  what stands still or warns
    anchor  part of this page that shows it, "" where the report leaves it out
    """

    name: str
    title: str
    stake: str
    reason: Said
    anchor: str = ""


@dataclass(frozen=True)
class Next:
    """The one thing to do next, and the part of the page that helps with it ("" where none does)."""

    do: str
    anchor: str = ""
    link: str = ""


@dataclass(frozen=True)
class Group:
    """Findings of one kind: "Where runs go"; each claim with what follows from it."""

    title: str
    found: tuple[tuple[Said, str], ...]


@dataclass(frozen=True)
class Answered:
    """A part of the answer under the verdict: "The ladder".

    lines  sentences, each with those that it rests on
    items  what must be possible, each with headings and texts: ("Covered", "in part (CRM: sales, for itself)")
    """

    title: str
    lines: tuple[tuple[Said, tuple[Said, ...]], ...] = ()
    items: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


@dataclass(frozen=True)
class Diagnosed:
    """The diagnosis as the first page tells it.

    verdict         id of the verdict: no | not-yet | start | orchestrate
    gaps, limits    belief beside measurement; what the data cannot say       further_*  how many more there are
    found           what else stands out: where runs go, who differs
    groups          every finding, for the section that follows
    answer          what kind of firm, the least that prevents it or what is enough, the ladder: for the second page
    told            everything, as `clew diagnose --json` prints it
    """

    verdict: str
    headline: str
    reason: str
    basis: str
    next: Next
    levels: tuple[Level, ...]
    found: tuple[Said, ...]
    gaps: tuple[Said, ...]
    starts_title: str
    starts: tuple[Start, ...]
    rulers: tuple[Ruler, ...]
    limits: tuple[Said, ...]
    sureness: str
    further_gaps: int = 0
    further_rulers: int = 0
    further_limits: int = 0
    former: str = ""
    groups: tuple[Group, ...] = ()
    answer: tuple[Answered, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OfDetector:
    """What is said of one detector, or by it: its title, a sentence, and the command that shows more."""

    detector: str
    text: str
    see: str = ""


@dataclass(frozen=True)
class FailurePart:
    """One of the three failures, as detectors saw it.

    level     where it stands, in words             table  the detectors that had an occasion
    evidence  measured: the newest signals of the most valuable accounts
    blind     detectors that see nothing, and why   partly  what others do not see
    """

    name: str
    title: str
    level: str
    table: Table
    evidence: tuple[OfDetector, ...] = ()
    blind: tuple[OfDetector, ...] = ()
    partly: tuple[OfDetector, ...] = ()


@dataclass(frozen=True)
class StalePart:
    """One part of a staleness in words, and its score of 0 to 100; None: unknown, and the words say why."""

    words: str
    score: float | None


@dataclass(frozen=True)
class Fitness:
    """How well runs fit the map, and how stale the map has grown.

    fits       share of runs in which no stage was skipped or out of order
    command    shows where runs leave the map
    stale      0 (fresh) .. 100, None where it is unknown; low, high: with every part at that end of its interval
    called     fresh | due for a look | stale | unknown, "" where nobody asked
    """

    fits: Figure
    command: str
    stale: float | None = None
    low: float | None = None
    high: float | None = None
    called: str = ""
    parts: tuple[StalePart, ...] = ()
