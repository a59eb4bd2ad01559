"""What live state consists of: runs as they are stored, the steps of their paths, why a thread was folded again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from clew.clock import ALWAYS
from clew.engine.succession import Governing
from clew.journeys.model import Journey

if TYPE_CHECKING:
    from clew.firm.model import Firm


class Cause(StrEnum):
    """What made a run change."""

    EVENT = "event"  # something happened
    TIME = "time"  # nothing happened for long enough, or a date came
    LATE = "late"  # something became known that lies before what was known
    VERSION = "version"  # journeys or the firm are defined otherwise
    LOAD = "load"  # exports were loaded, or state is taken up for the first time


@dataclass(frozen=True)
class Defined:
    """A journey and the firm that it is folded with.

    succession  the versions in force one after the other, the present one last; empty: as if it had always been this
    """

    journey: Journey
    firm: Firm
    succession: Sequence[Governing] = ()


@dataclass(frozen=True)
class Definitions:
    """What live state is folded by.

    defined      journeys that can be folded
    complete     False while some files hold mistakes: runs of journeys that are not defined stay until they are mended
    fingerprint  differs whenever a fold of the same events may differ
    since        when the latest of them came into force: only a fold up to then shows what it did
    """

    defined: Sequence[Defined]
    complete: bool
    fingerprint: str
    since: int = ALWAYS

    def speak_of(self, journey: str) -> bool:
        """Whether these say which runs a journey has, if any."""
        return self.complete or any(each.journey.name == journey for each in self.defined)


class Step(NamedTuple):
    """One step of a run: into a stage, or into an end.

    at       when it occurred                       came  stage before, None where the run begins
    went     stage after, None before any           outcome  name of the end, None where the run goes on
    """

    at: int
    came: str | None
    went: str | None
    outcome: str | None


class RunKey(NamedTuple):
    """Which run: `number` counts the runs of one subject from 0."""

    journey: str
    thread: str
    subject: str
    number: int


class RunRow(NamedTuple):
    """A row of `run`, in the order of its columns."""

    journey: str
    thread: str
    subject: str
    number: int
    version: str
    shard: int
    started_at: int
    ended_at: int | None
    outcome: str | None
    stage: str | None
    entered_at: int
    limit_at: int | None
    due_at: int | None
    variant: str | None
    value: int | None
    late: int
    digest: int
    path: bytes


class TransitionRow(NamedTuple):
    """A row of `transition` without its number."""

    journey: str
    version: str
    thread: str
    subject: str
    number: int
    came: str | None
    went: str | None
    outcome: str | None
    at: int
    learnt_at: int
    cause: str
    quiet: bool
    withdrawn: bool


class StoredRun(NamedTuple):
    """What planning needs of a stored run: digest of all it says, version, next instant, path as JSON."""

    digest: int
    version: str
    due_at: int | None
    path: bytes


@dataclass(frozen=True)
class Why:
    """Why a thread is folded again.

    rows    rows of its own, or links, were learnt; False: its instant came
    quiet   nothing may follow from what these rows change
    reason  load or version, where the change is none of the customer's
    """

    rows: bool = True
    quiet: bool = False
    reason: Cause | None = None


@dataclass(frozen=True)
class Pass:
    """Threads to fold, as the log was before a position (None: as it is) and up to an instant."""

    before: int | None
    as_of: int
    why: Mapping[str, Why]


@dataclass
class Plan:
    """What one transaction writes.

    runs, transitions  rows of these tables      gone  runs that are no more
    due                thread -> its next instant, None where there is none any more
    threads            that were folded, changed or not: their contexts are derived anew       now  when
    """

    runs: list[RunRow] = field(default_factory=list)
    gone: list[RunKey] = field(default_factory=list)
    transitions: list[TransitionRow] = field(default_factory=list)
    due: dict[str, int | None] = field(default_factory=dict)
    threads: list[str] = field(default_factory=list)
    now: int = 0

    def __bool__(self) -> bool:
        return bool(self.runs or self.gone or self.transitions or self.due or self.threads)
