"""A journey as its owner wrote it: frozen values, no reading of files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from clew.conditions.model import Condition
from clew.durations import Duration
from clew.files.meaning import NO_MEANING, WHERE_GIVEN


class WaitingOn(StrEnum):
    """Whose move it is while a run is in a stage."""

    US = "us"
    CUSTOMER = "customer"
    THIRD_PARTY = "third party"
    TIMER = "timer"


class Back(StrEnum):
    """What it means to come back to a stage from a later one."""

    ALLOWED = "allowed"
    FRICTION = "friction"
    IGNORED = "ignored"


class AgainKind(StrEnum):
    """Whether a subject may run a journey more than once."""

    NEVER = "never"
    AFTER_END = "after end"
    EACH_TRIGGER = "each trigger"


@dataclass(frozen=True)
class Again:
    """When a further start begins a further run; `wait` counts from the end of the former one (after end only)."""

    kind: AgainKind = AgainKind.NEVER
    wait: Duration | None = None


@dataclass(frozen=True)
class Subject:
    """Whose journey it is: the account, or a kind of thing that sources name ({contract: contract_id})."""

    kind: str = "account"
    column: str | None = None


@dataclass(frozen=True)
class End:
    """One way in which a run ends. `when` may be true by time alone (silent, stage for, date)."""

    name: str
    when: Condition
    good: bool = False
    reopens: bool = False  # a later stage event opens the run again where it was


@dataclass(frozen=True)
class Touchpoint:
    """A place in the map where the firm and the customer meet."""

    name: str
    channel: str | None = None
    team: str | None = None
    event: str | None = None


@dataclass(frozen=True)
class CustomerView:
    """What the customer does, needs, expects and suffers in a stage."""

    does: str | None = None
    needs: str | None = None
    expects: str | None = None
    feels: str | None = None
    pains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """One stage; a run is in one stage at a time."""

    name: str
    enter: Condition
    title: str | None = None
    team: str | None = None
    waiting_on: WaitingOn = WaitingOn.US
    limit: Duration | None = None
    milestone: bool = False
    optional: bool = False
    back: Back = Back.ALLOWED
    customer: CustomerView = CustomerView()
    touchpoints: tuple[Touchpoint, ...] = ()


@dataclass(frozen=True)
class Handoff:
    """One team passes a run to another, with a packet and a receipt."""

    source: str  # team (file key: from)
    target: str  # team (file key: to)
    sent: Condition
    accepted: Condition | None = None
    accept_within: Duration | None = None
    packet: tuple[str, ...] = ()
    returned: Condition | None = field(default=None, metadata=WHERE_GIVEN)


@dataclass(frozen=True)
class Kpi:
    """A metric with a target.

    metric  the mapping as written: {time: [a, b], statistic: median, working: true} or {share: [a, b], within: ...};
            better: lower | higher where it is not the usual one, which is lower for a time, higher for a share
    target  a duration as text for a time, 0..1 for a share
    """

    name: str
    metric: Mapping[str, object]
    target: str | float | None = None

    @property
    def is_time(self) -> bool:
        return "time" in self.metric

    @property
    def lower_is_better(self) -> bool:
        return self.metric.get("better", "lower" if self.is_time else "higher") == "lower"


def points_of(kpi: Kpi) -> tuple[str, ...]:
    """Return the two points of a KPI as written: stages or events."""
    written = kpi.metric["time" if kpi.is_time else "share"]
    return tuple(str(point) for point in written) if isinstance(written, list | tuple) else ()


@dataclass(frozen=True)
class Variant:
    """What differs for a segment, fixed at the start of a run.

    stages  stage -> what changes there: limit, team, waiting_on, optional, milestone
    """

    name: str
    when: Condition
    stages: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # parsed values, keys as in Stage


@dataclass(frozen=True)
class Mark:
    """Whether an element of the map is assumed or shown, and by what. kind: assumption | evidence."""

    kind: str
    source: str


@dataclass(frozen=True)
class Journey:
    """One journey version.

    name     id in kebab-case (file key: journey)
    version  content hash of the meaning, 12 hexadecimal digits; comments, layout and written-out defaults do not change
             it. In a workspace it covers the segments, teams and calendars of clew.yaml that the journey uses.
             The date of the last review changes no run, so it is no part of it
    starts   what starts a run; None: the first matching stage starts it. A `Date` starts by time alone
    """

    name: str
    title: str
    version: str
    subject: Subject
    stages: tuple[Stage, ...]
    starts: Condition | None = None
    again: Again = Again()
    ends: tuple[End, ...] = ()
    value: str | None = None  # attribute whose value weighs a run (file: value: {attribute: annual_revenue})
    owner: Mapping[str, str] = field(default_factory=dict)
    review_every: Duration | None = None
    review_last: date | None = field(default=None, metadata=NO_MEANING)
    part_of: tuple[str, str] | None = None  # (journey, stage)
    handoffs: tuple[Handoff, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    variants: tuple[Variant, ...] = ()
    marks: Mapping[str, Mark] = field(default_factory=dict)

    @property
    def stage_names(self) -> tuple[str, ...]:
        return tuple(stage.name for stage in self.stages)
