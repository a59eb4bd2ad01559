"""What all drawings of one picture share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from clew.reports.model import Stage

To = Callable[[Stage, str], str]  # where a figure of a stage leads: "stage", "here", "end:<name>"; "" nowhere


@dataclass(frozen=True)
class Show:
    """What is drawn: what the map plans, what happened, how long it took, the lanes of customer and firm."""

    planned: bool = True
    actual: bool = True
    times: bool = True
    lanes: bool = True


@dataclass(frozen=True)
class Note:
    """A few words about a stage as it is now, and where they lead."""

    words: str
    token: str = "ink"
    bold: bool = False
    href: str = ""


@dataclass(frozen=True)
class Overlay:
    """What is so now, by the name of the stage: a further row of cells, in a drawing of its own that can be renewed."""

    title: str
    notes: Mapping[str, Sequence[Note]] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """Words for those who do not see it, a key for its ids, its width in pixels, the currency, where stalls link to.

    hidden   not shown unless the page's style asks for it: a variant for another width
    overlay  takes the place of the row of stalled runs          to  where further figures lead
    """

    title: str
    description: str
    key: str
    width: float
    currency: str
    link: str
    hidden: bool = False
    show: Show = Show()
    overlay: Overlay | None = None
    to: To | None = None

    def href(self, stage: Stage, what: str) -> str:
        """Where a figure of a stage leads, "" where nowhere."""
        return self.to(stage, what) if self.to else ""
