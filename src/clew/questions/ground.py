"""What a question stands on: a journey folded over a view, the firm, and what else is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from clew.archive.model import NO_CODE, LogView
from clew.engine.model import Folded, FoldedBucket
from clew.engine.norms import Norm
from clew.engine.terms import Terms
from clew.errors import BadRequest, UnknownName
from clew.firm.model import Firm
from clew.journeys.model import Journey
from clew.questions.dimensions import AttributeOf, Dimension, EndOf, Period, StageOf, VariantOf
from clew.questions.event_dimensions import OfEvents, PingPong, TeamOf, Touched
from clew.questions.frames import whole_histories

COLUMNS = ("team", "channel", "user", "event")
PERIODS = ("period:month", "period:quarter", "period:week", "period:year")
DIMENSIONS = ("segment", *PERIODS, "stage", "variant", "end", *COLUMNS)


@dataclass(frozen=True)
class Rejected:
    """Rows of one source that could not be used: how many were read, how many rejected, and for which reasons."""

    source: str
    read: int
    rejected: int
    reasons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """A journey folded over a view, with the firm and what else is known.

    norms     stored norms of this journey
    rejected  per source, for the blind spots
    version   folds the same log under another published version of the journey
    """

    folded: Folded
    firm: Firm
    norms: Sequence[Norm] = ()
    rejected: Sequence[Rejected] = ()
    version: Callable[[str], Folded] | None = None

    @property
    def journey(self) -> Journey:
        return self.folded.journey

    @property
    def view(self) -> LogView:
        return self.folded.view

    @property
    def as_of(self) -> int:
        return self.view.as_of

    @cached_property
    def buckets(self) -> Sequence[FoldedBucket]:
        """The buckets; at least one."""
        found = tuple(self.folded.buckets)
        if not found:
            raise BadRequest("nothing is loaded yet; run 'clew load'")
        return found

    @cached_property
    def terms(self) -> Terms:
        """The view's words looked up once."""
        return Terms(self.view, self.firm)

    def whole(self) -> Ground:
        """The same ground with whole histories in place of runs."""
        buckets = tuple(whole_histories(bucket, self.journey) for bucket in self.buckets)
        return replace(self, folded=replace(self.folded, buckets=buckets))

    def dimension(self, name: str) -> Dimension:
        """Find what a name splits by. Raises UnknownName with all that is allowed."""
        head, _, rest = name.partition(":")
        match head:
            case "period":
                return Period(rest or "month", self.firm.time_zone)
            case "stage":
                return StageOf(self.journey)
            case "variant":
                return VariantOf(self.journey)
            case "end":
                return EndOf(self.journey)
            case "any" | "no" if rest:
                return Touched(self.column(rest), negated=head == "no")
            case "pingpong":
                return PingPong(self.column(rest or "team"))
        return self._attribute(name) or self.column(name)

    def column(self, name: str) -> OfEvents:
        """Find a column of events: team, channel, user, event or a kept property. Raises UnknownName."""
        if name == "team":
            return TeamOf(self.view, self.journey)
        if name in COLUMNS:
            return OfEvents(name, name, self.view.names[name])
        kept = self.view.names[f"property:{name}"]
        if not len(kept):
            raise UnknownName("dimension", name, (*DIMENSIONS, *self.view.names["attribute"].texts()))
        return OfEvents(name, f"property:{name}", kept)

    def _attribute(self, name: str) -> Dimension | None:
        return (
            AttributeOf(name, self.terms, self.journey) if self.view.names["attribute"].code(name) != NO_CODE else None
        )
