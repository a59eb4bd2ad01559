"""What a report says, as frozen values: page, terminal and JSON draw from these and compute no number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clew.questions.model import Unit

if TYPE_CHECKING:
    from clew.reports.diagnosed import Diagnosed, FailurePart, Fitness

SCHEMA = "clew-report/1"


@dataclass(frozen=True)
class Figure:
    """A number with what it rests on.

    value   in units of `unit` (shares 0..1, spans and times in seconds); None: not to be had, see needed and words
    low     lower end of the interval (95 %), high the upper one; None for a plain count
    n       number of observations
    needed  below the stated n: how many more are needed; the value is then None
    words   said in the number's place where it has no value: "not half have left yet"
    """

    value: float | None
    unit: Unit = Unit.COUNT
    low: float | None = None
    high: float | None = None
    n: int | None = None
    needed: int | None = None
    words: str = ""


@dataclass(frozen=True)
class TableColumn:
    """One column; `term` is the key of its definition, "" where the title says it all."""

    key: str
    title: str
    unit: Unit = Unit.TEXT
    term: str = ""


Shown = str | bool | Figure | None


@dataclass(frozen=True)
class Table:
    """Rows under columns; `more` counts the rows that are not shown, `notes` say how to read it."""

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Shown, ...], ...]
    notes: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Place:
    """A touchpoint of the map as it is drawn."""

    name: str
    channel: str = ""
    team: str = ""


@dataclass(frozen=True)
class Planned:
    """What the firm's map says of a stage.

    limit      as written ("3 working days"), "" without
    limit_s    in elapsed seconds, None where only a calendar can tell
    evidence   element -> "evidence: …" | "assumption: …"; what the map does not mark is an assumption
    """

    team: str = ""
    waiting_on: str = "us"
    limit: str = ""
    limit_s: float | None = None
    optional: bool = False
    milestone: bool = False
    does: str = ""
    needs: str = ""
    expects: str = ""
    feels: str = ""
    pains: tuple[str, ...] = ()
    touchpoints: tuple[Place, ...] = ()
    handoffs: tuple[str, ...] = ()  # sentences: "from sales, receipt within 1 working day"
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """One stage: what was planned and what happened.

    runs      runs that ever entered it, a share of all started
    visits    stays in it; more than runs where they came back
    here      runs in it as of the report
    median    time in stage, half have left; p90: nine of ten have left (Kaplan-Meier)
    censored  share of visits whose end was not seen, so that only their least length is known
    stalled   visits beyond the norm, norm in words, stalled_value their value (None: no value known)
    before    True for the wait between the start and the first stage: no stage of the map
    """

    name: str
    title: str
    runs: Figure
    visits: int
    here: int
    median: Figure
    p90: Figure
    censored: Figure
    planned: Planned = Planned()
    stalled: int = 0
    stalled_value: float | None = None
    norm: str = ""
    before: bool = False


@dataclass(frozen=True)
class Flow:
    """So many moves from one place to another; None as source: the start, as target: out, by the end named."""

    source: int | None  # place in Picture.stages
    target: int | None
    visits: int
    end: str = ""


@dataclass(frozen=True)
class End:
    """A way in which runs end."""

    name: str
    good: bool
    runs: Figure


@dataclass(frozen=True)
class Picture:
    """The journey as it is drawn; stages in the order of the map."""

    stages: tuple[Stage, ...]
    flows: tuple[Flow, ...]
    ends: tuple[End, ...]
    started: int


@dataclass(frozen=True)
class StalledRun:
    """One run beyond its norm; spans in seconds, value in the firm's currency."""

    subject: str
    stage: str
    since: int  # microseconds UTC
    norm: str
    over_s: float
    waiting_on: str
    team: str
    value: float | None
    weight: float | None  # value x days over the norm


@dataclass(frozen=True)
class Stalled:
    """The stalled runs, the heaviest first; `rows` are the first of `total`."""

    total: int
    rows: tuple[StalledRun, ...]
    value: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """One line of a comparison."""

    label: str
    figure: Figure
    note: str = ""
    comparable: bool = True  # False: the note says why not


@dataclass(frozen=True)
class Panel:
    """One metric for several groups on a common scale; `difference` between the two that were asked about."""

    title: str
    groups: tuple[Group, ...]
    term: str = ""
    difference: Figure | None = None
    difference_of: str = ""  # "enterprise minus mid-market"
    test: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Small multiples over one dimension."""

    title: str
    panels: tuple[Panel, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kpi:
    """A metric of the journey file with its target.

    name      as people read it            measures  in words: "median time from 'deal won' to 'first order'"
    target    "at most 60 days", "" without
    state     met | not met | not shown | too few | no target | not comparable; why: the rest of the sentence, "" where
              the state says it all
    """

    name: str
    measures: str
    figure: Figure
    target: str
    state: str
    why: str = ""


@dataclass(frozen=True)
class JourneyPart:
    """Everything the report says of one journey.

    review   how often it is looked at again, as written, "" where the file does not say
    part_of  the journey and stage that it details, in words; part_of_journey its name, both "" where none
    fitness  how well runs fit the map, and how stale it has grown; None where nobody asked
    """

    name: str
    title: str
    version: str
    subject: str  # word for what runs: "accounts", "tickets"
    owner: str
    picture: Picture
    stalled: Stalled
    open: int = 0
    loops: tuple[Table, ...] = ()
    handoffs: tuple[Table, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    notes: tuple[str, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    review: str = ""
    part_of: str = ""
    part_of_journey: str = ""
    fitness: Fitness | None = None


@dataclass(frozen=True)
class Finding:
    """Something worth doing, in one sentence, with the figures it rests on.

    kind    stalled | friction | handoff | ends | coverage | plan
    figure  the number that carries the sentence, label says what it is
    do      what to do next, in the imperative
    anchor  part of the page that shows it
    weight  by which findings are ranked: days of runs
    valued  the runs it is about have a known value
    """

    kind: str
    sentence: str
    figure: Figure
    label: str
    do: str
    anchor: str
    weight: float = 0.0
    valued: bool = False


@dataclass(frozen=True)
class SourceCoverage:
    """What the last reading of one source gave: rows read, and among them those that could not be used, by reason."""

    name: str
    read: int
    rejected: int
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class BlindSpot:
    """Something these data cannot tell; kind: rejected | never | assumption | cohort | timer | undated | identity."""

    kind: str
    title: str
    words: str
    journey: str = ""


@dataclass(frozen=True)
class Coverage:
    """What the report rests on and what it cannot see."""

    sources: tuple[SourceCoverage, ...] = ()
    blind_spots: tuple[BlindSpot, ...] = ()


@dataclass(frozen=True)
class Definition:
    """What a term of this report means."""

    key: str
    term: str
    meaning: str


@dataclass(frozen=True)
class Basis:
    """What all figures rest on; `one` is the word for one of the accounts, or of what stands for them in these data."""

    events: int
    accounts: int
    runs: int
    sources: int
    first: int | None = None  # microseconds UTC of the first event
    last: int | None = None
    one: str = "account"


@dataclass(frozen=True)
class ReportData:
    """A whole report.

    diagnosis  the first page, with the one thing to do next; None: the first finding leads, the others are quiet
    failures   the three failures as detectors saw them, the strongest first; empty without a diagnosis or a log
    """

    firm: str
    currency: str
    time_zone: str
    as_of: int
    as_of_words: str  # "the last event" | "as asked"
    basis: Basis
    findings: tuple[Finding, ...]
    journeys: tuple[JourneyPart, ...]
    coverage: Coverage
    definitions: tuple[Definition, ...]
    made_by: str = "clew"
    period: str = ""  # "all recorded time" where empty
    command: str = "clew report"
    diagnosis: Diagnosed | None = None
    failures: tuple[FailurePart, ...] = ()
